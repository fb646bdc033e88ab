"""The edge that adds, changes and removes a subscriber, as the broker's administrator.

What is stored last decides: a subscriber exists once `state` knows it. Whatever an `add` made before it
failed, or was killed, is removed by the next `add` or `remove` of the same name.
"""

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from amqp.exceptions import ResourceLocked

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
    """Add a subscriber; its password, which is kept nowhere. Either all of it is made, or nothing stays.

    Args:
        uri: AMQP URI of the broker's administrator.
        broker: the same broker's management API.
        known: what is to be remembered; its name has been checked.
        limits: of the subscriber's queue.
        fill: fills and binds the queue.

    Raises:
        Refused: the name is taken, or another command is changing this subscriber.
        BROKER_ERRORS, ManagementAway, ManagementRefused: the broker is away or refuses.
    """
    with working_on(uri, known.name) as connection:
        if state.load(broker, known.name) is not None:
            raise Refused(f"{known.name} exists: `hubctl subscribers show {known.name}` says what it is.")
        clear(broker, known.name)
        require_room(broker, known.name, limits)
        try:
            put_limits(broker, known.name, limits)
            broker.declare_queue(dead_queue_of(known.name), QUORUM)
            broker.declare_queue(queue_of(known.name), OWN_QUEUE)
            bindings = {publisher: frozenset(keys) for publisher, keys in known.events.items()}
            fill(connection, broker, NewSubscriber(known.name, bindings, limits))
            password = let_in(broker, known.name)
            state.store(broker, known)
        except BaseException:
            with contextlib.suppress(Exception):  # what stays is removed by the next `add` or `remove`
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
    """Change what a subscriber hears from now on, or what its queue may hold.

    Args:
        uri: AMQP URI of the broker's administrator.
        broker: the same broker's management API.
        known: what is to be remembered, but for `events`.
        limits: the new ones, or None.
        events: publisher → routing keys; what is bound now is in the stored state.

    Raises:
        Refused: there is no such subscriber, or another command is changing it.
    """
    with working_on(uri, known.name):
        before = required(broker, known.name)
        if limits is not None:
            require_room(broker, known.name, limits)
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
    """Give a subscriber a new password; connections that used the old one are closed.

    Raises:
        Refused: there is no such subscriber, or another command is changing it.
    """
    with working_on(uri, name):
        known = required(broker, name)
        broker.delete("users", user_of(name))  # which closes its connections
        password = let_in(broker, name)
        state.store(broker, replace(known, changed_at=now, changed_by=by))
        return password


def remove(uri: str, broker: Management, name: str) -> bool:
    """Remove a subscriber with all that its queues hold; whether there was anything of it.

    Raises:
        Refused: another command is changing it.
    """
    with working_on(uri, name):
        return clear(broker, name)


def clear(broker: Management, name: str) -> bool:
    """Delete all that may exist of a subscriber; whether anything did.

    Raises:
        Refused: a subscriber of this name belongs to another virtual host.
    """
    if state.is_elsewhere(broker, name):
        raise Refused(f"{name} is a subscriber of another virtual host of this broker: choose another name.")
    found = [broker.delete("users", user_of(name))]
    found += [broker.delete("queues", broker.vhost, queue) for queue in queues_of(name)]
    found += [broker.delete("policies", broker.vhost, queue) for queue in queues_of(name)]
    # Last: as long as it is known, an interrupted removal is seen in the list.
    found.append(state.forget(broker, name))
    return any(found)


def required(broker: Management, name: str) -> RegisteredSubscriber:
    """A subscriber that exists.

    Raises:
        Refused: there is none of this name.
    """
    known = state.load(broker, name)
    if known is None:
        raise Refused(f"There is no subscriber {name!r}: `hubctl subscribers list` shows all.")
    return known


def require_room(broker: Management, name: str, limits: Limits) -> None:
    """Check that the broker has room for every subscriber's queue at its limits.

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


def let_in(broker: Management, name: str) -> str:
    """Make the broker user, without tags; its password. Permission to read comes last."""
    user, password = user_of(name), secrets.token_urlsafe(PASSWORD_BYTES)
    broker.put("users", user, body={"password": password, "tags": ""})
    for limit, value in USER_LIMITS.items():
        broker.put("user-limits", user, limit, body={"value": value})
    broker.put("permissions", broker.vhost, user, body=permissions_of(name))
    return password


@contextlib.contextmanager
def working_on(uri: str, name: str) -> Iterator[Any]:
    """The administrator's connection while no other command can change the same subscriber.

    Raises:
        Refused: another command is changing it.
    """
    with connected(uri) as connection:
        channel = connection.channel()
        try:
            channel.queue_declare(lock_of(name), exclusive=True)
        except ResourceLocked:
            raise Refused(f"Another command is at work on {name}: try again when it is over.") from None
        yield connection
