"""How a rule says no."""


class Refused(Exception):
    """The request breaks a rule. `code` is stable and machine-readable, `detail` is for a person."""

    kind = "rule"

    def __init__(self, code: str, detail: str, pointer: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.pointer = pointer


class Unknown(Refused):
    """There is no such thing."""

    kind = "unknown"
