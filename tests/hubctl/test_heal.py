"""`hubctl heal` and what doctor says of events that never came, on real databases."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from sqlalchemy.orm import Session
from tests.hubctl.conftest import Keeper, hubctl

from hub_messaging import counting, outbox
from hub_messaging.catchup import EVER
from hub_messaging.tables import inbox_audit, inbox_counts, inbox_gaps, inbox_types
from hubctl import flow, heal
from hubctl.lost import FlowSeen, Lost, of_flow

SOURCE = "/hubs/cambridge/visits"
WHO = ("--by", "ada", "--why", "the disk of the broker is gone")
SORTED = ParcelSorted.type


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "SETTLES_SECONDS", 0.4)
    monkeypatch.setattr(flow, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(heal, "LOOK_SECONDS", 0.05)


def act(keeper: Keeper, action: Callable[[Session], Any]) -> Any:
    with keeper.database() as session, session.begin():
        return action(session)


def publish(keeper: Keeper, number: int) -> None:
    def published(session: Session) -> None:
        events = [ParcelSorted(number=n, weight=1) for n in range(number)]
        outbox.record_all(session, events, occurred_at=datetime.now(UTC))
        outbox.mark_published(
            session, [position for position, _ in outbox.unpublished(session, SOURCE, 1000)]
        )

    act(keeper, published)


def receive(keeper: Keeper, number: int) -> None:
    kind = counting.Kind(keeper.queue, SOURCE, SORTED)
    act(keeper, lambda session: counting.add(session, kind, received=number, done=number))


@pytest.fixture(name="short")
def _short(visits: Keeper, reporting: Keeper) -> Keeper:
    """Reporting lacks three of ten events of visits, and the mark that follows them."""
    publish(visits, 10)
    act(
        reporting,
        lambda s: s.execute(sa.insert(inbox_types).values(subscription="reporting.in", type=SORTED)),
    )
    receive(reporting, 7)
    return reporting


def gap(keeper: Keeper) -> None:
    row = {
        "subscription": keeper.queue,
        "source": SOURCE,
        "event_id": "1",
        "subject": "x",
        "after_revision": 1,
    }
    act(keeper, lambda session: session.execute(sa.insert(inbox_gaps).values(row)))


@contextmanager
def running(keeper: Keeper, finds: int) -> Iterator[None]:
    """A reader that sees that it is behind, finds so many events in the log, and says that it has read it."""
    stop = threading.Event()

    def behind(session: Session) -> bool:
        return bool(session.scalar(sa.select(inbox_types.c.behind_since)))

    def read() -> None:
        while not stop.wait(0.02):
            if act(keeper, behind):
                receive(keeper, finds)
                act(keeper, lambda s: s.execute(sa.update(inbox_types).values(behind_since=None)))
                return

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def audit(keeper: Keeper) -> list[tuple[Any, ...]]:
    columns = (inbox_audit.c.by, inbox_audit.c.action, inbox_audit.c.last_error)
    return [tuple(row) for row in act(keeper, lambda s: s.execute(sa.select(*columns)).all())]


def doctor() -> dict[str, Any]:
    return {one["part"]: one for one in hubctl("doctor", "--json").json["findings"]}


def test_doctor_compares_the_databases_and_says_what_to_do(short: Keeper) -> None:
    said = doctor()["the events for reporting"]
    assert said["grade"] == "wrong"
    assert said["says"].startswith("3 events of visits never arrived (ParcelSorted 3): hubctl heal reporting")
    assert "hubctl log restore" in said["says"]
    receive(short, 3)
    assert doctor()["the events for reporting"]["says"] == "All published events have arrived."


def test_what_is_on_its_way_is_no_loss(short: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = iter([2])

    def arrives(_seconds: float) -> None:
        receive(short, next(waits, 0))

    monkeypatch.setattr("time.sleep", arrives)
    monkeypatch.setattr(flow, "SETTLES_SECONDS", 0.2)
    monkeypatch.setattr(flow, "_waits", lambda _hub, _service: True)
    said = doctor()["the events for reporting"]
    assert (said["grade"], said["says"]) == ("note", "1 event is on the way.")


def test_a_gap_is_a_finding_until_it_is_accepted(short: Keeper) -> None:
    receive(short, 3)
    gap(short)
    assert "took effect without an earlier one" in doctor()["the events for reporting"]["says"]
    assert hubctl("heal", "reporting", "--accept", *WHO).code == 0
    assert doctor()["the events for reporting"]["grade"] == "well"
    assert audit(short) == [("ada", "accept", "without revision 1")]


def test_what_the_log_has_is_healed(short: Keeper) -> None:
    with running(short, 3):
        said = hubctl("heal", "reporting", "--by", "ada")
    assert said.code == 0, said.out + said.err
    assert "3 of 3 missing events were read from the event log." in said.out
    assert audit(short) == [("ada", "heal", SORTED)]


def test_events_that_the_log_lacks_are_named(short: Keeper) -> None:
    with running(short, 1):
        said = hubctl("heal", "reporting", "--json")
    assert said.code == 1
    lost = {"publisher": "visits", "source": SOURCE, "type": SORTED, "missing": 2}
    assert said.json == {"service": "reporting", "healed": 1, "missing": [lost], "gaps": 0, "read": True}
    with running(short, 0):
        said = hubctl("heal", "reporting")
    assert "2 ParcelSorted of visits stay missing." in said.out
    assert "hubctl log restore, then hubctl heal reporting; --accept accepts them as lost." in said.out


def test_a_service_that_does_not_run_is_not_waited_for(
    short: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heal, "NOTHING_SECONDS", 0.2)
    said = hubctl("heal", "reporting")
    assert said.code == 1
    assert "once the service and the log are available" in said.out
    (since,) = act(short, lambda session: session.scalars(sa.select(inbox_types.c.behind_since)).all())
    assert since < EVER  # it is asked for: the service reads the log when it starts


def test_what_is_accepted_is_not_missing_any_more_and_new_losses_are(visits: Keeper, short: Keeper) -> None:
    said = hubctl("heal", "reporting", "--accept", *WHO)
    assert said.code == 0
    assert "3 missing events and 0 gaps were accepted as lost." in said.out
    assert audit(short) == [("ada", "accept", "ParcelSorted: 3 given up")]
    assert doctor()["the events for reporting"]["grade"] == "well"
    assert hubctl("heal", "reporting").out.strip() == "Nothing is missing."
    assert hubctl("heal", "reporting", "--accept", *WHO).code == 1
    publish(visits, 2)
    assert doctor()["the events for reporting"]["says"].startswith("2 events of visits")
    row = act(short, lambda session: session.execute(sa.select(inbox_counts)).one())
    assert (row.accepted, row.missing) == (3, 0)


def test_giving_up_needs_a_reason(short: Keeper) -> None:
    assert hubctl("heal", "reporting", "--accept", "--by", "ada").code == 2
    assert audit(short) == []


def test_a_publisher_that_is_not_known_here_is_known_by_its_mark(reporting: Keeper) -> None:
    def marked(session: Session) -> None:
        session.execute(sa.insert(inbox_types).values(subscription="reporting.in", type=SORTED))
        kind = counting.Kind("reporting.in", "/hubs/cambridge/enrolment", SORTED)
        counting.add(session, kind, received=1)
        session.execute(sa.update(inbox_counts).values(missing=4))

    act(reporting, marked)
    assert doctor()["the events for reporting"]["says"].startswith("4 events of enrolment never arrived")


def test_many_types_are_not_all_named() -> None:
    lost = [Lost("visits", SOURCE, f"Type{n}", n) for n in range(1, 6)]
    (finding,) = of_flow(FlowSeen(service="reporting", lost=lost))
    assert "15 events of visits never arrived (Type1 1, Type2 2, Type3 3, …)" in finding.says
    assert list(of_flow(FlowSeen(service="reporting", away="OperationalError"))) == []
