"""Facts older than version 2 of their event: recorded once, and counted once by readers of either version."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelSortedV2
from tests.messaging.received import Database
from tests.messaging.releases import NOW, V2, WEIGHED, Publisher, Reader, envelopes, v1, v2

from hub_messaging import backfill
from hub_messaging.tables import outbox as outbox_table

Change = tuple[int, int]
ONLY_V1 = [ParcelSorted]
ONLY_V2 = [ParcelSortedV2]


@pytest.fixture(name="publisher")
def _publisher(database: Database) -> Publisher:
    return Publisher(database)


def test_a_fact_is_recorded_in_version_2_with_the_change_that_version_1_has_told(
    publisher: Publisher, database: Database
) -> None:
    later = NOW + timedelta(days=1)
    publisher.sort("v1", 7, 1)
    publisher.sort("v1", 7, 1, at=later)
    publisher.sort("v1", 8, 1)
    publisher.sort("both", 9, 1)
    told = envelopes(publisher.history())
    facts: list[Any] = [(v2(7, 2), later), *((v2(number, 1), NOW) for number in (7, 8, 9, 10))]
    for expected in (4, 0):
        with database.begin() as session:
            assert backfill.record_missing(session.connection(), facts) == expected
    made = envelopes(publisher.history())[len(told) :]
    assert [(one.subject, one.change_id) for one in made] == [
        ("parcels/7", str(told[1].id)),
        ("parcels/7", str(told[0].id)),
        ("parcels/8", str(told[2].id)),
        ("parcels/10", None),
    ]


def test_several_facts_of_one_instant_are_as_many_changes(publisher: Publisher, database: Database) -> None:
    for weight in (1, 2):
        publisher.sort("v1", 7, weight)
    told = envelopes(publisher.history())
    with database.begin() as session:
        backfill.record_missing(session.connection(), [(v2(7, weight), NOW) for weight in (1, 2, 3)])
    made = envelopes(publisher.history())[2:]
    assert [one.change_id for one in made] == [str(told[0].id), str(told[1].id), None]


def test_facts_of_version_2_are_no_facts_of_version_1(publisher: Publisher, database: Database) -> None:
    publisher.sort("v2", 7, 1)
    with database.begin() as session:
        assert backfill.record_missing(session.connection(), [(v1(7, 1), NOW)]) == 1
        assert session.scalars(sa.select(outbox_table.c.change_id)).all() == [None, None]


def test_what_was_recorded_afterwards_counts_once_for_old_and_new_readers(
    publisher: Publisher, database: Database
) -> None:
    publisher.sort("v1", 7, 1)
    publisher.weigh(7, 2)
    history = publisher.history()
    counted: list[Change] = []
    Reader(database, ONLY_V1, counted).receive(history)
    with database.begin() as session:
        backfill.record_missing(session.connection(), [(v2(7, 1), NOW), (v2(8, 1), NOW)])
    history = publisher.history()
    Reader(database, ONLY_V2, counted).catch_up(history, V2)
    assert counted == [(7, 1), (7, 2), (8, 1)]
    emptied_inbox(database)
    second: list[Change] = []
    Reader(database, ONLY_V2, second).catch_up(history, V2, WEIGHED)
    assert sorted(second) == [(7, 1), (7, 2), (8, 1)]


def emptied_inbox(database: Database) -> None:
    with database.begin() as session:
        session.execute(sa.text("TRUNCATE inbox, inbox_subjects, inbox_types, inbox_changes"))
