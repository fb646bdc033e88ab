"""The texts of messages, and what makes letters and calendar files of them.

Each message has three: <name>.subject.j2, <name>.txt.j2 and <name>.html.j2. The subject's first comment says
when the message is sent; what it may use is the dataclass of that name in `facts.py`.
"""
