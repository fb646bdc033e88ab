"""`hubctl parked forged`: what forgeries did to inboxes before their origin was checked, found and undone."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session
from tests.hubctl.conftest import WHY, Keeper, hubctl, keeper
from tests.support.databases import Databases

from hub_messaging import outbox
from hub_messaging.delivery import Delivery
from hub_messaging.dispatch import Dispatcher, Handler
from hub_messaging.envelope import HIGHEST_REVISION, Envelope
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.provenance import Origins
from hub_messaging.retries import Permanent, RetryPolicy
from hub_messaging.tables import inbox, inbox_audit, inbox_subjects, inbox_types, outbox_forgotten
from hub_messaging.tables import outbox as outbox_table

SOURCE = "/hubs/test/enrolment"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
FORGED_ID = UUID(int=77)


class Believing(Origins):
    """An earlier release, which believed a message for what it said of itself."""

    def check(self, envelope: Envelope, message: Message, publisher: str) -> None:
        """Handle the event without checking its origin."""


@dataclass
class Subscriber:
    """A subscriber of enrolment's that believes everything, and its publisher."""

    keeper: Keeper
    publisher: Keeper
    poison: set[int] = field(default_factory=set)  # weights that fail for good

    def record(self, *numbers: int) -> list[Envelope]:
        """Let the publisher record and publish an event about each parcel; the envelopes."""
        with self.publisher.database.begin() as session:
            outbox.record_all(session, [ParcelSorted(number=n, weight=1) for n in numbers], occurred_at=NOW)
            session.execute(sa.update(outbox_table).values(published_at=sa.func.now()))
            return [envelope for _, envelope in outbox.history(session, SOURCE)][-len(numbers) :]

    def take(self, *envelopes: Envelope) -> None:
        def act(_session: Session, deliveries: Sequence[Delivery[Any]]) -> None:
            if any(one.event.weight in self.poison for one in deliveries):
                raise Permanent("too heavy")

        handlers = [Handler({ParcelSorted.type: ParcelSorted}, batch=False, call=act)]
        metrics = ReadingMetrics(CollectorRegistry())
        database = self.keeper.database
        dispatcher = Dispatcher(
            self.keeper.queue, database, handlers, metrics, Believing("test"), RetryPolicy(())
        )
        dispatcher.take([Message(one.to_bytes(), None) for one in envelopes])
        while dispatcher.retry_stored():
            pass

    def rows(self) -> list[tuple[str, str, str]]:
        wanted = sa.select(inbox.c.source, inbox.c.event_id, inbox.c.state).order_by(inbox.c.arrival)
        return list(self.ask(lambda session: [tuple(row) for row in session.execute(wanted)]))

    def reached(self) -> dict[str, int]:
        columns = (inbox_subjects.c.subject, inbox_subjects.c.revision)
        return dict(self.ask(lambda session: [tuple(r) for r in session.execute(sa.select(*columns))]))

    def ask(self, question: Callable[[Session], Any]) -> Any:
        with self.keeper.database.begin() as session:
            return question(session)


@pytest.fixture(name="subscriber")
def _subscriber(
    databases: Databases, visits: Keeper, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Subscriber]:
    monkeypatch.setenv("HUB_ID", "test")
    monkeypatch.delenv("HUB_FOREIGN_SOURCES", raising=False)
    for enrolment in keeper("enrolment", databases, monkeypatch):
        yield Subscriber(visits, enrolment)


def forged(
    number: int = 9, revision: int = 1, *, id_: UUID = FORGED_ID, source: str = SOURCE, weight: int = 1
) -> Envelope:
    event = ParcelSorted(number=number, weight=weight)
    return Envelope(id_, source, event.type, 1, event.subject, revision, NOW, event.to_data())


def looked(*arguments: str) -> Any:
    said = hubctl("parked", "forged", "--service", "visits", "--json", *arguments)
    return said.json | {"code": said.code}


def test_where_nothing_is_forged_nothing_is_listed(subscriber: Subscriber) -> None:
    subscriber.take(*subscriber.record(1, 2))
    found = looked()
    assert (found["code"], found["total"], found["older"], found["foreign"]) == (1, 0, 0, 0)
    said = hubctl("parked", "forged", "--drop", *WHY)
    assert (said.code, said.out) == (1, "0 forged.\n")


def test_what_no_publisher_recorded_is_listed_and_nothing_is_changed(subscriber: Subscriber) -> None:
    subscriber.take(*subscriber.record(1), forged())
    before = subscriber.rows()
    (found,) = looked()["forged"]
    assert {"event_id": str(FORGED_ID), "subject": "parcels/9", "state": "done"}.items() <= found.items()
    assert found["why"] == "its publisher never recorded it"
    assert looked("--drop", "--dry-run")["dropped"] == 0
    said = hubctl("parked", "forged", "--drop", "--dry-run")
    assert said.out.endswith("1 would be dropped.\n")
    assert hubctl("parked", "forged", "--drop").code == 2
    assert subscriber.rows() == before


def test_what_took_effect_leaves_inbox_subjects_and_counts(subscriber: Subscriber) -> None:
    (true,) = subscriber.record(1)
    subscriber.take(true, forged(1, HIGHEST_REVISION), forged(9, 4, id_=UUID(int=78)))
    assert subscriber.reached() == {"parcels/1": HIGHEST_REVISION, "parcels/9": 4}
    assert looked("--drop", *WHY)["dropped"] == 2
    assert subscriber.rows() == [(SOURCE, str(true.id), "done")]
    assert subscriber.reached() == {"parcels/1": 1}
    columns = (inbox_audit.c.action, inbox_audit.c.by, inbox_audit.c.event_id)
    written = subscriber.ask(lambda session: [tuple(r) for r in session.execute(sa.select(*columns))])
    assert written == [("forged", "ada", str(FORGED_ID)), ("forged", "ada", str(UUID(int=78)))]
    assert looked()["total"] == 0


def test_a_true_event_follows_that_was_held_behind_a_forgery(subscriber: Subscriber) -> None:
    first, second = subscriber.record(1)[0], subscriber.record(1)[0]
    subscriber.poison = {13}
    subscriber.take(first, forged(1, 1, weight=13), second)
    assert [state for *_, state in subscriber.rows()] == ["done", "parked", "held"]
    assert looked("--drop", *WHY)["dropped"] == 1
    subscriber.take()
    assert [state for *_, state in subscriber.rows()] == ["done", "done", "dropped"]
    source, name, _ = subscriber.rows()[2]
    assert (source, len(name)) == ("", 64)
    kept = subscriber.ask(lambda session: session.scalar(sa.select(inbox.c.body).where(inbox.c.source == "")))
    assert json.loads(bytes(kept))["data"]["weight"] == 13


def test_a_true_event_that_a_forgery_hid_is_read_again(subscriber: Subscriber) -> None:
    (true,) = subscriber.record(1)
    row = {"subscription": "visits.in", "type": ParcelSorted.type}
    subscriber.ask(lambda session: session.execute(sa.insert(inbox_types).values(row)))
    subscriber.take(forged(1, 7, id_=true.id), true)
    found = looked("--drop", *WHY)
    assert (found["dropped"], found["hidden"]) == (1, 1)
    assert found["forged"][0]["why"] == "its publisher recorded another event under this id"
    behind = sa.select(inbox_types.c.type).where(inbox_types.c.behind_since.is_not(None))
    assert subscriber.ask(lambda session: session.scalars(behind).all()) == [ParcelSorted.type]
    subscriber.take(true)
    assert subscriber.rows() == [(SOURCE, str(true.id), "done")]
    assert subscriber.reached() == {"parcels/1": 1}


def test_a_stored_body_that_says_other_data_under_a_true_id_is_forged(subscriber: Subscriber) -> None:
    (true,) = subscriber.record(1)
    subscriber.poison = {1, 13}
    subscriber.take(forged(1, 1, id_=true.id, weight=13))
    assert looked()["total"] == 1
    assert looked("--drop", *WHY)["dropped"] == 1
    subscriber.take(true)
    assert looked()["total"] == 0


def test_a_source_without_a_service_is_forged_and_other_hubs_are_left(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    oxford, fens = "/hubs/oxford/enrolment", "/hubs/fens/enrolment"
    subscriber.take(forged(source="/hubs/test/unknown"), forged(source=oxford), forged(source=fens))
    found = looked()
    assert ([one["source"] for one in found["forged"]], found["foreign"]) == (["/hubs/test/unknown"], 2)
    monkeypatch.setenv("HUB_FOREIGN_SOURCES", f"{oxford}=oxford.enrolment.events")
    found = looked("--unknown-sources", "--drop", *WHY)
    assert {one["source"] for one in found["forged"]} == {"/hubs/test/unknown", fens}
    assert (found["foreign"], found["dropped"]) == (1, 2)
    assert subscriber.rows() == [(oxford, str(FORGED_ID), "done")]


def test_what_an_outbox_may_have_forgotten_is_left_and_said(subscriber: Subscriber) -> None:
    true = subscriber.record(1, 2)
    subscriber.take(*true, forged())
    with subscriber.publisher.database.begin() as session:
        gone = sa.delete(outbox_table).where(outbox_table.c.id == true[0].id)
        session.execute(gone)
        line = {"before": datetime.now(UTC), "moved_at": datetime.now(UTC)}
        session.execute(sa.insert(outbox_forgotten).values(line))
    found = looked("--drop", *WHY)
    assert (found["total"], found["older"]) == (0, 2)
    assert (
        "2 are older than the rows of the outboxes and were left unchanged." in hubctl("parked", "forged").out
    )


def test_an_outbox_without_a_recorded_cutoff_marks_no_event_as_forged(
    subscriber: Subscriber,
) -> None:
    true = subscriber.record(1, 2)
    subscriber.take(*true)
    with subscriber.publisher.database.begin() as session:
        session.execute(sa.delete(outbox_table))
    assert (looked()["total"], looked()["older"]) == (0, 2)


def test_what_an_operator_has_edited_is_not_compared(subscriber: Subscriber) -> None:
    (true,) = subscriber.record(1)
    subscriber.poison = {1}
    subscriber.take(true)
    body = json.loads(true.to_bytes())
    body["data"]["weight"] = 2
    edited = hubctl("parked", "edit", str(true.id), "--file", "-", *WHY, typed=json.dumps(body))
    assert edited.code == 0, edited.err
    assert looked()["total"] == 0


def test_a_setting_that_cannot_be_read_is_said(
    subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_FOREIGN_SOURCES", "oxford")
    said = hubctl("parked", "forged")
    assert (said.code, "HUB_FOREIGN_SOURCES cannot be read" in said.err) == (2, True)


def test_a_replay_of_everything_leaves_forgeries_and_says_so_of_one(visits: Keeper) -> None:
    visits.park(forged(1).to_bytes(), forged(2, source="/hubs/test/sorting").to_bytes())
    said = hubctl("parked", "replay", "--error", "Forged", *WHY)
    assert (said.code, "can only be dropped" in said.err) == (1, True)
    assert hubctl("parked", "replay", "--all", *WHY).out == "1 replayed.\n"
    assert sorted(visits.states()) == ["parked", "waiting"]
    assert hubctl("parked", "drop", "--error", "Forged", *WHY).out == "1 dropped.\n"
