"""A subscription catches up by itself: what another has read or lost changes nothing for it."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from tests.messaging.dispatching import Office
from tests.messaging.received import QUEUE, Database, delivery, logged, receive

from hub_messaging.catchup import CatchUp
from hub_messaging.messages import Message
from hub_messaging.tables import inbox_types

OTHER_QUEUE = "auditing.in"


def caught_up(database: Database, subscription: str) -> None:
    """Note that a subscription has caught up with every type that the office subscribes to."""
    with database.begin() as session:
        rows = [{"subscription": subscription, "type": type_} for type_ in Office(database).dispatcher.types]
        session.execute(sa.insert(inbox_types), rows)


def behind_since(database: Database, subscription: str) -> set[datetime | None]:
    with database() as session:
        wanted = sa.select(inbox_types.c.behind_since).where(inbox_types.c.subscription == subscription)
        return set(session.scalars(wanted))


def test_a_lost_queue_lets_no_other_subscription_read_the_log_again(database: Database) -> None:
    office = Office(database)
    for subscription in (QUEUE, OTHER_QUEUE):
        caught_up(database, subscription)
    receive(database, delivery(1))
    CatchUp(office.dispatcher, office.dispatcher.take).note_missing_queue()
    assert behind_since(database, OTHER_QUEUE) == {None}
    assert None not in behind_since(database, QUEUE)


def test_a_subscription_catches_up_by_itself_whatever_another_has_read(database: Database) -> None:
    office, asked = Office(database), list[datetime | None]()
    caught_up(database, OTHER_QUEUE)

    def read_log(since: datetime | None) -> list[list[Message]]:
        asked.append(since)
        return [[logged(delivery(1))]]

    CatchUp(office.dispatcher, office.dispatcher.take).run(read_log)
    assert asked == [None]
    assert office.seen == [("parcels/1", 1)]


def test_the_log_is_read_from_the_earliest_instant_that_any_type_is_behind(database: Database) -> None:
    office, asked = Office(database), list[datetime | None]()
    early = datetime(2026, 11, 1, tzinfo=UTC)
    with database.begin() as session:
        for hours, type_ in enumerate(sorted(office.dispatcher.types)):
            since = early + timedelta(hours=hours)
            session.execute(sa.insert(inbox_types).values(subscription=QUEUE, type=type_, behind_since=since))

    def read_log(since: datetime | None) -> list[list[Message]]:
        asked.append(since)
        return []

    CatchUp(office.dispatcher, office.dispatcher.take).run(read_log)
    assert asked == [early]
    assert behind_since(database, QUEUE) == {None}
