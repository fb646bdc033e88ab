"""Permissions for events and RPC requests, derived from a service's declarations."""

import re

import pytest

from hub_messaging.rpc_format import is_address
from hub_messaging.topology import Subscriber, permissions_of, topic_permissions_of, users

SCALES = Subscriber("scales", {}, answers=True)
CLERK = Subscriber("clerk", {}, asks=frozenset({"scales"}))
BROKER = Subscriber("broker", {}, answers=True, asks=frozenset({"scales", "shelves"}))
READER = Subscriber("reader", {})
ADDRESS = "0b0f2a2c-6f0f-4c58-9a0e-0f2e1c1d7a11"
NAMED_BY_THE_BROKER = "amq.gen-JzTY20BRgKO-HjmUJj0wLg"


@pytest.mark.parametrize(
    ("subscriber", "key", "writes", "reads"),
    [
        (SCALES, "scales.weigh", False, True),
        (SCALES, "scales.*", False, True),
        (SCALES, "clerk.x", False, False),
        (SCALES, ADDRESS, True, False),
        (SCALES, NAMED_BY_THE_BROKER, True, False),
        (CLERK, "scales.weigh", True, False),
        (CLERK, "scalesman.weigh", False, False),
        (CLERK, "xscales.weigh", False, False),
        (CLERK, "scales", False, True),  # no question: it has no method
        (CLERK, ADDRESS, False, True),
        (BROKER, "shelves.find", True, False),
        (BROKER, "broker.find", False, True),
        (BROKER, "clerk.find", False, False),
        (BROKER, ADDRESS, True, True),
        *((each, key, False, False) for each in (SCALES, CLERK, BROKER) for key in ("#", "*", "*.weigh")),
    ],
)
def test_a_service_writes_and_reads_the_questions_that_it_declares(
    subscriber: Subscriber, key: str, writes: bool, reads: bool
) -> None:
    (topic,) = topic_permissions_of(subscriber)
    found = tuple(re.search(topic[action], key) is not None for action in ("write", "read"))
    assert found == (writes, reads)


def test_a_service_that_neither_asks_nor_answers_has_no_such_permission() -> None:
    assert topic_permissions_of(READER) == []
    passwords = {each.service: "secret" for each in (SCALES, READER)}  # pragma: allowlist secret
    made = users([SCALES, READER], "office", passwords)
    assert [one["user"] for one in made["topic_permissions"]] == ["scales"]
    assert {one["vhost"] for one in made["topic_permissions"]} == {"office"}


@pytest.mark.parametrize(
    ("reply_to", "expected"),
    [
        (ADDRESS, True),
        (NAMED_BY_THE_BROKER, True),
        ("scales.weigh", False),
        ("#", False),
        ("", False),
        (None, False),
        (b"x", False),
    ],
)
def test_an_answer_goes_to_an_address_and_never_where_questions_go(reply_to: object, expected: bool) -> None:
    assert is_address(reply_to) is expected


LISTENER = Subscriber("listener", {"parcels": frozenset({"ParcelSorted", "ParcelSorted.v2"})})


@pytest.mark.parametrize(
    ("key", "binds"),
    [
        ("ParcelSorted", True),
        ("ParcelSorted.v2", True),
        ("ParcelSortedxv2", False),
        ("ParcelWeighed", False),
        ("ParcelSorted.*", False),
        ("#", False),
        ("", False),
    ],
)
def test_a_service_binds_its_queue_to_what_it_subscribes_to(key: str, binds: bool) -> None:
    (topic,) = topic_permissions_of(LISTENER)
    assert (topic["exchange"], topic["write"]) == ("parcels.events", "^$")
    assert (re.search(topic["read"], key) is not None) is binds


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("configure", {"listener.in"}),
        ("write", {"listener.events", "listener.in"}),
        ("read", {"listener.in", "parcels.events", "hub.log"}),
    ],
)
def test_a_service_makes_its_own_queue_only_and_reads_the_log(action: str, allowed: set[str]) -> None:
    names = {
        *(f"{who}.{what}" for who in ("listener", "parcels", "other") for what in ("in", "events", "refill")),
        "hub.log",
        "hubxlog",
        "nameko-rpc",
        "rpc-listener",
        "rpc.reply-listener-1",
        "amq.default",
        "amq.topic",
        "amq.gen-1",
        "",
    }
    pattern = permissions_of(LISTENER)[action]
    assert {name for name in names if re.search(pattern, name)} == allowed
