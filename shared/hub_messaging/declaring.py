"""The edge that declares queues and exchanges; an error names the one that differs."""

import contextlib
import re
from collections.abc import Iterator, Mapping

from amqp.exceptions import PreconditionFailed

from hub_messaging.amqp_types import Channel


class Mismatch(OSError):
    """A queue or exchange exists with other arguments than ours; an administrator has to delete it."""


def declare_queue(channel: Channel, name: str, arguments: Mapping[str, object] | None = None) -> None:
    """Declare a durable queue.

    Raises:
        Mismatch: it exists with other arguments.
    """
    with _declaring("queue", name):
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)


def declare_exchange(channel: Channel, name: str, kind: str, *, durable: bool) -> None:
    """Declare an exchange of a type such as `topic`.

    Raises:
        Mismatch: it exists with other arguments.
    """
    with _declaring("exchange", name):
        channel.exchange_declare(name, kind, durable=durable, auto_delete=False)


@contextlib.contextmanager
def _declaring(kind: str, name: str) -> Iterator[None]:
    try:
        yield
    except PreconditionFailed as exc:
        found = re.search(r"inequivalent arg '([\w-]+)'", str(exc))
        which = f" ({found[1]})" if found else ""
        told = f"the {kind} {name} exists with other arguments than this release declares{which}"
        raise Mismatch(told) from exc
