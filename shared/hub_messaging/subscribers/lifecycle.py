"""The edge that adds, changes and removes a subscriber, as the broker's administrator.

What is stored last decides: a subscriber exists once `state` knows it. Whatever an `add` made before it
failed, or was killed, is removed by the next `add` or `remove` of the same name.
"""

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from amqp.exceptions import ResourceLocked

from hub_messaging.amqp_types import Connection
from hub_messaging.stored_deliveries import Refused
from hub_messaging.subscribers import state
from hub_messaging.subscribers.broker import Management
from hub_messaging.subscribers.broker_capacity import too_little
from hub_messaging.subscribers.limits import OWN_QUEUE, QUORUM, USER_LIMITS, Limits, limits_in, policies_of
from hub_messaging.subscribers.naming import (
    dead_queue_of,
    lock_of,
    name_of,
    permissions_of,
    queue_of,
    queues_of,
    user_of,
)
from hub_messaging.subscribers.new_subscriber import Fill, NewSubscriber, bind_from_now
from hub_messaging.subscribers.state import RegisteredSubscriber
from hub_messaging.wire import connected

PASSWORD_BYTES: Final = 24


def add(
    uri: str, broker: Management, known: RegisteredSubscriber, limits: Limits, *, fill: Fill = bind_from_now
) -> str:
    """Add a subscriber, all of it or nothing; return its password, which is not stored.

    Args:
        uri: AMQP URI of the broker's administrator.
        broker: the same broker's management API.
        known: the record to store; its name has been checked.
        limits: of the subscriber's queue.
        fill: fills and binds the queue.

    Raises:
        Refused: the name is taken, or another command is changing this subscriber.
        BROKER_ERRORS, ManagementAway, ManagementRefused: the broker is unavailable or refuses.
    """
    with working_on(uri, known.name) as connection:
        if state.load(broker, known.name) is not None:
            raise Refused(f"{known.name} exists: `hubctl subscribers show {known.name}` shows it.")
        clear(broker, known.name)
        require_capacity(broker, known.name, limits)
        try:
            put_limits(broker, known.name, limits)
            broker.declare_queue(dead_queue_of(known.name), QUORUM)
            broker.declare_queue(queue_of(known.name), OWN_QUEUE)
            bindings = {publisher: frozenset(keys) for publisher, keys in known.events.items()}
            fill(connection, broker, NewSubscriber(known.name, bindings, limits))
            password = create_user(broker, known.name)
            state.store(broker, known)
        except BaseException:
            with contextlib.suppress(Exception):  # the next `add` or `remove` deletes the rest
                clear(broker, known.name)
            raise
        return password


def change(
    uri: str,
    broker: Management,
    known: RegisteredSubscriber,
    limits: Limits | None,
    *,
    events: Mapping[str, tuple[str, ...]],
) -> None:
    """Change a subscriber's events from now on, or its queue's limits.

    Args:
        uri: AMQP URI of the broker's administrator.
        broker: the same broker's management API.
        known: the record to store, without `events`.
        limits: the new ones, or None.
        events: publisher → routing keys; the present ones are in the stored state.

    Raises:
        Refused: there is no such subscriber, or another command is changing it.
    """
    with working_on(uri, known.name):
        before = required(broker, known.name)
        if limits is not None:
            require_capacity(broker, known.name, limits)
            put_limits(broker, known.name, limits)
        queue = queue_of(known.name)
        broker.bind(queue, events)
        ended = {
            publisher: frozenset(keys) - frozenset(events.get(publisher, ()))
            for publisher, keys in before.events.items()
        }
        broker.unbind(queue, ended)
        state.store(broker, replace(known, events=events))


def rotate(uri: str, broker: Management, name: str, *, by: str, now: datetime) -> str:
    """Return a new password of a subscriber; connections with the old one are closed.

    Raises:
        Refused: there is no such subscriber, or another command is changing it.
    """
    with working_on(uri, name):
        known = required(broker, name)
        broker.delete("users", user_of(name))  # which closes its connections
        password = create_user(broker, name)
        state.store(broker, replace(known, changed_at=now, changed_by=by))
        return password


def remove(uri: str, broker: Management, name: str) -> bool:
    """Remove a subscriber with its queues; return whether anything existed.

    Raises:
        Refused: another command is changing it.
    """
    with working_on(uri, name):
        return clear(broker, name)


def clear(broker: Management, name: str) -> bool:
    """Delete everything of a subscriber; return whether anything existed.

    Raises:
        Refused: a subscriber of this name belongs to another virtual host.
    """
    if state.is_elsewhere(broker, name):
        raise Refused(f"{name} is a subscriber of another virtual host of this broker: choose another name.")
    found = [broker.delete("users", user_of(name))]
    found += [broker.delete("queues", broker.vhost, queue) for queue in queues_of(name)]
    found += [broker.delete("policies", broker.vhost, queue) for queue in queues_of(name)]
    # Last, so that an interrupted removal stays visible in the list.
    found.append(state.forget(broker, name))
    return any(found)


def required(broker: Management, name: str) -> RegisteredSubscriber:
    """Return the record of an existing subscriber.

    Raises:
        Refused: there is none of this name.
    """
    known = state.load(broker, name)
    if known is None:
        raise Refused(f"There is no subscriber {name!r}: `hubctl subscribers list` shows all.")
    return known


def require_capacity(broker: Management, name: str, limits: Limits) -> None:
    """Raise unless the broker has capacity for every subscriber's queue at its limits.

    Raises:
        Refused: memory or disk would not suffice.
    """
    others = {
        policy["name"]: limits_in(policy["definition"])
        for policy in broker.get("policies", broker.vhost) or ()
        if policy["name"] == queue_of(name_of(policy["name"]) or "")
    }
    queues = broker.get("queues", broker.vhost, columns="name,message_bytes") or ()
    held = sum(int(one.get("message_bytes", 0)) for one in queues if name_of(one["name"]) is not None)
    wanted = others | {queue_of(name): limits}
    if (sentence := too_little(broker.get("nodes") or (), wanted.values(), held)) is not None:
        raise Refused(sentence)


def put_limits(broker: Management, name: str, limits: Limits) -> None:
    """Set the limits of all queues of a subscriber, also of those that do not exist yet."""
    for policy, body in policies_of(name, limits).items():
        broker.put("policies", broker.vhost, policy, body=body)


def create_user(broker: Management, name: str) -> str:
    """Create the broker user, without tags; return its password. Permission to read comes last."""
    user, password = user_of(name), secrets.token_urlsafe(PASSWORD_BYTES)
    broker.put("users", user, body={"password": password, "tags": ""})
    for limit, value in USER_LIMITS.items():
        broker.put("user-limits", user, limit, body={"value": value})
    broker.put("permissions", broker.vhost, user, body=permissions_of(name))
    return password


@contextlib.contextmanager
def working_on(uri: str, name: str) -> Iterator[Connection]:
    """Open the administrator's connection, with a lock on the subscriber.

    Raises:
        Refused: another command is changing it.
    """
    with connected(uri) as connection:
        channel = connection.channel()
        try:
            channel.queue_declare(lock_of(name), exclusive=True)
        except ResourceLocked:
            raise Refused(f"Another command is changing {name}: try again when it has ended.") from None
        yield connection
