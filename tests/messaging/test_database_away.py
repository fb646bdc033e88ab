"""A database that is away decides nothing: no event is counted as failed for it."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from tests.messaging.dispatching import Office, failing_on
from tests.messaging.received import Database, delivery, message, states

from hub_messaging.delivery import Delivery
from hub_messaging.dispatch import LOST_CONNECTIONS, DatabaseAway
from hub_messaging.tables import inbox as table


def make_due(database: Database) -> None:
    with database.begin() as session:
        session.execute(
            sa.update(table).where(table.c.state == "waiting").values(next_attempt_at=datetime.now(UTC))
        )


def lost(*, invalidated: bool) -> OperationalError:
    return OperationalError("SELECT 1", {}, Exception("gone"), connection_invalidated=invalidated)


def test_a_statement_of_the_handlers_own_that_fails_is_the_events_failure(database: Database) -> None:
    Office(database, act=failing_on(1, error=lost(invalidated=False))).take(delivery(1))
    assert states(database) == {str(delivery(1).envelope.id): "waiting"}


def test_a_connection_that_is_lost_is_nobodys_failure_until_it_happens_again_and_again(
    database: Database,
) -> None:
    office = Office(database, act=failing_on(1, error=lost(invalidated=True)))
    for _ in range(LOST_CONNECTIONS):
        with pytest.raises(DatabaseAway):
            office.take(delivery(1))
    assert states(database) == {}
    office.take(delivery(1))
    assert states(database) == {str(delivery(1).envelope.id): "waiting"}


def test_a_stored_delivery_that_takes_effect_ends_the_count_of_lost_connections(database: Database) -> None:
    office = Office(database, act=failing_on(2))
    office.take(delivery(2))

    def lose_connections() -> None:
        office.act = failing_on(1, error=lost(invalidated=True))
        for _ in range(LOST_CONNECTIONS):
            with pytest.raises(DatabaseAway):
                office.take(delivery(1))

    lose_connections()
    make_due(database)
    assert office.dispatcher.retry_stored() == 1
    lose_connections()
    assert states(database) == {str(delivery(2).envelope.id): "done"}


def unreachable() -> Database:
    engine = sa.create_engine(
        "postgresql+psycopg2://unknown@127.0.0.1:1/none", connect_args={"connect_timeout": 1}
    )
    return sessionmaker(engine)


def test_without_a_database_nothing_is_decided(database: Database) -> None:
    office = Office(unreachable())
    with pytest.raises(DatabaseAway):
        office.take(delivery(1))
    with pytest.raises(DatabaseAway):
        office.dispatcher.take([message(b"\xff")])
    with pytest.raises(DatabaseAway):
        office.dispatcher.retry_stored()
    assert office.seen == []


def test_a_database_lost_during_a_retry_leaves_the_delivery_as_it_was(database: Database) -> None:
    office = Office(database, act=failing_on(1))
    office.take(delivery(1))
    make_due(database)

    def hang_up(session: Session, _told: Delivery[Any]) -> None:
        session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))

    office.act = hang_up
    with pytest.raises(DatabaseAway):
        office.dispatcher.retry_stored()
    with database() as session:
        row = session.execute(sa.select(table)).one()
    assert (row.state, row.attempts) == ("waiting", 1)
