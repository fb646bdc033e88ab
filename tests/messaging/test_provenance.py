"""The exchange proves the publisher, live, from the log and after a retry; the message never does."""

import pytest
from parcels.events import ParcelSorted, ParcelWeighed
from tests.messaging.dispatching import Office
from tests.messaging.operating import act, edit, listed, replay
from tests.messaging.received import NOW, ORIGINS, QUEUE, Database, delivery, logged, message, states

from hub_messaging import operator_actions
from hub_messaging.envelope import Envelope
from hub_messaging.messages import Message
from hub_messaging.metrics import InboxTable
from hub_messaging.operator_actions import Operator
from hub_messaging.provenance import Forged, Origins
from hub_messaging.stored_deliveries import Key, Refused

ADA = Operator(by="ada", why="a test")
FOREIGN = "/hubs/other/sorting"


def check(said: Message, publisher: str = "sorting", origins: Origins = ORIGINS) -> None:
    origins.check(Envelope.from_bytes(said.body), said, publisher)


@pytest.mark.parametrize(
    "said",
    [
        message(delivery(1)),
        message(delivery(1), routing_key="ParcelSorted", user_id="sorting"),
        logged(delivery(1)),
        logged(delivery(1), exchange="sorting.refill"),
        message(delivery(1), exchange=None),
        message(delivery(1, source=FOREIGN), exchange="other.sorting.events"),
        message(delivery(1, source=FOREIGN), exchange="other.sorting.events", user_id="theirs"),
        logged(delivery(1, source=FOREIGN), exchange="other.sorting.events"),
    ],
)
def test_what_came_through_its_publishers_exchange_is_believed(said: Message) -> None:
    check(said)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (message(delivery(1), exchange="weighing.events"), "came through exchange 'weighing.events'"),
        (message(delivery(1), exchange=""), "written to the queue"),
        (logged(delivery(1), exchange=""), "written to the queue"),
        (message(delivery(1), exchange="sorting.refill"), "came through exchange 'sorting.refill'"),
        (logged(delivery(1), exchange="weighing.refill"), "came through exchange 'weighing.refill'"),
        (message(delivery(1), user_id="weighing"), "sent by user 'weighing'"),
        (message(delivery(1), user_id=""), "sent by user ''"),
        (message(delivery(1), routing_key="ParcelWeighed"), "ParcelSorted came as 'ParcelWeighed'"),
        (message(delivery(1, source="/hubs/test/weighing")), "not published by /hubs/test/weighing"),
        (message(delivery(1, source="/hubs/test/weighing"), exchange=None), "not published by"),
        (message(delivery(1, source="/hubs/nowhere/sorting")), "not published by /hubs/nowhere/sorting"),
        (message(delivery(1, source=FOREIGN)), "came through exchange 'sorting.events'"),
        (message(delivery(1), exchange="other.sorting.events"), "came through exchange 'other.sorting"),
        (logged(delivery(1, source=FOREIGN), exchange="sorting.refill"), "came through"),
    ],
)
def test_what_came_otherwise_is_forged(said: Message, why: str) -> None:
    with pytest.raises(Forged, match=why):
        check(said)


def test_a_foreign_source_speaks_only_for_its_own_service() -> None:
    origins = Origins("test", {"/hubs/other/weighing": "other.weighing.events"})
    said = message(delivery(1, source="/hubs/other/weighing"), exchange="other.weighing.events")
    with pytest.raises(Forged, match="ParcelSorted is not published by /hubs/other/weighing"):
        check(said, origins=origins)


def mark(source: str = "/log/sorting", type_: str = "LogMark") -> Envelope:
    return Envelope(delivery(1).envelope.id, source, type_, 1, "log/sorting", 1, NOW, {})


def publisher_of(envelope: Envelope, exchange: str = "sorting.events", **others: str) -> str | None:
    said = Message(envelope.to_bytes(), exchange, from_log=True, **others)
    return ORIGINS.publisher_of_mark(envelope, said, {"sorting", "weighing"})


def test_a_mark_is_of_the_service_whose_exchange_it_came_through() -> None:
    assert publisher_of(mark()) == "sorting"
    assert publisher_of(mark("/log/weighing"), "weighing.events", user_id="weighing") == "weighing"
    assert publisher_of(mark(), "other.sorting.events") is None


@pytest.mark.parametrize(
    ("envelope", "exchange", "others"),
    [
        (mark(), "weighing.events", {}),
        (mark(), "", {}),
        (mark(), "sorting.refill", {}),
        (mark("/log/unknown"), "unknown.events", {}),
        (mark("sorting"), "sorting.events", {}),
        (mark("/hubs/test/sorting"), "sorting.events", {}),
        (mark(type_="ParcelSorted"), "sorting.events", {}),
        (mark(), "sorting.events", {"user_id": "weighing"}),
        (mark(), "sorting.events", {"routing_key": "ParcelSorted"}),
    ],
)
def test_a_mark_of_another_service_is_forged(
    envelope: Envelope, exchange: str, others: dict[str, str]
) -> None:
    with pytest.raises(Forged):
        publisher_of(envelope, exchange, **others)


def test_a_forgery_hides_no_true_event_and_holds_up_nothing(database: Database) -> None:
    office, true = Office(database), delivery(1)
    office.dispatcher.take([message(true, exchange="weighing.events")])
    office.dispatcher.take([message(delivery(1, 2**31 - 1), exchange="")])
    office.take(true, delivery(1, 2, after=1))
    assert office.seen == [("parcels/1", 1), ("parcels/1", 2)]
    assert sorted(states(database).values()) == ["done", "done", "parked", "parked"]
    assert {one.key.source for one in listed(database)} == {""}
    assert office.metric("hub_inbox_forged_total") == 2
    office.registry.register(InboxTable(database))
    assert office.metric("hub_inbox_forged_parked") == 2
    assert office.metric("hub_inbox_deliveries", state="parked") == 2


@pytest.mark.parametrize(
    "said",
    [
        message(delivery(1), exchange="weighing.events"),
        message(delivery(1), exchange=""),
        message(delivery(1), exchange="sorting.refill"),
        message(delivery(1), user_id="weighing"),
        message(delivery(1), routing_key=ParcelWeighed.type),
    ],
)
def test_a_forgery_cannot_be_replayed_or_edited_only_dropped(database: Database, said: Message) -> None:
    office = Office(database)
    office.dispatcher.take([said])
    (forged,) = listed(database)
    for change in (
        lambda: replay(database, forged.key),
        lambda: edit(database, forged.key, delivery(2).body),
        lambda: edit(database, forged.key, delivery(1).body + b" "),
    ):
        with pytest.raises(Refused, match="can only be dropped"):
            change()
    assert list(states(database).values()) == ["parked"]
    act(database, lambda session: operator_actions.drop(session, [forged.key], ADA))
    assert list(states(database).values()) == ["dropped"]
    assert office.seen == []


def test_among_others_a_forgery_is_left_out_of_a_replay(database: Database) -> None:
    office = Office(database)
    office.dispatcher.take([message(delivery(1), exchange=""), message(b"no event")])
    (forged, unreadable) = listed(database)
    assert replay(database, forged.key, unreadable.key) == [unreadable.key]


def test_a_forgery_that_is_tried_again_all_the_same_is_parked_again(database: Database) -> None:
    office = Office(database)
    office.dispatcher.take([message(delivery(1), user_id="weighing")])
    statement = "UPDATE inbox SET state = 'waiting', next_attempt_at = now(), exchange = 'sorting.events'"
    act(database, lambda session: session.connection().exec_driver_sql(statement))
    office.dispatcher.retry_stored()
    assert office.seen == []
    (forged,) = listed(database)
    assert forged.last_error is not None
    assert forged.last_error.startswith("Forged: ParcelSorted of /hubs/test/sorting was sent by user")


def test_an_unreadable_message_of_another_exchange_stays_without_effect_when_edited(
    database: Database,
) -> None:
    office = Office(database)
    office.dispatcher.take([message(b"no event", exchange="weighing.events")])
    (unreadable,) = listed(database)
    named = edit(database, unreadable.key, delivery(1).body)
    assert replay(database, named) == [Key(QUEUE, named.source, named.event_id)]
    office.dispatcher.retry_stored()
    assert office.seen == []
    (forged,) = listed(database)
    assert str(forged.last_error).startswith("Forged: ")
    assert ParcelSorted.type in str(forged.last_error)


def test_a_type_that_is_no_name_stays_out_of_log_lines(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(database)
    for type_ in ("ParcelLost", "ada@example.org", "Parcel\nLost", "P" * 65):
        changed = delivery(1).envelope._replace(type=type_)
        office.dispatcher.take([Message(changed.to_bytes(), "sorting.events", from_log=True)])
    said = capsys.readouterr().out
    assert (said.count("unknown_type"), said.count("not a name")) == (4, 3)
    assert "ParcelLost" in said
    assert "ada@" not in said
