"""The permissions of a subscriber of another organisation: every action on everything, on a real broker.

The table of docs/security.md is what was found.
"""

import urllib.error
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import amqp
import pytest
from tests.hubctl.subscribing import management
from tests.security.attempting import (
    DECLARED,
    EXCHANGES,
    QUEUES,
    Attempts,
    bind,
    consume,
    declare_exchange,
    end,
    publish,
    subscriber,
)
from tests.support.amqp import connected
from tests.support.broker import BrokerServer

from hub_local.places import ROOT
from hub_local.services import SERVICES
from hub_messaging import topology
from hub_messaging.stored_deliveries import Refused
from hub_messaging.subscribers import lifecycle
from hub_messaging.subscribers.broker import Management
from hub_messaging.subscribers.limits import CHANNELS, CONNECTIONS, QUORUM, Limits
from hub_messaging.subscribers.naming import dead_queue_of, live_queue_of, queue_of, user_of
from hub_messaging.subscribers.state import RegisteredSubscriber
from hub_messaging.wire import declare_all
from hub_platform.clocks import real_now

PAGE: Final = ROOT / "docs" / "security.md"
ACTIONS: Final = ("declare", "delete", "bind", "unbind", "publish", "consume", "purge")
OWN: Final = (queue_of("warehouse"), dead_queue_of("warehouse"), live_queue_of("warehouse"))
OTHERS: Final = (queue_of("other"), dead_queue_of("other"))
ALL_QUEUES: Final = (*QUEUES, *OWN, *OTHERS)


@pytest.fixture(name="hub", scope="module")
def _hub(broker: BrokerServer) -> Iterator[str]:
    uri = broker.new_vhost()
    with connected(uri) as connection:
        declare_all(connection, DECLARED)
    yield uri
    broker.drop_vhost(uri)


@pytest.fixture(name="api", scope="module")
def _api(broker: BrokerServer, hub: str) -> Management:
    return management(broker, hub)


@pytest.fixture(name="password", scope="module")
def _password(hub: str, api: Management) -> Iterator[str]:
    """Two subscribers of the hub, one of which has a queue of live events; the password of the first."""
    passwords = {}
    for name in ("warehouse", "other"):
        known = RegisteredSubscriber(
            name=name,
            asked=("VisitLogged",),
            events={"visits": ("VisitLogged",)},
            since="now",
            added_at=real_now(),
            added_by="ada",
        )
        passwords[name] = lifecycle.add(hub, api, known, Limits())
    api.declare_queue(live_queue_of("warehouse"), QUORUM)
    yield passwords["warehouse"]
    for name in passwords:
        lifecycle.remove(hub, api, name)


@pytest.fixture(name="uri")
def _uri(broker: BrokerServer, hub: str, password: str) -> str:
    return broker.uri(hub.rpartition("/")[2], user=user_of("warehouse"), password=password)


def declare(queue: str, channel: Any) -> None:
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=QUEUES.get(queue, QUORUM))


def on_queue(queue: str) -> Iterator[tuple[str, Callable[[Any], object]]]:
    """Every action on a queue."""
    yield "declare", partial(declare, queue)
    yield "publish", partial(publish, "", queue)
    yield "consume", partial(consume, queue)
    for exchange in EXCHANGES:
        for key in ("#", "VisitLogged"):
            yield "bind", partial(bind, "queue_bind", queue, exchange, key)
            yield "unbind", partial(bind, "queue_unbind", queue, exchange, key)
    yield "purge", partial(end, "queue_purge", queue)
    yield "delete", partial(end, "queue_delete", queue)


def on_exchange(exchange: str) -> Iterator[tuple[str, Callable[[Any], object]]]:
    """Every action on an exchange."""
    yield "declare", partial(declare_exchange, exchange)
    for key in ("VisitLogged", "LogMark", "visits.contacts", ""):
        yield "publish", partial(publish, exchange, key)
    for other in EXCHANGES:
        yield "bind", partial(bind, "exchange_bind", exchange, other, "VisitLogged")
        yield "bind", partial(bind, "exchange_bind", other, exchange, "#")
    yield "delete", partial(end, "exchange_delete", exchange)


@pytest.fixture(name="found", scope="module")
def _found(broker: BrokerServer, hub: str, password: str) -> dict[str, set[str]]:
    """Return the actions that the subscriber may do with each exchange and queue."""
    user = Attempts(broker.uri(hub.rpartition("/")[2], user=user_of("warehouse"), password=password))
    found = {
        **{one: {action for action, act in on_exchange(one) if user.may(act)} for one in EXCHANGES},
        **{one: {action for action, act in on_queue(one) if user.may(act)} for one in ALL_QUEUES},
    }
    user.connection.close()
    return found


def table_of(found: dict[str, set[str]]) -> str:
    """Return the page's table: all that is forbidden in one line, each permitted queue in one of its own."""
    lines = ["| | `subscriber.warehouse` |", "|---|---|"]
    lines += ["| every exchange, `hub.log`, the queues of services and of other subscribers | – |"]
    for queue in OWN:
        may = ", ".join(action for action in ACTIONS if action in found[queue])
        lines.append(f"| `{queue}` | {may or '–'} |")
    return "\n".join(lines)


def test_it_reads_its_two_queues_and_touches_nothing_else(found: dict[str, set[str]]) -> None:
    touched = {thing: actions for thing, actions in found.items() if actions}
    assert touched == {queue: {"consume", "purge"} for queue in OWN[:2]}


def test_the_page_shows_what_was_found(found: dict[str, set[str]]) -> None:
    table = table_of(found)
    assert table in PAGE.read_text(), f"the table should be:\n{table}"


@pytest.mark.parametrize("name", ["", "anything", "amq.gen-x", "subscriber.warehouse.more", "hub.log2"])
def test_it_makes_no_queue_and_no_exchange(uri: str, name: str) -> None:
    user = Attempts(uri)
    assert not user.may(lambda channel: channel.queue_declare(name, exclusive=True))
    assert not user.may(lambda channel: channel.exchange_declare(name or "x", "fanout"))
    user.connection.close()


def test_it_may_see_that_its_queue_exists(uri: str) -> None:
    """All that a client library's passive declaration asks."""
    with connected(uri) as connection:
        assert connection.channel().queue_declare(OWN[0], passive=True).queue == OWN[0]


def test_it_gets_into_no_other_virtual_host(broker: BrokerServer, password: str) -> None:
    elsewhere = broker.new_vhost()
    vhost = elsewhere.rpartition("/")[2]
    try:
        with pytest.raises(amqp.NotAllowed):
            connected(broker.uri(vhost, user=user_of("warehouse"), password=password)).connect()
    finally:
        broker.drop_vhost(elsewhere)


@pytest.mark.parametrize("path", ["whoami", "queues", "users", "definitions", "connections"])
def test_the_management_api_refuses_it(
    broker: BrokerServer, api: Management, password: str, path: str
) -> None:
    stranger = Management(api.addresses, user_of("warehouse"), password, api.vhost)
    with pytest.raises(Exception, match=r"(?i)not.?auth|401|management") as refused:
        stranger.get(path)
    assert not isinstance(refused.value, urllib.error.HTTPError)


def test_its_connections_and_channels_are_limited(uri: str) -> None:
    opened = []
    try:
        for _ in range(CONNECTIONS):
            connection = connected(uri)
            connection.connect()
            opened.append(connection)
        with pytest.raises(amqp.NotAllowed):
            connected(uri).connect()
        with pytest.raises(amqp.NotAllowed):
            for _ in range(CHANNELS + 1):
                opened[0].channel()
    finally:
        for connection in opened:
            connection.close()


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_no_service_touches_a_subscribers_queue(
    broker: BrokerServer, hub: str, password: str, service: str
) -> None:
    vhost = hub.rpartition("/")[2]
    user = f"{service}-{vhost}"
    broker.manage("PUT", f"users/{user}", {"password": "own", "tags": ""})  # pragma: allowlist secret
    broker.manage("PUT", f"permissions/{vhost}/{user}", topology.permissions_of(subscriber(service)))
    for topic in topology.topic_permissions_of(subscriber(service)):
        broker.manage("PUT", f"topic-permissions/{vhost}/{user}", topic)
    tried = Attempts(broker.uri(vhost, user=user, password="own"))  # pragma: allowlist secret
    try:
        for queue in OWN:
            assert [action for action, act in on_queue(queue) if tried.may(act)] == []
    finally:
        tried.connection.close()
        broker.manage("DELETE", f"users/{user}")


def test_a_subscriber_of_another_virtual_host_is_not_taken_over(
    broker: BrokerServer, hub: str, password: str
) -> None:
    """Users belong to the broker as a whole: two hubs on one broker must not give out the same name."""
    elsewhere = broker.new_vhost()
    known = RegisteredSubscriber(
        name="warehouse", asked=("x",), events={}, since="now", added_at=real_now(), added_by="ada"
    )
    try:
        with pytest.raises(Refused, match="another virtual host"):
            lifecycle.add(elsewhere, management(broker, elsewhere), known, Limits())
        with pytest.raises(Refused, match="another virtual host"):
            lifecycle.remove(elsewhere, management(broker, elsewhere), "warehouse")
    finally:
        broker.drop_vhost(elsewhere)
