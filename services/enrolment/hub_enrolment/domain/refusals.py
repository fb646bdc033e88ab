"""How a rule says no."""

from collections.abc import Iterable, Mapping
from typing import Any


class Refused(Exception):
    """The request breaks a rule. `code` is stable and machine-readable, `detail` is for a person."""

    kind = "rule"

    def __init__(
        self,
        code: str,
        detail: str,
        pointer: str = "",
        *,
        errors: Iterable[tuple[str, str]] = (),
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        """`errors`: (JSON pointer, sentence) pairs, where one pointer does not say it all.

        `extensions`: further members of the answer, such as `candidates`.
        """
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.pointer = pointer
        self.errors = list(errors)
        self.extensions = dict(extensions or {})


class Unknown(Refused):
    """There is no such thing."""

    kind = "unknown"


class Conflict(Refused):
    """It cannot be done to the thing in the state that it is in."""

    kind = "conflict"


class Stale(Refused):
    """Somebody else has changed it since it was read."""

    kind = "stale"
