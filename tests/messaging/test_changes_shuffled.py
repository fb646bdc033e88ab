"""One change in two versions, shuffled, repeated and failing: each is counted once, in order."""

import random
from collections import Counter
from typing import Any

import pytest
from parcels.events import ParcelSorted, ParcelSortedV2
from tests.messaging.received import Database
from tests.messaging.releases import Publisher, Reader, kept

from hub_messaging.messages import Message

Change = tuple[int, int]
ONLY_V1 = [ParcelSorted]
ONLY_V2 = [ParcelSortedV2]
BOTH = [ParcelSorted, ParcelSortedV2]
SEEDS = 4


@pytest.mark.parametrize("after", [ONLY_V2, BOTH], ids=["then 2", "then both"])
@pytest.mark.parametrize("before", [ONLY_V1, BOTH], ids=["1", "both"])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_is_lost_or_counted_twice_whatever_order_and_failures(
    database: Database, before: list[Any], after: list[Any], seed: int
) -> None:
    """Two releases of a reader over three of a publisher; the first has had what version 1 alone tells."""
    chance = random.Random(f"{seed} {before is BOTH} {after is BOTH}")
    publisher, counted = Publisher(database), list[Change]()
    told = tell(publisher, chance, "v1", 1)
    ever = publisher.history()
    first = Reader(database, before, counted, failing=some(chance, told))
    first.receive(shuffled(chance, ever))
    told += tell(publisher, chance, "both", 100)
    overlap = shuffled(chance, publisher.history()[len(ever) :])
    received = overlap[: chance.randint(0, len(overlap))]
    first.failing |= some(chance, told)
    first.dispatcher.take([one for one in received if one.routing_key in first.dispatcher.types])
    if after is ONLY_V2 or before is BOTH:
        told += tell(publisher, chance, "v2", 200)
    history = publisher.history()
    second = Reader(database, after, counted, failing=some(chance, told))
    second.catch_up(history, *(second.dispatcher.types - first.dispatcher.types))
    second.receive(shuffled(chance, history))
    second.catch_up(history, *second.dispatcher.types)
    assert Counter(counted) == Counter(told)
    assert kept(database) == []
    for number in range(3):  # in order within a subject
        assert [change for change in counted if change[0] == number] == [c for c in told if c[0] == number]


def tell(publisher: Publisher, chance: random.Random, release: str, weight: int) -> list[Change]:
    """A few changes of a few parcels, each with another weight."""
    told = []
    for place in range(chance.randint(0, 6)):
        number = chance.randint(0, 2)
        if chance.random() < 0.6:
            publisher.sort(release, number, weight + place)
        else:
            publisher.weigh(number, weight + place)
        told.append((number, weight + place))
    return told


def some(chance: random.Random, told: list[Change]) -> set[Change]:
    return {change for change in told if chance.random() < 0.3}


def shuffled(chance: random.Random, messages: list[Message]) -> list[Message]:
    return chance.sample(messages, len(messages))
