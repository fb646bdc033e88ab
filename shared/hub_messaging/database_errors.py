"""What an error of PostgreSQL's means for work on events: it is away, or it ended this for another's sake."""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

T = TypeVar("T")

# What may be raised when the database cannot be worked with now; a statement's own fault may be among them.
AWAY: Final = (OperationalError, InterfaceError, PoolTimeout)
# PostgreSQL's error codes (appendix A): deadlock, serialisation failure. At once, the same work succeeds.
DEADLOCK, NOT_SERIAL = "40P01", "40001"
# A lock that was waited for too long; a statement that was ended.
LOCKED, ENDED = "55P03", "57014"
SILENT: Final = "the database does not answer"
# Classes of codes: no connection; it shuts down, has crashed or only starts.
UNREACHABLE: Final = ("08", "57P")
REFUSES: Final = "the database answers, and cannot carry out the work"  # a full disk, for example
REASONS: Final = {
    DEADLOCK: "another transaction was in the way",
    NOT_SERIAL: "another transaction was in the way",
    LOCKED: "another transaction was in the way",
    ENDED: "the database takes too long over a statement",
}
TRIES: Final = 4
LONGEST_PAUSE: Final = 0.2  # seconds, so that two who were in each other's way are not so again


def gave_way(error: BaseException) -> bool:
    """Whether PostgreSQL undid this so that another could go on."""
    if not isinstance(error, DBAPIError) or error.connection_invalidated:
        return False
    return _code(error) in (DEADLOCK, NOT_SERIAL)


def reason_of(error: BaseException, otherwise: str = SILENT) -> str:
    """Why work on events rests, for readiness. The error is the database's or was raised from it."""
    cause = error if isinstance(error, DBAPIError) else error.__cause__
    if not isinstance(cause, DBAPIError) or cause.connection_invalidated:
        return otherwise
    code = _code(cause)
    if not code or code.startswith(UNREACHABLE):
        return otherwise
    return REASONS.get(code, REFUSES)


def is_away(error: BaseException) -> bool:
    """Whether the database could not be worked with, as opposed to refusing a statement."""
    return isinstance(error, AWAY) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _code(error: DBAPIError) -> str:
    return str(getattr(error.orig, "pgcode", None) or "")


def again(work: Callable[[], T]) -> T:
    """Do work that is one transaction, and once more each time that it gave way, TRIES times in all.

    Raises:
        whatever the work raises.
    """
    for _ in range(TRIES - 1):
        try:
            return work()
        except DBAPIError as exc:
            if not gave_way(exc):
                raise
        time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - no secret
    return work()
