"""A transaction that PostgreSQL ended for another's sake is done again at once: no attempt is counted."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from tests.messaging.dispatching import Office
from tests.messaging.received import Database, delivery, states

from hub_messaging import database_errors
from hub_messaging.database_errors import TRIES, again, reason_of
from hub_messaging.delivery import Delivery
from hub_messaging.dispatch import DatabaseAway
from hub_messaging.rpc_format import error_of
from hub_messaging.tables import inbox

LOCK = sa.text("SELECT pg_advisory_xact_lock(:key)")


def make_due(database: Database) -> None:
    with database.begin() as session:
        session.execute(sa.update(inbox).values(next_attempt_at=datetime.now(UTC)))


class Ended(Exception):
    """An error as psycopg2 raises it."""

    def __init__(self, code: str | None) -> None:
        super().__init__()
        self.pgcode = code


def ended(code: str | None, *, invalidated: bool = False) -> OperationalError:
    return OperationalError("SELECT", {}, Ended(code), connection_invalidated=invalidated)


class Rival:
    """Takes locks 1 and 2 in the other order, once, so that one of both transactions is ended."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._threads: list[threading.Thread] = []
        self.calls = 0

    def __call__(self, session: Session, _told: Delivery[Any]) -> None:
        """Act as the test asks."""
        self.calls += 1
        session.execute(sa.text("SET LOCAL deadlock_timeout = '50ms'"))
        session.execute(LOCK, {"key": 1})
        if not self._threads:
            holds = threading.Event()
            self._threads.append(threading.Thread(target=self._lock, args=(holds,)))
            self._threads[0].start()
            assert holds.wait(10)
        session.execute(LOCK, {"key": 2})

    def _lock(self, holds: threading.Event) -> None:
        with self._database.begin() as session:
            session.execute(sa.text("SET LOCAL deadlock_timeout = '60s'"))  # the other one is ended
            session.execute(LOCK, {"key": 2})
            holds.set()
            session.execute(LOCK, {"key": 1})

    def leave(self) -> None:
        for thread in self._threads:
            thread.join(10)


@pytest.fixture(name="rival")
def _rival(database: Database) -> Rival:
    return Rival(database)


def test_a_deadlock_of_a_new_event_is_no_failure(database: Database, rival: Rival) -> None:
    office = Office(database, act=rival)
    office.take(delivery(1))
    rival.leave()
    assert rival.calls == 2
    assert states(database) == {str(delivery(1).envelope.id): "done"}


def test_a_deadlock_of_a_kept_event_is_no_failure(database: Database, rival: Rival) -> None:
    def fail(_session: Session, _told: Delivery[Any]) -> None:
        raise RuntimeError

    office = Office(database, act=fail)
    office.take(delivery(1))
    make_due(database)
    office.act = rival
    assert office.dispatcher.retry_stored() == 1
    rival.leave()
    assert rival.calls == 2
    assert states(database) == {str(delivery(1).envelope.id): "done"}


def test_what_gives_way_again_and_again_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_errors, "LONGEST_PAUSE", 0)
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        raise ended("40P01")

    with pytest.raises(OperationalError):
        again(work)
    assert len(calls) == TRIES


@pytest.mark.parametrize("error", [ended("57014"), ended("40P01", invalidated=True), ValueError()])
def test_anything_else_is_not_done_again(error: Exception) -> None:
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        again(work)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ended("40P01"), "gave_way"),
        (ended(None, invalidated=True), "database_away"),
        (sa.exc.TimeoutError("QueuePool limit"), "database_away"),
        (sa.exc.ProgrammingError("SELECT", {}, Ended("42P01")), None),
    ],
)
def test_an_rpc_client_gets_a_code_of_ours(error: Exception, code: str | None) -> None:
    assert error_of(error)["exc_args"] == ([code] if code else [])


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ended("40P01"), "another transaction was in the way"),
        (ended("55P03"), "another transaction was in the way"),
        (ended("57014"), "the database takes too long over a statement"),
        (ended("53100"), "the database answers, and cannot carry out the work"),
        (ended("57P01"), "the database does not answer"),
        (ended("40P01", invalidated=True), "the database does not answer"),
        (sa.exc.TimeoutError("QueuePool limit"), "the database does not answer"),
    ],
)
def test_readiness_says_which_it_was(error: Exception, said: str) -> None:
    assert reason_of(error) == said
    away = DatabaseAway()
    away.__cause__ = error
    assert reason_of(away) == said
