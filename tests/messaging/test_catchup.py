"""Catching up: new types, a queue that was lost, a gap; the log is read only when that is needed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelWeighed
from tests.messaging.dispatching import Office
from tests.messaging.received import QUEUE, SOURCE, Database, delivery, logged, message, receive, states
from uuid_utils.compat import uuid7

from hub_messaging import catchup
from hub_messaging.catchup import CatchUp, LogAway
from hub_messaging.messages import Message
from hub_messaging.retention_check import RetentionCheck
from hub_messaging.stopping import Stopped
from hub_messaging.tables import inbox_forgotten, inbox_types


class Log:
    """A log that remembers from when on it was read."""

    def __init__(self, *messages: Message) -> None:
        self.messages = messages
        self.asked: list[datetime | None] = []

    def __call__(self, since: datetime | None) -> Iterator[list[Message]]:
        self.asked.append(since)
        yield list(self.messages)


def behind(database: Database) -> dict[str, datetime | None]:
    with database() as session:
        return {row.type: row.behind_since for row in session.execute(sa.select(inbox_types))}


def catching_up(office: Office) -> CatchUp:
    return CatchUp(office.dispatcher, office.dispatcher.take)


def test_types_subscribed_to_for_the_first_time_are_read_from_the_beginning_once(database: Database) -> None:
    office, log = Office(database), Log(logged(delivery(1)), logged(delivery(2)))
    for _ in range(2):
        catching_up(office).run(log)
    assert log.asked == [None]
    assert office.seen == [("parcels/1", 1), ("parcels/2", 1)]
    assert behind(database) == {ParcelSorted.type: None, ParcelWeighed.type: None}
    assert office.metric("hub_inbox_from_log_total") == 2


def test_the_overlap_with_the_queue_changes_nothing(database: Database) -> None:
    office = Office(database)
    office.take(delivery(1))
    catching_up(office).run(Log(logged(delivery(1)), logged(delivery(2))))
    office.take(delivery(2))
    assert office.seen == [("parcels/1", 1), ("parcels/2", 1)]


def test_other_types_of_the_log_are_left_alone_and_what_cannot_be_read_is_kept(database: Database) -> None:
    office = Office(database)
    catching_up(office).run(Log(logged(b"a mark", "LogMark"), logged(delivery(1)), logged(b"?")))
    assert office.seen == [("parcels/1", 1)]
    assert sorted(states(database).values()) == ["done", "parked"]


def test_a_lost_queue_is_made_good_from_before_what_arrived_last(database: Database) -> None:
    office, log = Office(database), Log()
    catching_up(office).run(log)
    recorded = datetime.now(UTC)
    last = delivery(1)
    envelope = last.envelope._replace(id=UUID(str(uuid7())))
    office.dispatcher.take([message(envelope.to_bytes())])
    log.messages = (logged(delivery(2)),)
    again = catching_up(office)
    again.note_missing_queue()
    again.run(log)
    assert log.asked[0] is None
    since = log.asked[1]
    assert since is not None
    assert timedelta(0) <= recorded - since - catchup.MARGIN + timedelta(seconds=1) < timedelta(minutes=1)
    assert ("parcels/2", 1) in office.seen
    assert set(behind(database).values()) == {None}


def test_a_lost_queue_of_a_service_without_deliveries_is_a_first_start(database: Database) -> None:
    office, log = Office(database), Log()
    first = catching_up(office)
    first.note_missing_queue()
    first.run(log)
    assert log.asked == [None]


def test_events_whose_ids_tell_no_time_are_looked_for_in_the_whole_log(
    database: Database,
) -> None:
    office, log = Office(database), Log()
    catching_up(office).run(log)
    receive(database, delivery(1))
    again = catching_up(office)
    again.note_missing_queue()
    again.run(log)
    assert log.asked == [None, catchup.EVER]


def test_catching_up_that_was_cut_short_is_begun_again(database: Database) -> None:
    office, log = Office(database), Log(logged(delivery(1)))

    def stopped(_messages: list[Message]) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        CatchUp(office.dispatcher, stopped).run(log)
    catching_up(office).run(log)
    assert log.asked == [None, None]
    assert office.seen == [("parcels/1", 1)]


def subscribed(database: Database) -> dict[str, bool]:
    with database() as session:
        return {row.type: row.heard for row in session.execute(sa.select(inbox_types))}


def subscribes_only_to(office: Office, type_: str) -> Office:
    """A release of the same service that subscribes to one type."""
    (handler,) = (one for one in office.dispatcher.handlers if type_ in one.event_classes)
    office.dispatcher = replace(office.dispatcher, handlers=[handler])
    return office


def test_an_unsubscribed_type_is_behind_from_its_last_arrival_until_subscribed_again(
    database: Database,
) -> None:
    catching_up(Office(database)).run(Log())
    arrived = delivery(1).envelope._replace(id=UUID(str(uuid7())))
    Office(database).dispatcher.take([message(arrived.to_bytes())])
    before = datetime.now(UTC)
    silent = subscribes_only_to(Office(database), ParcelWeighed.type)
    for _ in range(2):  # a restart of that release changes nothing
        catching_up(silent).note_types()
    assert subscribed(database) == {ParcelSorted.type: False, ParcelWeighed.type: True}
    since = behind(database)[ParcelSorted.type]
    assert since is not None
    assert timedelta(0) <= before - since - catchup.MARGIN + timedelta(seconds=1) < timedelta(minutes=1)
    catching_up(silent).run(log := Log(logged(delivery(2))))
    assert (log.asked, silent.seen) == ([], [])
    again = Office(database)
    catching_up(again).note_types()
    catching_up(again).run(log)
    assert (log.asked, again.seen) == ([since], [("parcels/2", 1)])
    assert subscribed(database) == {ParcelSorted.type: True, ParcelWeighed.type: True}
    assert behind(database)[ParcelSorted.type] is None


def test_a_type_of_which_nothing_ever_came_is_read_from_the_beginning(database: Database) -> None:
    catching_up(Office(database)).run(Log())
    catching_up(subscribes_only_to(Office(database), ParcelWeighed.type)).note_types()
    assert behind(database)[ParcelSorted.type] == catchup.EVER


def test_what_took_effect_and_was_forgotten_does_not_take_effect_again(database: Database) -> None:
    old, young = (
        delivery(number).envelope._replace(id=UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | number))
        for number, milliseconds in ((1, 1_600_000_000_000), (2, 1_700_000_000_000))
    )
    log = Log(*(logged(one.to_bytes()) for one in (old, young)))
    with database.begin() as session:
        line = datetime.fromtimestamp(1_650_000_000, UTC)
        session.execute(
            sa.insert(inbox_forgotten).values(subscription=QUEUE, source=SOURCE, before=line, moved_at=line)
        )
        for type_ in (ParcelSorted.type, ParcelWeighed.type):
            values = {"subscription": QUEUE, "type": type_, "behind_since": catchup.EVER}
            session.execute(sa.insert(inbox_types).values(values))
    office = Office(database)
    office.dispatcher.memory = RetentionCheck(QUEUE, database)
    catching_up(office).run(log)
    assert office.seen == [("parcels/2", 1)]


def test_a_log_that_cannot_be_read_does_not_keep_the_queue_waiting(database: Database) -> None:
    def away(_since: datetime | None) -> list[list[Message]]:
        raise LogAway

    office = Office(database)
    catching_up(office).run(away)
    assert behind(database) == {}
    catching_up(office).run(Log(logged(delivery(1))))
    assert office.seen == [("parcels/1", 1)]
