"""Answers to changes that are completed after the commit: for what another service has to be asked."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.wrappers import Response

from hub_platform import idempotency
from hub_platform.idempotency import Attempt

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Completed:
    """The answer to a change, in two steps.

    `first` is made in the transaction and is the answer if the second step fails, because the change is saved
    by then. `complete` runs after the commit, outside transaction and worker, and gives the whole answer.
    """

    first: object
    complete: Callable[[], object]


def completed(
    result: Completed,
    first: Response,
    attempt: Attempt | None,
    respond: Callable[[object], Response],
    sessions: sessionmaker[Session],
) -> Response:
    """Complete an answer; `first` is that of the first step, which is stored for a repeat of `attempt`."""
    try:
        response = respond(result.complete())
        if attempt:
            with sessions.begin() as session:
                idempotency.replace(session, attempt, first, response)
    except Exception as exc:  # whatever it is: the change is saved and must be answered so
        log.error("answer_not_completed", error=type(exc).__name__, exc_info=exc)
        return first
    return response
