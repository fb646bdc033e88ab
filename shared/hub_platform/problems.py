"""Errors as RFC 9457 problem details (July 2023), with a stable code for programs and a detail for people."""

import json
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Protocol

from marshmallow import ValidationError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

MEDIA_TYPE = "application/problem+json"

# PostgreSQL error codes (appendix A): deadlock, serialisation failure, lock not available; cancelled.
GAVE_WAY = frozenset({"40P01", "40001", "55P03"})
CANCELLED = "57014"
READ_ONLY = "25006"  # a standby, or a server that a managed service is about to replace

# Kind of a service's refusal (hub_kernel.refusals) → HTTP status.
STATUS_OF_KIND = {"rule": 422, "unknown": 404, "conflict": 409, "stale": 412}


class _Refusal(Protocol):
    """The parts of a service's refusal that each of them has."""

    code: str
    detail: str


class Problem(Exception):
    """An answer that is not a success. The meaning of `code` never changes; `detail` is for a person."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Iterable[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, object] | None = None,
    ) -> None:
        """`extensions`: further members of the body (RFC 9457, 3.2)."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.extensions = dict(extensions or {})


def problem_of(exc: BaseException) -> Problem:
    """Return any exception as a problem; an unknown one becomes a 500 without its text."""
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, ValidationError):
        return Problem(422, "invalid", "Some values are missing or invalid.", errors=pointers(exc.messages))
    if isinstance(exc, PoolTimeout):
        detail = "Too many requests use the database at once; try again."
        return Problem(503, "busy", detail, headers={"Retry-After": "2"})
    if isinstance(exc, DBAPIError) and is_passing(exc):
        return _database(exc)
    if isinstance(exc, DataError):
        return Problem(422, "unusable_value", "A value is too large or cannot be stored.")
    kind = getattr(exc, "kind", None)
    if kind in STATUS_OF_KIND and hasattr(exc, "code") and hasattr(exc, "detail"):
        return _refusal(exc, STATUS_OF_KIND[kind])
    if isinstance(exc, HTTPException) and exc.code is not None:
        return _http(exc)
    return Problem(500, "internal_error", "Internal error; it has been logged.")


def is_passing(exc: BaseException) -> bool:
    """Return whether an error comes from the state of the database and not from the statement."""
    if not isinstance(exc, DBAPIError):
        return False
    return (
        isinstance(exc, OperationalError | InterfaceError)
        or exc.connection_invalidated
        or _code(exc) in {*GAVE_WAY, CANCELLED, READ_ONLY}
    )


def _code(exc: DBAPIError) -> str:
    return str(getattr(exc.orig, "pgcode", None) or "")


def _database(exc: DBAPIError) -> Problem:
    """Return a failure of the database as a 503, after which the sender may try again."""
    code = _code(exc)
    if code in GAVE_WAY:
        detail = "Another change to the same data was made at the same time; try again."
        return Problem(503, "gave_way", detail, headers={"Retry-After": "1"})
    if code == CANCELLED:
        detail = "The database took too long; try again later."
        return Problem(503, "took_too_long", detail, headers={"Retry-After": "5"})
    detail = "The database does not answer; try again."
    return Problem(503, "database_away", detail, headers={"Retry-After": "2"})


def response_of(problem: Problem) -> Response:
    """Return the problem as an HTTP response."""
    body: dict[str, object] = {
        **problem.extensions,
        "type": f"/problems/{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
    }
    if problem.errors:
        body["errors"] = [{"pointer": pointer, "detail": detail} for pointer, detail in problem.errors]
    return Response(
        json.dumps(body, ensure_ascii=False), problem.status, headers=problem.headers, content_type=MEDIA_TYPE
    )


def pointers(messages: object, base: str = "") -> list[tuple[str, str]]:
    """Flatten marshmallow's nested messages into (JSON pointer, sentence) pairs."""
    if isinstance(messages, dict):
        return [
            pair
            for key, inner in messages.items()
            for pair in pointers(inner, base if key == "_schema" else f"{base}/{key}")
        ]
    if isinstance(messages, list):
        return [pair for inner in messages for pair in pointers(inner, base)]
    return [(base, str(messages))]


def _refusal(exc: _Refusal, status: int) -> Problem:
    errors = list(getattr(exc, "errors", None) or [])
    pointer = str(getattr(exc, "pointer", ""))
    if pointer and not errors:
        errors = [(pointer, exc.detail)]
    extensions = getattr(exc, "extensions", None)
    return Problem(status, exc.code, exc.detail, errors=errors, extensions=extensions)


def _http(exc: HTTPException) -> Problem:
    code = exc.code or 500
    methods = exc.valid_methods if isinstance(exc, MethodNotAllowed) else None
    headers = {"Allow": ", ".join(sorted(methods))} if methods else {}
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(exc).__name__).lower()
    details = {
        404: "Resource not found.",
        405: "Method not allowed for this resource.",
        413: "Request body too large.",
    }
    return Problem(
        code,
        name,
        details.get(code, HTTPStatus(code).description or HTTPStatus(code).phrase),
        headers=headers,
    )
