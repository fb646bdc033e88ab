"""The words of messages, and the e-mails and calendar parts that are made of them.

One source for each kind, `<kind>.md.j2`, gives subject, plain text and HTML (`words.py`); what it may use is the
dataclass of its kind in `content.py`. docs/how-to/add-an-e-mail.md says how to change or add one.
"""
