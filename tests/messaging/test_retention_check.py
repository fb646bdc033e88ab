"""Events before an inbox's retention limit do not take effect twice: parked, or skipped in the log."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from tests.messaging.dispatching import Office
from tests.messaging.received import LATER, QUEUE, SOURCE, Database, delivery, logged, message, receive

from hub_messaging import retention_check as module
from hub_messaging import retries
from hub_messaging.catchup import CatchUp
from hub_messaging.delivery import Delivery
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.log_repair import LogRepair
from hub_messaging.messages import Message
from hub_messaging.retention_check import RetentionCheck, is_forgotten
from hub_messaging.tables import inbox, inbox_forgotten, inbox_types

LINE = datetime(2025, 9, 20, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def recorded(number: int, at: datetime, *, revision: int = 1, after: int = 0) -> Delivery[Any]:
    """An event whose id tells when it was recorded (UUID version 7)."""
    one = delivery(number, revision, after=after)
    milliseconds = int(at.timestamp() * 1000)
    id_ = UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | (number * 1000 + revision))
    envelope = one.envelope._replace(id=id_)
    return Delivery(one.event, envelope, envelope.to_bytes(), after)


@pytest.fixture(name="office")
def _office(database: Database) -> Office:
    """A subscription that has forgotten what it received before the line."""
    with database.begin() as session:
        key = {"subscription": QUEUE, "source": SOURCE}
        session.execute(sa.insert(inbox_forgotten).values(**key, before=LINE))
    office = Office(database)
    office.dispatcher.memory = RetentionCheck(QUEUE, database)
    return office


def errors(database: Database) -> list[str]:
    with database() as session:
        return list(
            session.scalars(sa.select(inbox.c.last_error).where(inbox.c.state == DeliveryState.PARKED))
        )


def test_an_event_from_before_the_line_is_parked_and_one_from_behind_it_takes_effect(
    database: Database, office: Office
) -> None:
    office.take(recorded(1, LINE - SECOND), recorded(2, LINE), recorded(3, LINE + SECOND))
    assert office.seen == [("parcels/2", 1), ("parcels/3", 1)]
    (error,) = errors(database)
    assert error.startswith("Forgotten: ParcelSorted was recorded on 19.09.2025, and what took effect before")


def test_what_is_parked_for_its_age_holds_up_nothing(database: Database, office: Office) -> None:
    office.take(recorded(1, LINE - SECOND))
    office.take(recorded(1, LINE + SECOND, revision=2))
    assert office.seen == [("parcels/1", 2)]


def test_what_the_inbox_knows_is_a_repeat_however_old_it_is(database: Database, office: Office) -> None:
    known = recorded(1, LINE - SECOND)
    receive(database, known)
    office.take(known)
    assert (office.seen, errors(database)) == ([], [])


def test_another_source_has_a_line_of_its_own(database: Database, office: Office) -> None:
    foreign = recorded(1, LINE - SECOND)
    envelope = foreign.envelope._replace(source="/hubs/other/sorting")
    office.dispatcher.take([message(envelope.to_bytes(), exchange="other.sorting.events")])
    assert office.seen == [("parcels/1", 1)]


def test_of_an_id_that_tells_no_time_the_events_own_counts(database: Database, office: Office) -> None:
    old = delivery(1)
    envelope = old.envelope._replace(time=LINE - SECOND)
    office.dispatcher.take([message(envelope.to_bytes())])
    office.take(delivery(2))
    assert office.seen == [("parcels/2", 1)]
    assert len(errors(database)) == 1


def test_an_operator_may_let_it_take_effect_all_the_same(database: Database, office: Office) -> None:
    office.take(recorded(1, LINE - SECOND))
    with database.begin() as session:
        session.execute(
            sa.update(inbox).values(state=DeliveryState.WAITING, next_attempt_at=sa.func.now() - SECOND)
        )
    assert office.dispatcher.retry_stored() == 1
    assert office.seen == [("parcels/1", 1)]


class Log:
    """A log with everything in it."""

    def __init__(self, *deliveries: Delivery[Any]) -> None:
        self.messages = [logged(one) for one in deliveries]

    def __call__(self, _since: datetime | None) -> Iterator[list[Message]]:
        yield self.messages


def test_a_type_subscribed_to_for_the_first_time_is_read_from_the_beginning(
    database: Database, office: Office
) -> None:
    log = Log(recorded(1, LINE - SECOND), recorded(2, LINE))
    CatchUp(office.dispatcher, office.dispatcher.take).run(log)
    assert office.seen == [("parcels/1", 1), ("parcels/2", 1)]


def test_of_a_type_that_is_behind_what_lies_before_the_line_is_passed_over(
    database: Database, office: Office
) -> None:
    with database.begin() as session:
        for key in office.dispatcher.types:
            row = {"subscription": QUEUE, "type": key, "behind_since": LINE - timedelta(days=9)}
            session.execute(sa.insert(inbox_types).values(row))
    log = Log(recorded(1, LINE - SECOND), recorded(2, LINE))
    CatchUp(office.dispatcher, office.dispatcher.take).run(log)
    assert office.seen == [("parcels/2", 1)]
    assert errors(database) == []


def test_looking_for_a_gap_repeats_nothing_from_before_the_line(database: Database, office: Office) -> None:
    office.take(recorded(1, LINE + SECOND, revision=3, after=2))
    with database.begin() as session:
        session.execute(sa.update(inbox).values(received_at=LINE))
    log = Log(recorded(1, LINE - SECOND), recorded(1, LINE, revision=2))
    catch_up = CatchUp(office.dispatcher, office.dispatcher.take)
    catch_up.run(Log())  # its types are subscribed to for the first time
    healing, clock = LogRepair(office.dispatcher, office.dispatcher.take, catch_up), 1_000.0
    while healing.step(log, clock):
        pass
    assert ("parcels/1", 1) not in office.seen
    with database() as session:
        assert retries.missing(session, QUEUE, LATER) == []


def test_lines_are_asked_for_once_a_minute(database: Database, office: Office) -> None:
    seconds = 0.0
    office.dispatcher.memory = RetentionCheck(QUEUE, database, lambda: seconds)
    office.take(recorded(1, LINE))
    with database.begin() as session:
        session.execute(sa.update(inbox_forgotten).values(before=LINE + 2 * SECOND))
    seconds = module.ASK_SECONDS - 1
    office.take(recorded(2, LINE))
    seconds = module.ASK_SECONDS
    office.take(recorded(3, LINE))
    assert office.seen == [("parcels/1", 1), ("parcels/2", 1)]


@pytest.mark.parametrize(("at", "forgotten"), [(LINE - SECOND, True), (LINE, False)])
def test_an_event_before_the_limit_is_reported(
    database: Database, office: Office, at: datetime, forgotten: bool
) -> None:
    with database() as session:
        assert is_forgotten(session, QUEUE, SOURCE, at) == forgotten
        assert not is_forgotten(session, QUEUE, "/hubs/other/sorting", at)
