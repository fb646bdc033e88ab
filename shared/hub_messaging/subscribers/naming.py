"""Names of a subscriber's user, queues, policies and permissions in the broker."""

import re
from collections.abc import Collection
from typing import Final

from hub_messaging.topology import NOTHING

PREFIX: Final = "subscriber."
NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")
DEAD: Final = ".dead"
LIVE: Final = ".live"
LOCK: Final = ".lock"
FILL: Final = ".fill"


class BadName(ValueError):
    """No subscriber can have this name; the message says why."""


def require_name(name: str, services: Collection[str] = ()) -> None:
    """Check a subscriber's name.

    Raises:
        BadName: it has another form, or is that of a service.
    """
    if NAME.fullmatch(name) is None:
        raise BadName(
            f"{name!r} cannot be a subscriber's name: use 3 to 40 lower-case letters, digits and hyphens, "
            "beginning with a letter and not ending with a hyphen."
        )
    if name in services:
        raise BadName(f"{name!r} is a service of this hub: choose another name.")


def user_of(name: str) -> str:
    """Return the broker user."""
    return f"{PREFIX}{name}"


def queue_of(name: str) -> str:
    """Return the queue that the subscriber reads."""
    return f"{PREFIX}{name}"


def dead_queue_of(name: str) -> str:
    """Return the dead-letter queue: messages that the subscriber rejected or its queue dropped."""
    return f"{PREFIX}{name}{DEAD}"


def live_queue_of(name: str) -> str:
    """Return the queue that collects live events while the subscriber's own is filled with older ones."""
    return f"{PREFIX}{name}{LIVE}"


def filling_exchange_of(name: str) -> str:
    """Return the temporary exchange through which a subscriber's queue is filled."""
    return f"{PREFIX}{name}{FILL}"


def lock_of(name: str) -> str:
    """Return the exclusive queue that serves as the lock of a subscriber."""
    return f"{PREFIX}{name}{LOCK}"


def queues_of(name: str) -> tuple[str, ...]:
    """Return every durable queue that may exist for a subscriber."""
    return queue_of(name), dead_queue_of(name), live_queue_of(name)


def name_of(queue: str) -> str | None:
    """Return the subscriber that a queue, user or policy belongs to; None for others."""
    if not queue.startswith(PREFIX):
        return None
    name = queue.removeprefix(PREFIX).partition(".")[0]
    return name if NAME.fullmatch(name) else None


def permissions_of(name: str) -> dict[str, str]:
    """Return the permissions: read its two queues, declare, bind and publish nothing.

    A passive declaration, which shows whether a queue exists, needs no permission.
    """
    return {
        "configure": NOTHING,
        "write": NOTHING,
        "read": rf"^{re.escape(queue_of(name))}({re.escape(DEAD)})?$",
    }
