"""A read model is rebuilt from changes that were published in several versions: each counts once again."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from parcels.events import ParcelSorted, ParcelSortedV2, ParcelWeighed
from parcels.tables import Base, Effect
from tests.messaging.received import ORIGINS, QUEUE, Database
from tests.messaging.releases import V1, V2, WEIGHED, Noting, Publisher, logged, note, noted
from tests.messaging.shop import ADA

from hub_messaging.dispatch import Handler
from hub_messaging.messages import Message
from hub_messaging.rebuild import Rebuild
from hub_messaging.shadow_fill import Service

EFFECTS: Any = Effect.__table__
KEYS: dict[str, Any] = {V1: ParcelSorted, V2: ParcelSortedV2, WEIGHED: ParcelWeighed}


@pytest.fixture(name="history")
def _history(database: Database) -> list[Message]:
    """Changes 1 to 6 of one parcel: in version 1 alone, in both, of another type, in version 2 alone."""
    Base.metadata.create_all(database.kw["bind"])
    publisher = Publisher(database)
    publisher.sort("v1", 7, 1)
    publisher.weigh(7, 2)
    publisher.sort("both", 7, 3)
    publisher.sort("both", 7, 4)
    publisher.weigh(7, 5)
    publisher.sort("v2", 7, 6)
    return publisher.history()


@pytest.mark.parametrize(
    ("live", "again", "expected"),
    [
        ([ParcelSorted], [V1, V2], [1, 2, 3, 4, 5, 6]),
        ([ParcelSorted, ParcelSortedV2], [V1, V2], [1, 2, 3, 4, 5, 6]),
        ([ParcelSortedV2], [V2], [2, 3, 4, 5, 6]),
    ],
    ids=["from version 1 to both", "both", "version 2"],
)
def test_a_rebuild_counts_each_change_once(
    database: Database, history: list[Message], live: list[Any], again: list[str], expected: list[int]
) -> None:
    Noting(database, live, []).receive(history)

    def read_log(_since: datetime | None) -> Iterator[list[Message]]:
        yield [logged(one) for one in history]

    handlers = [Handler({key: KEYS[key] for key in (*again, WEIGHED)}, batch=True, call=note)]
    service = Service(
        database.kw["bind"],
        QUEUE,
        handlers=handlers,
        projections=(EFFECTS,),
        read_log=read_log,
        origins=ORIGINS,
    )
    assert Rebuild(service).run(ADA).switched
    assert [weight for _, weight in noted(database)] == expected
    later = Noting(database, [KEYS[key] for key in again], [])
    later.receive(history)
    later.take([logged(one) for one in history])
    assert [weight for _, weight in noted(database)] == expected
