"""One change in two versions: each subscriber counts it once, whichever versions it subscribes to."""

from collections import Counter

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelSortedV2, ParcelWeighed
from tests.messaging.received import Database, states
from tests.messaging.releases import NOW, V1, V2, WEIGHED, Publisher, Reader, envelopes, kept, v1, v2

from hub_messaging import backfill, outbox
from hub_messaging.envelope import Envelope, Event
from hub_messaging.messages import Message
from hub_messaging.tables import inbox
from hub_messaging.versions import NotOneChange, record_versions

Change = tuple[int, int]
ONLY_V1 = [ParcelSorted]
ONLY_V2 = [ParcelSortedV2]
BOTH = [ParcelSorted, ParcelSortedV2]


@pytest.fixture(name="publisher")
def _publisher(database: Database) -> Publisher:
    return Publisher(database)


def test_the_versions_of_a_change_follow_each_other_and_share_its_id(publisher: Publisher) -> None:
    publisher.sort("v1", 7, 1)
    publisher.sort("both", 7, 2)
    publisher.weigh(7, 3)
    publisher.sort("v2", 7, 4)
    told = envelopes(publisher.history())
    assert [(one.routing_key, one.revision) for one in told] == [
        (V1, 1),
        (V2, 2),
        (V1, 3),
        (WEIGHED, 4),
        (V2, 5),
    ]
    assert [one.change_id for one in told] == [None, str(told[2].id), str(told[2].id), None, None]
    assert [one.after for one in told] == [
        None,
        f"{V1}=1",
        f"{V1}=1,{V2}=2",
        f"{V1}=3,{V2}=2",
        f"{V1}=3,{V2}=2,{WEIGHED}=4",
    ]


def test_the_changeid_stays_on_the_way_through_the_relay(publisher: Publisher, database: Database) -> None:
    publisher.sort("both", 7, 1)
    with database() as session:
        posted = [one for _, one in outbox.unpublished(session, "/hubs/test/sorting", 10)]
    assert [one.routing_key for one in posted] == [V2, V1]
    assert {Envelope.from_bytes(one.body).change_id for one in posted} == {posted[1].id}


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([], "at least two"),
        ([v1(1, 1)], "at least two"),
        ([v1(1, 1), v1(1, 1)], "twice"),
        ([v1(1, 1), v2(2, 1)], "one subject"),
        ([ParcelWeighed(number=1, weight=1), v2(1, 1)], "one type"),
    ],
    ids=["none", "one", "a version twice", "two subjects", "two types"],
)
def test_what_is_no_change_in_versions_is_refused(database: Database, events: list[Event], said: str) -> None:
    with pytest.raises(NotOneChange, match=said), database.begin() as session:
        record_versions(session, events, occurred_at=NOW)
    with database() as session:
        assert outbox.counts(session) == (0, 0)


@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["version 2 first", "version 1 first"])
def test_of_a_change_received_in_both_versions_one_takes_effect(
    publisher: Publisher, database: Database, order: list[int]
) -> None:
    publisher.sort("both", 7, 1)
    counted: list[Change] = []
    history = publisher.history()
    for size in (1, 2):
        Reader(database, BOTH, counted).receive([history[n] for n in order], size)
    assert counted == [(7, 1)]
    assert set(states(database).values()) == {"done"}


def test_a_reader_that_changes_to_version_2_counts_nothing_again(
    publisher: Publisher, database: Database
) -> None:
    for number in range(3):
        publisher.sort("both", number, 1)
        publisher.weigh(number, 2)
    counted: list[Change] = []
    history = publisher.history()
    Reader(database, ONLY_V1, counted).receive(history)
    publisher.sort("both", 0, 3)
    history = publisher.history()
    later = Reader(database, ONLY_V2, counted)
    later.catch_up(history, V2)
    later.receive(history)
    assert Counter(counted) == Counter({(n, w) for n in range(3) for w in (1, 2)} | {(0, 3)})
    assert kept(database) == []


def test_a_release_that_is_taken_back_counts_nothing_again(publisher: Publisher, database: Database) -> None:
    counted: list[Change] = []
    for weight in range(1, 5):
        publisher.sort("both", 7, weight)
    history = publisher.history()
    Reader(database, ONLY_V1, counted).receive(history[:4])
    Reader(database, ONLY_V2, counted).catch_up(history[:6], V2)
    Reader(database, ONLY_V1, counted).catch_up(history, V1)
    assert counted == [(7, 1), (7, 2), (7, 3), (7, 4)]
    assert kept(database) == []


@pytest.mark.parametrize("state", ["waiting", "parked", "held"])
def test_version_2_takes_the_place_of_a_version_1_that_is_stored(
    publisher: Publisher, database: Database, state: str
) -> None:
    for weight in range(1, 3):
        publisher.sort("both", 7, weight)
        publisher.weigh(7, 10 + weight)
    history = publisher.history()
    counted: list[Change] = []
    earlier = Reader(database, ONLY_V1, counted, failing={(7, 1)})
    if state == "held":
        earlier.receive(history[2:], size=9)  # version 1 of the first change has not come yet
    else:
        earlier.dispatcher.take([one for one in history if one.routing_key != V2])
    with database.begin() as session:
        session.execute(
            sa.update(inbox)
            .where(inbox.c.state == "waiting")
            .values(state=state, next_attempt_at=NOW if state == "waiting" else None)
        )
    later = Reader(database, ONLY_V2, counted)
    later.catch_up(history, V2)
    later.receive(history[2:])
    assert counted == [(7, 1), (7, 11), (7, 2), (7, 12)]
    assert kept(database) == []


def test_version_2_takes_the_place_of_version_1_even_when_it_fails_itself(
    publisher: Publisher, database: Database
) -> None:
    publisher.sort("v1", 7, 1)
    publisher.weigh(7, 2)
    with database.begin() as session:
        assert backfill.record_missing(session.connection(), [(v2(7, 1), NOW)]) == 1
    history = publisher.history()
    counted: list[Change] = []
    Reader(database, ONLY_V1, counted, failing={(7, 1)}).dispatcher.take(history[:2])
    later = Reader(database, ONLY_V2, counted, failing={(7, 1)})
    later.catch_up(history, V2)
    assert sorted(counted) == [(7, 1), (7, 2)]
    assert kept(database) == []


def test_a_change_in_version_1_alone_is_parked_by_a_subscriber_to_version_2(
    publisher: Publisher, database: Database
) -> None:
    """A binding of the release before still brings it: nothing else would tell of it."""
    publisher.sort("v1", 7, 1)
    publisher.sort("both", 8, 1)
    history = publisher.history()
    counted: list[Change] = []
    Reader(database, ONLY_V2, counted).take(history)
    assert counted == [(8, 1)]
    assert kept(database) == [(V1, "parked")]


@pytest.mark.parametrize("key", [V1, "ParcelSorted.v3"])
def test_a_version_that_cannot_be_read_is_parked_naming_the_field(
    publisher: Publisher, database: Database, key: str
) -> None:
    publisher.sort("v1", 7, 1)
    (message,) = publisher.history()
    body = message.body.replace(b"/ParcelSorted/1", b"/ParcelSorted/3")
    Reader(database, BOTH, []).take([Message(body, message.exchange, key)])
    with database() as session:
        (row,) = session.execute(sa.select(inbox))
    assert (row.state, row.type) == ("parked", "ParcelSorted.v3")
    assert row.last_error == "UnknownVersion: dataschema: version 3 of ParcelSorted is not read here"


def test_a_dropped_version_1_is_not_replaced(publisher: Publisher, database: Database) -> None:
    """Later events about the subject have taken effect without it."""
    publisher.sort("both", 7, 1)
    history = publisher.history()
    Reader(database, ONLY_V1, [], failing={(7, 1)}).dispatcher.take(history[1:])
    with database.begin() as session:
        session.execute(sa.update(inbox).values(state="dropped", next_attempt_at=None))
    counted: list[Change] = []
    Reader(database, ONLY_V2, counted).catch_up(history, V2)
    assert counted == []
