"""Classes of PostgreSQL's errors: the database is unavailable, or it ended one transaction for another."""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

T = TypeVar("T")

# Raised when the database is unavailable; the cause may also be the statement itself.
AWAY: Final = (OperationalError, InterfaceError, PoolTimeout)
# PostgreSQL's error codes (appendix A): deadlock, serialisation failure. A repeat succeeds.
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
LONGEST_PAUSE: Final = 0.2  # seconds, random, so that two transactions do not collide again


def gave_way(error: BaseException) -> bool:
    """Whether PostgreSQL rolled this transaction back so that another could continue."""
    if not isinstance(error, DBAPIError) or error.connection_invalidated:
        return False
    return _code(error) in (DEADLOCK, NOT_SERIAL)


def reason_of(error: BaseException, otherwise: str = SILENT) -> str:
    """Return the reason for the readiness probe. The error is the database's or was raised from it."""
    cause = error if isinstance(error, DBAPIError) else error.__cause__
    if not isinstance(cause, DBAPIError) or cause.connection_invalidated:
        return otherwise
    code = _code(cause)
    if not code or code.startswith(UNREACHABLE):
        return otherwise
    return REASONS.get(code, REFUSES)


def is_away(error: BaseException) -> bool:
    """Whether the database was unavailable, as opposed to refusing a statement."""
    return isinstance(error, AWAY) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def _code(error: DBAPIError) -> str:
    return str(getattr(error.orig, "pgcode", None) or "")


def again(work: Callable[[], T]) -> T:
    """Run work that is one transaction; repeat it after a deadlock, TRIES times in all.

    Raises:
        Exception: raised by the work.
    """
    for _ in range(TRIES - 1):
        try:
            return work()
        except DBAPIError as exc:
            if not gave_way(exc):
                raise
        time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - no secret
    return work()
