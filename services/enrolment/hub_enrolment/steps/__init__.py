"""Steps that several use cases share: load, decide by a rule of `domain`, save, record the event.

Only an edge calls a handler; what two handlers do lives here. A step never commits. Its caller holds
the locks that its docstring names.
"""
