"""Healing: what marks, operators and gaps ask of the log is read a little at a time, and not for ever."""

# Long: each way to the log is tried with each way in which it fails.

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelWeighed
from tests.messaging.dispatching import Office
from tests.messaging.received import QUEUE, SOURCE, Database, delivery, logged, message, receive

from hub_messaging import counting, log_repair
from hub_messaging.catchup import EVER, MARGIN, CatchUp, LogAway
from hub_messaging.log_repair import LogRepair
from hub_messaging.marks import mark_of
from hub_messaging.messages import Message
from hub_messaging.stopping import Stopped
from hub_messaging.tables import inbox_gaps, inbox_types

SORTED, WEIGHED = ParcelSorted.type, ParcelWeighed.type


@dataclass
class Log:
    """A log that comes in small pieces and remembers from when on it was read."""

    messages: list[Message] = field(default_factory=list)
    away: bool = False
    asked: list[datetime | None] = field(default_factory=list)

    def __call__(self, since: datetime | None) -> Iterator[list[Message]]:
        self.asked.append(since)
        if self.away:
            raise LogAway
        for one in self.messages:
            yield [one]
            yield []


@dataclass
class Reader:
    """A reader between two readings of its queue, with a monotonic clock that a test moves."""

    database: Database
    log: Log = field(default_factory=Log)
    clock: float = 1_000.0

    def __post_init__(self) -> None:
        self.office = Office(self.database)
        take = self.office.dispatcher.take
        self.catch_up = CatchUp(self.office.dispatcher, take)
        self.healing = LogRepair(self.office.dispatcher, take, self.catch_up)

    def work(self, later: float = log_repair.LOOK_SECONDS) -> int:
        """So many seconds later, do all there is to do; in how many steps."""
        self.clock += later
        steps = 1
        while self.healing.step(self.log, self.clock):
            steps += 1
        return steps

    def mark(self, **published: int) -> None:
        """The publisher tells what it has counted."""
        mark = mark_of("sorting", published)
        self.office.dispatcher.take([message(mark.to_bytes(), routing_key="LogMark")])

    def missing(self) -> dict[str, int]:
        with self.database() as session:
            return {loss.routing_key: loss.missing for loss in counting.losses(session, QUEUE)}

    def behind(self) -> dict[str, datetime | None]:
        with self.database() as session:
            return {row.type: row.behind_since for row in session.execute(sa.select(inbox_types))}


@pytest.fixture(name="reader")
def _reader(database: Database) -> Reader:
    """One that has caught up with all types."""
    reader = Reader(database)
    reader.catch_up.run(Log())
    return reader


@pytest.fixture(name="impatient")
def _impatient(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """One that asks for an earlier event at once."""
    monkeypatch.setattr(log_repair, "PATIENCE", timedelta(seconds=-60))
    return reader


def gaps(database: Database) -> list[tuple[str, int]]:
    with database() as session:
        return [(row.subject, row.after_revision) for row in session.execute(sa.select(inbox_gaps))]


def test_what_a_mark_shows_to_be_missing_is_read_from_the_log_a_little_at_a_time(reader: Reader) -> None:
    reader.office.take(delivery(1))
    reader.mark(ParcelSorted=1)
    reader.mark(ParcelSorted=3, ParcelWeighed=0)
    assert reader.missing() == {SORTED: 2}
    reader.log.messages = [logged(delivery(number)) for number in (1, 2, 3)]
    assert reader.work() > 2 * len(reader.log.messages)
    assert reader.missing() == {}
    assert reader.behind() == {SORTED: None, WEIGHED: None}
    assert [subject for subject, _ in reader.office.seen] == ["parcels/1", "parcels/2", "parcels/3"]


def test_only_what_came_after_the_last_complete_mark_is_read(reader: Reader) -> None:
    reader.office.take(delivery(1))
    before = datetime.now(UTC)
    reader.mark(ParcelSorted=1)
    reader.mark(ParcelSorted=2)
    reader.work()
    (since,) = reader.log.asked
    assert since is not None
    assert abs(since - (before - MARGIN)) < timedelta(minutes=1)


def test_a_first_mark_that_shows_a_loss_is_no_hint_since_when(reader: Reader) -> None:
    reader.mark(ParcelSorted=1)
    reader.work()
    assert reader.log.asked == [EVER]


def test_what_came_before_a_mark_in_one_batch_is_counted_and_what_came_after_is_not(reader: Reader) -> None:
    mark = message(mark_of("sorting", {SORTED: 2}).to_bytes(), routing_key="LogMark")
    reader.office.dispatcher.take([message(delivery(1)), mark, message(delivery(2)), message(delivery(3))])
    assert reader.missing() == {SORTED: 1}
    reader.office.dispatcher.take([mark])  # redelivered
    assert reader.missing() == {SORTED: 1}


def test_the_log_is_not_asked_again_and_again_for_what_it_does_not_have(reader: Reader) -> None:
    reader.office.take(delivery(1))
    reader.mark(ParcelSorted=1)
    reader.mark(ParcelSorted=2)
    for _ in range(5):
        reader.work()
    assert len(reader.log.asked) == 1
    reader.work(log_repair.BETWEEN_REPAIRS)
    assert reader.log.asked[1:] == [EVER]  # all of it now
    reader.work(log_repair.BETWEEN_REPAIRS)
    assert len(reader.log.asked) == 2
    reader.work(log_repair.HOPELESS_SECONDS)
    assert reader.log.asked[2:] == [EVER]
    assert reader.missing() == {SORTED: 1}


def test_an_operator_lets_the_log_be_read_at_once(reader: Reader, database: Database) -> None:
    with database.begin() as session:
        session.execute(sa.update(inbox_types).values(behind_since=EVER).where(inbox_types.c.type == SORTED))
    reader.log.messages = [logged(delivery(1)), logged(delivery(2).body, WEIGHED)]
    reader.work()
    assert reader.log.asked == [EVER]
    assert reader.office.seen == [("parcels/1", 1)]
    assert reader.behind() == {SORTED: None, WEIGHED: None}


def test_who_falls_behind_while_the_log_is_read_reads_it_again(reader: Reader, database: Database) -> None:
    earlier = EVER - timedelta(microseconds=1)

    def mark_behind(since: datetime) -> None:
        with database.begin() as session:
            session.execute(sa.update(inbox_types).values(behind_since=since))

    mark_behind(EVER)
    reader.log.messages = [logged(delivery(1))]
    reader.clock += log_repair.LOOK_SECONDS
    assert reader.healing.step(reader.log, reader.clock)
    mark_behind(earlier)
    while reader.healing.step(reader.log, reader.clock):
        pass
    assert set(reader.behind().values()) == {earlier}
    reader.work()
    assert reader.log.asked == [EVER, earlier]
    assert set(reader.behind().values()) == {None}


def test_a_log_that_is_away_is_asked_again_after_a_while(reader: Reader) -> None:
    reader.log.away = True
    reader.mark(ParcelSorted=1)
    reader.work()
    reader.work()
    assert len(reader.log.asked) == 1
    reader.log = Log([logged(delivery(1))])
    reader.work(log_repair.BETWEEN_REPAIRS)
    assert reader.missing() == {}


def test_a_reading_that_is_cut_short_is_started_again(reader: Reader) -> None:
    reader.mark(ParcelSorted=2)
    reader.log.messages = [logged(delivery(1)), logged(delivery(2))]
    reader.clock += log_repair.LOOK_SECONDS
    assert reader.healing.step(reader.log, reader.clock)
    reader.healing.abandon()
    reader.work()
    assert reader.log.asked == [EVER, EVER]
    assert reader.missing() == {}


def test_a_stop_in_the_middle_is_passed_on(reader: Reader) -> None:
    def stopped(_messages: list[Message]) -> None:
        raise Stopped

    reader.mark(ParcelSorted=1)
    reader.log.messages = [logged(delivery(1))]
    stopping = LogRepair(reader.office.dispatcher, stopped, reader.catch_up)
    with pytest.raises(Stopped):
        stopping.step(reader.log, reader.clock)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"data": {"published": {SORTED: -1}}},
        {"data": {"published": {SORTED: "3"}}},
        {"data": {"published": [3]}},
        {"source": "/log/elsewhere"},
    ],
)
def test_a_mark_that_cannot_be_believed_is_parked_and_counts_nothing(
    reader: Reader, spoilt: dict[str, Any]
) -> None:
    body = json.dumps(json.loads(mark_of("sorting", {SORTED: 3}).to_bytes()) | spoilt).encode()
    reader.office.dispatcher.take([message(body, routing_key="LogMark")])
    assert reader.missing() == {}
    assert reader.office.metric("hub_inbox_kept_total", state="parked") == 1


@pytest.mark.parametrize("exchange", ["", "counting.events", "sorting.refill"])
def test_a_forged_mark_counts_nothing(reader: Reader, exchange: str) -> None:
    body = mark_of("sorting", {SORTED: 3}).to_bytes()
    reader.office.dispatcher.take([message(body, routing_key="LogMark", exchange=exchange)])
    assert reader.missing() == {}
    assert reader.office.metric("hub_inbox_forged_total") == 1


def test_marks_of_the_log_and_marks_without_counts_say_nothing(reader: Reader) -> None:
    counted, empty = mark_of("sorting", {SORTED: 3}).to_bytes(), mark_of("sorting", {}).to_bytes()
    reader.office.dispatcher.take([logged(counted, "LogMark"), message(empty, routing_key="LogMark")])
    assert reader.missing() == {}


def test_a_gap_is_filled_from_the_log(impatient: Reader) -> None:
    impatient.office.take(delivery(1, 2, after=1), delivery(2, 1))
    impatient.log.messages = [logged(delivery(1, 1)), logged(delivery(3, 1))]
    impatient.work()
    assert impatient.office.dispatcher.retry_stored() == 1
    assert impatient.office.seen == [("parcels/2", 1), ("parcels/1", 1), ("parcels/1", 2)]
    assert gaps(impatient.database) == []


def test_the_log_is_not_asked_before_patience_has_ended_nor_again_and_again(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.office.take(delivery(1, 2, after=1))
    reader.work()
    assert reader.log.asked == []
    monkeypatch.setattr(log_repair, "PATIENCE", timedelta(seconds=-60))
    reader.work()
    reader.office.take(delivery(2, 2, after=1))
    reader.work(log_repair.BETWEEN_REPAIRS / 2)
    assert reader.log.asked == [None]
    reader.work(log_repair.BETWEEN_REPAIRS)
    assert reader.log.asked == [None, None]


def test_a_gap_is_looked_for_again_as_soon_as_a_log_that_was_away_is_back(impatient: Reader) -> None:
    impatient.office.take(delivery(1, 2, after=1))
    impatient.log.away = True
    impatient.work()
    assert impatient.office.dispatcher.retry_stored() == 0
    impatient.log = Log([logged(delivery(1, 1))])
    impatient.work(log_repair.AWAY_SECONDS)
    assert impatient.office.dispatcher.retry_stored() == 1


def test_a_repair_that_is_cut_short_is_started_again(impatient: Reader) -> None:
    impatient.office.take(delivery(1, 2, after=1))
    impatient.log.messages = [logged(delivery(9)), logged(delivery(1, 1))]
    impatient.clock += log_repair.LOOK_SECONDS
    assert impatient.healing.step(impatient.log, impatient.clock)
    impatient.healing.abandon()
    impatient.work()
    assert impatient.log.asked == [None, None]
    assert impatient.office.dispatcher.retry_stored() == 1


def test_what_not_even_the_log_has_is_given_up_and_remembered(impatient: Reader) -> None:
    office = impatient.office
    office.take(delivery(1, 3, after=2), delivery(1, 4, after=3))
    impatient.log.messages = [logged(b"?"), logged(json.dumps({"type": "ParcelSorted"}).encode())]
    impatient.work()
    while office.dispatcher.retry_stored():
        pass
    assert office.seen == [("parcels/1", 3), ("parcels/1", 4)]
    assert gaps(impatient.database) == [("parcels/1", 2)]


def test_a_gap_is_forgotten_when_the_event_has_come_after_all(impatient: Reader) -> None:
    impatient.office.take(delivery(1, 3, after=2), delivery(2, 3, after=2))
    impatient.work()
    assert gaps(impatient.database) == [("parcels/1", 2), ("parcels/2", 2)]
    impatient.mark(ParcelSorted=3)
    impatient.log.messages = [logged(delivery(1, 2))]
    impatient.work()
    assert gaps(impatient.database) == [("parcels/2", 2)]


def test_what_waits_behind_a_failure_is_no_gap(impatient: Reader) -> None:
    impatient.office.dispatcher.take([message(delivery(1).body.replace(b'"weight":1', b'"weight":"x"'))])
    impatient.office.take(delivery(1, 2, after=1))
    impatient.work()
    assert impatient.log.asked == []


def test_another_subscription_is_healed_by_its_own_reader(reader: Reader, database: Database) -> None:
    receive(database, delivery(1))
    with database.begin() as session:
        counting.add(session, counting.Kind("auditing.in", SOURCE, SORTED), received=1)
        session.execute(sa.text("UPDATE inbox_counts SET missing = 1 WHERE subscription = 'auditing.in'"))
        session.execute(
            sa.insert(inbox_types).values(subscription="auditing.in", type=SORTED, behind_since=EVER)
        )
    reader.work()
    assert reader.log.asked == []
