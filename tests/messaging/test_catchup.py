"""Catching up: new types, a queue that was lost, a gap; the log is read only when that is needed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelWeighed
from tests.messaging.dispatching import Office
from tests.messaging.received import Database, delivery, logged, message, receive, states
from uuid_utils.compat import uuid7

from hub_messaging import catchup
from hub_messaging.catchup import CatchUp
from hub_messaging.messages import Message
from hub_messaging.stopping import Stopped
from hub_messaging.tables import inbox as table
from hub_messaging.tables import inbox_types

LATER = datetime(2100, 1, 1, tzinfo=UTC)


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


def test_types_heard_for_the_first_time_are_read_from_the_beginning_and_only_once(database: Database) -> None:
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


def test_a_lost_queue_of_whoever_never_received_anything_is_a_first_start(database: Database) -> None:
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


def test_a_gap_is_filled_from_the_log(database: Database) -> None:
    office = Office(database)
    office.take(delivery(1, 2, after=1), delivery(2, 1))
    log = Log(logged(delivery(1, 1)), logged(delivery(3, 1)))
    catching_up(office).repair(log, LATER)
    assert office.dispatcher.try_kept() == 1
    assert office.seen == [("parcels/2", 1), ("parcels/1", 1), ("parcels/1", 2)]


def test_the_log_is_not_asked_before_patience_has_ended_nor_again_and_again(database: Database) -> None:
    office, log = Office(database), Log()
    catch_up = catching_up(office)
    office.take(delivery(1, 2, after=1))
    catch_up.repair(log, datetime.now(UTC))
    assert log.asked == []
    catch_up.repair(log, LATER)
    office.take(delivery(2, 2, after=1))
    catch_up.repair(log, LATER + catchup.BETWEEN_REPAIRS / 2)
    assert log.asked == [None]
    catch_up.repair(log, LATER + catchup.BETWEEN_REPAIRS)
    assert log.asked == [None, None]


def test_what_not_even_the_log_has_is_given_up(database: Database) -> None:
    office = Office(database)
    office.take(delivery(1, 3, after=2), delivery(1, 4, after=3))
    unreadable = logged(b"?")
    foreign = logged(json.dumps({"type": "ParcelSorted"}).encode())
    catching_up(office).repair(Log(unreadable, foreign), LATER)
    while office.dispatcher.try_kept():
        pass
    assert office.seen == [("parcels/1", 3), ("parcels/1", 4)]


def test_what_waits_behind_a_failure_is_no_gap(database: Database) -> None:
    office, log = Office(database), Log()
    with database.begin() as session:
        office.dispatcher.take([message(delivery(1, 1).body.replace(b'"weight":1', b'"weight":"x"'))])
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 1
    office.take(delivery(1, 2, after=1))
    catching_up(office).repair(log, LATER)
    assert log.asked == []
