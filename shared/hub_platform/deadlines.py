"""Deadlines of requests: the sender gets an answer, and locks and connections are released."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from eventlet import Timeout

from hub_platform.problems import Problem
from hub_platform.queueing import RETRY_AFTER

# Of the transaction, with all that it waits for. The time in which a body comes in, and that of work after
# the transaction, are bounded by themselves.
REQUEST_SECONDS: Final = 30.0


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """End what is done here after so many seconds.

    It is ended at the next place where it waits: Python code that only computes cannot be ended.

    Raises:
        Problem: 503 `took_too_long`.
    """
    over = Timeout(seconds)
    try:
        yield
    except Timeout as exc:
        if exc is not over:
            raise
        raise Problem(
            503,
            "took_too_long",
            f"The request took longer than {seconds:g} s and was stopped; nothing changed. Try again later.",
            headers={"Retry-After": RETRY_AFTER},
        ) from None
    finally:
        over.cancel()
