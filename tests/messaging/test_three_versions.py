"""Three versions at a time, and two releases of a reader at the same moment."""

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelSortedV2
from parcels.tables import Base
from tests.messaging.received import Database
from tests.messaging.releases import NOW, V1, V2, Noting, Publisher, Reader, noted, v1, v2

from hub_messaging.tables import inbox
from hub_messaging.versions import record_versions

V3 = "ParcelSorted.v3"


class ParcelSortedV3(ParcelSortedV2):
    """ParcelSorted with a third fact."""

    version = 3


CLASSES: dict[str, Any] = {V1: ParcelSorted, V2: ParcelSortedV2, V3: ParcelSortedV3}


@pytest.fixture(name="publisher")
def _publisher(database: Database) -> Publisher:
    """It has told three changes of a parcel in three versions, and weighed it in between."""
    publisher = Publisher(database)
    for weight in (1, 3, 5):
        with database.begin() as session:
            events = [v1(7, weight), v2(7, weight), ParcelSortedV3(number=7, weight=weight, shelf="north")]
            record_versions(session, events, occurred_at=NOW)
        publisher.weigh(7, weight + 1)
    return publisher


def unfinished(database: Database) -> int:
    with database() as session:
        return session.scalar(sa.select(sa.func.count()).where(inbox.c.state != "done")) or 0


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ([V1], [V3]),
        ([V2], [V3]),
        ([V1, V2], [V3]),
        ([V1], [V2, V3]),
        ([V3], [V1]),
        ([V3], [V2]),
        ([V2], [V1]),
    ],
)
@pytest.mark.parametrize("fails", [set(), {(7, 1)}, {(7, 3)}], ids=["no failure", "the first", "the second"])
def test_from_any_version_to_any_later_one(
    publisher: Publisher, database: Database, first: list[str], then: list[str], fails: set[tuple[int, int]]
) -> None:
    history = publisher.history()
    counted: list[tuple[int, int]] = []
    earlier = Reader(database, [CLASSES[key] for key in first], counted)
    earlier.receive(history[:8])
    later = Reader(database, [CLASSES[key] for key in then], counted, failing=set(fails))
    later.catch_up(history, *then)
    later.receive(history)
    assert counted == [(7, n) for n in range(1, 7)]
    assert unfinished(database) == 0


@pytest.mark.parametrize("stored", [V1, V2])
def test_version_3_takes_the_place_of_any_lower_one(
    publisher: Publisher, database: Database, stored: str
) -> None:
    history = publisher.history()
    counted: list[tuple[int, int]] = []
    earlier = Reader(database, [CLASSES[stored]], counted, failing={(7, 1)})
    earlier.dispatcher.take([one for one in history if one.routing_key in earlier.dispatcher.types])
    later = Reader(database, [ParcelSortedV3], counted, failing={(7, 1)})
    later.catch_up(history, V3)
    later.receive(history)
    assert counted == [(7, n) for n in range(1, 7)]
    assert unfinished(database) == 0


def test_releases_that_work_at_the_same_time_count_a_change_once(
    publisher: Publisher, database: Database
) -> None:
    """A newer release catches up while an older one is still at work."""
    Base.metadata.create_all(database.kw["bind"])
    history = publisher.history()

    def read(key: str) -> None:
        Noting(database, [CLASSES[key]], []).receive(history)

    threads = [threading.Thread(target=read, args=(key,)) for key in (V1, V2, V3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    Noting(database, [ParcelSortedV3], []).receive(history)
    assert noted(database) == [(7, n) for n in range(1, 7)]
    assert unfinished(database) == 0
