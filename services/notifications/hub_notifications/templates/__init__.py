"""The words of messages, and the e-mails and calendar parts that are made of them.

`words.py` makes subject, plain text and HTML of one source for each kind, `<kind>.md.j2`, which may use what
`content.py` gives that kind. docs/how-to/add-an-e-mail.md says how to change or add one.
"""
