"""Exceptions with which the rules of all services refuse a request.

Each carries a stable `code` for programs and a `detail` for people. The platform answers with the HTTP status
of its `kind`: 422 for a rule, 404 for an unknown thing, 409 for a conflict, 412 for a stale revision.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar


class Refused(Exception):
    """The request breaks a rule."""

    kind: ClassVar[str] = "rule"

    def __init__(
        self,
        code: str,
        detail: str,
        pointer: str = "",
        *,
        errors: Iterable[tuple[str, str]] = (),
        extensions: Mapping[str, object] | None = None,
    ) -> None:
        """State the broken rule.

        Args:
            code: stable and machine-readable, such as `enrolment_closed`.
            detail: a sentence for a person.
            pointer: JSON pointer (RFC 6901) to the value at fault, such as `/starts_on`.
            errors: (JSON pointer, sentence) pairs, where several values are at fault.
            extensions: further members of the answer, such as `candidates`.
        """
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.pointer = pointer
        self.errors = list(errors)
        self.extensions = dict(extensions or {})


class Unknown(Refused):
    """The request names a thing that does not exist."""

    kind = "unknown"


class Conflict(Refused):
    """The present state of the thing forbids the request."""

    kind = "conflict"


class Stale(Refused):
    """The thing has changed since the caller read it."""

    kind = "stale"
