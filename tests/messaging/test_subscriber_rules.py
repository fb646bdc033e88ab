"""Names, permissions, choice of events, limits and ages of subscribers: rules without a broker."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_messaging.subscribers.broker import management_of
from hub_messaging.subscribers.broker_capacity import too_little
from hub_messaging.subscribers.event_selection import UnknownEvents, chosen
from hub_messaging.subscribers.limits import MEBIBYTE, Limits, limits_in, policies_of
from hub_messaging.subscribers.naming import (
    BadName,
    dead_queue_of,
    live_queue_of,
    name_of,
    permissions_of,
    queue_of,
    queues_of,
    require_name,
)
from hub_messaging.subscribers.queue_status import last_read, oldest

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
CATALOGUE = {
    "sorting": ["ParcelSorted", "ParcelWeighed", "ParcelWeighed.v2", "ParcelWeighed.v10"],
    "counting": ["ShelfCounted"],
    "reporting": [],
}
GIB = 1024 * MEBIBYTE
names = st.from_regex(r"[a-z][a-z0-9-]{1,38}[a-z0-9]", fullmatch=True)


@pytest.mark.parametrize("name", ["trust", "a-1", "data-warehouse-2", "x" * 40])
def test_a_name_has_valid_characters(name: str) -> None:
    require_name(name, ["sorting"])


@pytest.mark.parametrize(
    "name",
    ["", "a", "ab", "x" * 41, "Trust", "1trust", "trust-", "a.dead", "a b", "trust\n", "ä-hub", "../x"],
)
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(BadName):
        require_name(name, ["sorting"])


def test_no_subscriber_has_the_name_of_a_service() -> None:
    with pytest.raises(BadName, match="service"):
        require_name("sorting", ["sorting"])


@given(name=names, other=names)
def test_permissions_cover_the_own_two_queues_and_nothing_of_another(name: str, other: str) -> None:
    permissions = permissions_of(name)
    assert permissions["configure"] == permissions["write"] == "^$"
    may_read = re.compile(permissions["read"])
    assert may_read.search(queue_of(name))
    assert may_read.search(dead_queue_of(name))
    assert not may_read.search(live_queue_of(name))
    for queue in [*queues_of(other), "hub.log", f"{name}.in", f"x{queue_of(name)}"]:
        assert other == name or not may_read.search(queue)


@given(name=names)
def test_every_queue_tells_whose_it_is(name: str) -> None:
    assert {name_of(queue) for queue in queues_of(name)} == {name}
    assert name_of(f"{name}.in") is None


@given(name=names, other=names)
def test_each_policy_fits_one_queue(name: str, other: str) -> None:
    policies = policies_of(name, Limits())
    for queue in {*queues_of(name), *queues_of(other), "sorting.in", "hub.log"}:
        fitting = [one for one, body in policies.items() if re.search(body["pattern"], queue)]
        assert fitting == ([queue] if queue in policies else [])


def test_no_queue_of_a_subscriber_ever_refuses_a_message() -> None:
    """A queue that does makes the broker refuse the publisher's batch."""
    for body in policies_of("trust", Limits()).values():
        assert body["definition"]["overflow"] == "drop-head"
        assert body["definition"]["max-length"] > 0
        assert body["definition"]["max-length-bytes"] > 0


def test_dead_letters_end_in_a_queue_that_dead_letters_nothing() -> None:
    policies = policies_of("trust", Limits())
    own, dead = policies[queue_of("trust")]["definition"], policies[dead_queue_of("trust")]["definition"]
    assert own["dead-letter-routing-key"] == dead_queue_of("trust")
    assert own["dead-letter-exchange"] == ""
    assert not [key for key in dead if key.startswith("dead-letter")]


def test_limits_are_read_back_from_the_policy() -> None:
    limits = Limits(messages=5_000, size=3 * MEBIBYTE, days=2)
    assert limits_in(policies_of("trust", limits)[queue_of("trust")]["definition"]) == limits


@pytest.mark.parametrize(
    ("asked", "bound"),
    [
        (["ParcelSorted"], {"sorting": {"ParcelSorted"}}),
        (["ParcelWeighed"], {"sorting": {"ParcelWeighed"}}),
        (["ParcelWeighed.v2,ShelfCounted"], {"sorting": {"ParcelWeighed.v2"}, "counting": {"ShelfCounted"}}),
        (["sorting"], {"sorting": {"ParcelSorted", "ParcelWeighed.v10"}}),
        (["all"], {"sorting": {"ParcelSorted", "ParcelWeighed.v10"}, "counting": {"ShelfCounted"}}),
        (
            ["counting", "LogMark"],
            {"sorting": {"LogMark"}, "counting": {"ShelfCounted", "LogMark"}, "reporting": {"LogMark"}},
        ),
    ],
)
def test_events_are_named_by_type_version_publisher_or_all(
    asked: list[str], bound: dict[str, set[str]]
) -> None:
    assert chosen(asked, CATALOGUE) == bound


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("ParcelSortd", "ParcelSorted"),
        ("parcelweighed", "ParcelWeighed"),
        ("sortng", "sorting"),
        ("#", "list"),
    ],
)
def test_an_unknown_event_is_refused_with_the_closest_names(asked: str, meant: str) -> None:
    with pytest.raises(UnknownEvents, match=meant):
        chosen([asked], CATALOGUE)


@pytest.mark.parametrize("asked", [[], [""], [" , "]])
def test_naming_no_event_is_refused(asked: list[str]) -> None:
    with pytest.raises(UnknownEvents, match="--events"):
        chosen(asked, CATALOGUE)


def node(**values: Any) -> dict[str, Any]:
    return {"mem_limit": 512 * MEBIBYTE, "disk_free": 20 * GIB, "disk_free_limit": GIB} | values


@pytest.mark.parametrize(
    ("nodes", "subscribers", "held", "what"),
    [
        ([node()], 5, 0, None),
        ([node()], 9, 0, "memory"),
        ([node(disk_free=2 * GIB)], 3, 0, "disk"),
        ([node(disk_free=2 * GIB)], 3, GIB, None),
        ([node(), node(disk_free=GIB)], 1, 0, "disk"),
        ([node(mem_limit="unknown", disk_free="NaN")], 99, 0, None),
    ],
)
def test_queues_at_their_limits_must_fit_into_a_part_of_memory_and_disk(
    nodes: list[dict[str, Any]], subscribers: int, held: int, what: str | None
) -> None:
    said = too_little(nodes, [Limits()] * subscribers, held)
    assert (said is None) if what is None else (said is not None and f"too little {what}" in said)


def counted(*counts: int, step: float = 60) -> list[tuple[datetime, int]]:
    """A counter's samples, the last one now."""
    return [
        (NOW - timedelta(seconds=step * (len(counts) - 1 - number)), count)
        for number, count in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("messages", "samples", "seconds", "exact"),
    [
        (10, counted(0, 0, 10), 60, True),  # all that came waits: it came after the last zero
        (10, counted(0, 10, 20, 20), 120, True),  # ten have gone: the head is the eleventh
        (1, counted(5, 5, 20, 30), 60, True),
        (30, counted(5, 5, 20, 30), 180, False),  # messages from before the samples
        (40, counted(0, 10, 30), 120, False),  # more than has come since the broker counts
    ],
)
def test_the_oldest_message_came_when_as_many_had_come_as_have_gone(
    messages: int, samples: list[tuple[datetime, int]], seconds: float, exact: bool
) -> None:
    found = oldest(messages, samples[-1][1], samples, NOW, NOW - timedelta(days=1))
    assert found is not None
    assert (found.seconds, found.exact) == (seconds, exact)


def test_nothing_in_a_queue_is_older_than_the_queue() -> None:
    found = oldest(10, 10, counted(0, 10, 10), NOW, NOW - timedelta(seconds=7))
    assert found is not None
    assert found.seconds == 7
    assert oldest(0, 10, counted(0, 10), NOW, NOW) is None


@pytest.mark.parametrize(
    ("samples", "seconds", "exact"),
    [
        (counted(0, 3, 3, 3), 120, True),
        (counted(0, 3, 3, 4), 0, True),
        (counted(4, 4, 4), 120, False),
        (counted(0, 0), None, None),
        ([], None, None),
    ],
)
def test_the_last_read_is_when_the_count_last_rose(
    samples: list[tuple[datetime, int]], seconds: float | None, exact: bool | None
) -> None:
    found = last_read(samples, NOW)
    assert (found and found.seconds, found and found.exact) == (seconds, exact)


@pytest.mark.parametrize(
    ("uri", "given", "addresses"),
    [
        ("amqp://u:p@rabbitmq:5672/hub", "", ("http://rabbitmq:15672",)),
        ("amqps://u:p@a:5671,b:5671/hub", "", ("https://a:15671", "https://b:15671")),
        ("amqp://u:p@[::1]:5672/hub", "", ("http://[::1]:15672",)),
        ("amqp://u:p@a/hub", "http://x:1/, http://y:2", ("http://x:1", "http://y:2")),
    ],
)
def test_the_management_api_is_at_the_brokers_host_or_as_configured(
    uri: str, given: str, addresses: tuple[str, ...]
) -> None:
    found = management_of(uri, given)
    assert found.addresses == addresses
    assert (found.user, found.password, found.vhost) == ("u", "p", "hub")
    assert "password" not in repr(found)


def test_only_an_amqp_address_names_a_broker() -> None:
    with pytest.raises(ValueError, match="amqp"):
        management_of("http://u:p@rabbitmq/hub")
