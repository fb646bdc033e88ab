"""The permissions of each broker user: every action on every exchange and queue, tried on a real broker.

The table of docs/security.md is what was found.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import pytest
from tests.security.attempting import (
    ADDRESS,
    DECLARED,
    EXCHANGES,
    QUEUES,
    Attempt,
    Attempts,
    attempts,
    subscriber,
)
from tests.support.amqp import connected
from tests.support.broker import BrokerServer

from hub_local.places import ROOT
from hub_local.services import SERVICES
from hub_messaging import topology
from hub_messaging.topology import LOG_QUEUE, RPC_EXCHANGE, rpc_queue_of
from hub_messaging.wire import declare_all

USERS: Final = tuple(service.name for service in SERVICES)
ACTIONS: Final = ("declare", "delete", "bind", "unbind", "publish", "consume", "purge")
PAGE: Final = ROOT / "docs" / "security.md"

Found = dict[str, set[Attempt]]


@pytest.fixture(name="hub", scope="module")
def _hub(broker: BrokerServer) -> Iterator[str]:
    """A virtual host with all that definitions hold, and one that is whole again after each harm."""
    uri = broker.new_vhost()
    whole(uri)
    yield uri
    broker.drop_vhost(uri)


def whole(uri: str) -> None:
    with connected(uri) as connection:
        declare_all(connection, DECLARED)


@pytest.fixture(name="users", scope="module")
def _users(broker: BrokerServer, hub: str) -> Iterator[dict[str, Attempts]]:
    """The users with the permissions that definitions give them."""
    vhost = hub.rpartition("/")[2]
    attempts = {}
    for name in USERS:
        user = f"{name}-{vhost}"
        broker.manage("PUT", f"users/{user}", {"password": "own", "tags": ""})  # pragma: allowlist secret
        broker.manage("PUT", f"permissions/{vhost}/{user}", topology.permissions_of(subscriber(name)))
        for topic in topology.topic_permissions_of(subscriber(name)):
            broker.manage("PUT", f"topic-permissions/{vhost}/{user}", topic)
        attempts[name] = Attempts(broker.uri(vhost, user=user, password="own"))  # pragma: allowlist secret
    yield attempts
    for one in attempts.values():
        one.connection.close()
        broker.manage("DELETE", f"users/{one.uri.partition('//')[2].partition(':')[0]}")


@pytest.fixture(name="found", scope="module")
def _found(hub: str, users: dict[str, Attempts]) -> Found:
    """Try every action as every user; restore what an action may break before the next user."""
    found: Found = {}
    for name, user in users.items():
        found[name] = {attempt for attempt, act in attempts(subscriber(name)) if user.may(act)}
        whole(hub)
    return found


def table_of(found: Found) -> str:
    """Return the table of permissions, as the page shows it."""
    lines = [f"| | {' | '.join(USERS)} |", f"|---|{'---|' * len(USERS)}"]
    for thing in (*EXCHANGES, *QUEUES):
        cells = []
        for user in USERS:
            may = {action for action, what, _ in found[user] if thing in what.split(" <- ")}
            cells.append(", ".join(action for action in ACTIONS if action in may) or "–")
        lines.append(f"| `{thing}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def test_the_page_shows_what_each_user_may_do(found: Found) -> None:
    table = table_of(found)
    assert table in PAGE.read_text(), f"the table should be:\n{table}"


def test_the_log_and_every_exchange_are_an_administrators(found: Found) -> None:
    for user in USERS:
        done = {action for action, what, _ in found[user] if LOG_QUEUE in what.split(" <- ")}
        assert done == {"consume"}
        harmed = {what for action, what, _ in found[user] if action in ("declare", "delete", "purge")}
        assert harmed <= {f"{user}.in", rpc_queue_of(user)}


def test_each_publishes_to_its_own_exchange_and_asks_and_answers_as_it_declares(found: Found) -> None:
    for user in USERS:
        who = subscriber(user)
        written = {(what, key) for action, what, key in found[user] if action == "publish"}
        assert {what for what, _ in written} == {f"{user}.events"} | (
            {RPC_EXCHANGE} if who.uses_rpc else set()
        )
        asked = {key for what, key in written if what == RPC_EXCHANGE} - {ADDRESS}
        assert {key.partition(".")[0] for key in asked} == who.asks
        assert ((RPC_EXCHANGE, ADDRESS) in written) is who.answers


def test_each_binds_its_queue_to_its_subscriptions_and_nothing_else(found: Found) -> None:
    for user in USERS:
        who = subscriber(user)
        for action in ("bind", "unbind"):
            bound = {(what, key) for done, what, key in found[user] if done == action}
            events = {(what, key) for what, key in bound if what.startswith(who.queue) and "events" in what}
            assert events == {
                (f"{who.queue} <- {publisher}.events", key)
                for publisher, keys in who.binds_to.items()
                for key in keys
            }
            assert {what.partition(" <- ")[0] for what, _ in bound} <= {who.queue, rpc_queue_of(user)}
            assert not {what for what, key in bound if key in ("#", "*")}


def test_exchanges_are_bound_to_ones_own_only_for_permitted_events(found: Found) -> None:
    """A broker cannot forbid it to a user who may bind a queue; an event still shows its first exchange."""
    for user in USERS:
        led = {(what, key) for action, what, key in found[user] if action == "bind exchange"}
        assert {what.partition(" <- ")[0] for what, _ in led} <= {f"{user}.events", RPC_EXCHANGE}
        assert not {what for what, key in led if key in ("#", "*")}


@pytest.mark.parametrize("user", USERS)
def test_a_dead_letter_exchange_leads_nowhere_else(users: dict[str, Attempts], user: str) -> None:
    """A queue of one's own whose messages the broker itself publishes elsewhere when they are thrown away."""
    other = next(exchange for exchange in EXCHANGES if not exchange.startswith((user, "nameko")))
    for leads_to in (other, ""):
        arguments = {"x-dead-letter-exchange": leads_to, "x-dead-letter-routing-key": "enrolment.in"}
        name = f"rpc.reply-{user}-x" if subscriber(user).asks else f"{user}.in"
        assert not users[user].may(partial(declare_leading, name, arguments))


def declare_leading(name: str, arguments: dict[str, str], channel: Any) -> None:
    if not name.startswith("rpc"):
        channel.queue_delete(name)
    channel.queue_declare(name, exclusive=name.startswith("rpc"), arguments=arguments)


@pytest.mark.parametrize("name", ["", "anything", "enrolment.in.x", "amq.gen-x", "hub.log2"])
def test_no_other_queue_or_exchange_can_be_made(users: dict[str, Attempts], name: str) -> None:
    for user in users.values():
        assert not user.may(lambda channel: channel.queue_declare(name, exclusive=True))
        assert not user.may(lambda channel: channel.exchange_declare(name or "x", "fanout"))
