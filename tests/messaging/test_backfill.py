"""Events for facts older than their event type: recorded once, in order, with the time of the fact."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelWeighed
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging import backfill, outbox
from hub_messaging.envelope import Event
from hub_messaging.tables import outbox as table

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
EARLIER = datetime(2025, 9, 1, 8, 30, tzinfo=UTC)
Database = sessionmaker[Session]
Fact = tuple[Event, datetime]


def parcel(number: int, weight: int = 1) -> ParcelSorted:
    return ParcelSorted(number=number, weight=weight)


def record(database: Database, facts: list[Fact]) -> int:
    with database.begin() as session:
        return backfill.record_missing(session.connection(), iter(facts))


def recorded(database: Database) -> list[tuple[str, int, str | None, datetime]]:
    columns = (table.c.subject, table.c.revision, table.c.after, table.c.occurred_at)
    with database() as session:
        return [tuple(row) for row in session.execute(sa.select(*columns).order_by(table.c.position))]


def test_each_fact_is_recorded_in_order_with_the_instant_at_which_it_came_about(database: Database) -> None:
    weighed = ParcelWeighed(number=1, weight=1)
    facts: list[Fact] = [(parcel(2), NOW), (parcel(1), EARLIER), (weighed, NOW)]
    assert record(database, facts) == 3
    assert recorded(database) == [
        ("parcels/2", 1, None, NOW),
        ("parcels/1", 1, None, EARLIER),
        ("parcels/1", 2, "ParcelSorted=1", NOW),
    ]


def test_a_second_run_records_nothing_more(database: Database) -> None:
    facts: list[Fact] = [(parcel(1), EARLIER), (parcel(2), NOW)]
    assert record(database, facts) == 2
    first = recorded(database)
    assert record(database, facts) == 0
    assert recorded(database) == first


def test_a_run_that_was_cut_short_is_completed_by_the_next(database: Database) -> None:
    facts: list[Fact] = [(parcel(number), EARLIER) for number in range(5)]
    record(database, facts[1:3])
    assert record(database, facts) == 3
    assert [subject for subject, *_ in recorded(database)] == [
        f"parcels/{number}" for number in (1, 2, 0, 3, 4)
    ]


@pytest.mark.parametrize(
    ("fact", "added"),
    [
        (parcel(1), 0),
        (parcel(1, weight=2), 1),
        (ParcelWeighed(number=1, weight=1), 1),
        (parcel(11), 1),
    ],
    ids=["equal", "other data", "other type", "other subject"],
)
def test_only_an_event_of_the_same_type_subject_and_data_counts_as_recorded(
    database: Database, fact: Event, added: int
) -> None:
    with database.begin() as session:
        outbox.record(session, parcel(1), occurred_at=NOW)
    assert record(database, [(fact, EARLIER)]) == added


def test_a_published_event_counts_as_recorded(database: Database) -> None:
    with database.begin() as session:
        outbox.record(session, parcel(1), occurred_at=NOW)
        ((position, _),) = outbox.unpublished(session, "/hubs/test/sorting", 10)
        outbox.mark_published(session, [position])
    assert record(database, [(parcel(1), EARLIER)]) == 0


def test_equal_facts_are_recorded_once_even_in_different_batches(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "BATCH", 3)
    facts: list[Fact] = [(parcel(number), NOW) for number in (1, 2, 1, 3, 1, 2, 4)]
    assert record(database, facts) == 4
    assert [subject for subject, *_ in recorded(database)] == [
        "parcels/1",
        "parcels/2",
        "parcels/3",
        "parcels/4",
    ]


def test_order_within_a_subject_is_kept_across_batches(database: Database) -> None:
    facts: list[Fact] = [
        (parcel(number % 7, weight=number), EARLIER + timedelta(minutes=number)) for number in range(2_500)
    ]
    assert record(database, facts) == 2_500
    times = [occurred_at for *_, occurred_at in recorded(database)]
    assert times == sorted(times)
    assert recorded(database)[-1][:3] == ("parcels/0", 358, "ParcelSorted=357")


def test_an_instant_without_a_time_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="time zone"):
        record(database, [(parcel(1), NOW), (parcel(2), NOW.replace(tzinfo=None))])
    assert recorded(database) == []


def test_no_facts_are_nothing_recorded(database: Database) -> None:
    assert record(database, []) == 0
