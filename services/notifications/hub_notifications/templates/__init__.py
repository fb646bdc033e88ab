"""The texts of messages, e-mails and calendar parts.

`rendering.py` makes subject, plain text and HTML from one template for each kind, `<kind>.md.j2`, which may
use the fields of that kind's dataclass in `content.py`. See docs/how-to/add-an-e-mail.md.
"""
