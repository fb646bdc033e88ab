"""Whether a broker answers."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import amqp

from hub_local.deadlines import wait_for
from hub_local.failures import CannotStart
from hub_local.processes import Child
from hub_messaging.addresses import uris_of


def require_answer(
    uri: str, *, seconds: float, otherwise: str, queues: Iterable[str] = (), server: Child | None = None
) -> None:
    """Wait until a connection succeeds and the queues exist; stop waiting when the server has ended.

    Raises:
        CannotStart: with the message `otherwise` and the last lines of the server's log.
    """
    names = tuple(queues)

    def has_ended() -> bool:
        return server is not None and server.has_ended

    answered = wait_for(lambda: has_ended() or answers(uri, names), seconds=seconds)
    if has_ended() or not answered:
        raise CannotStart(otherwise, log=server.log if server else None)


def answers(uri: str, queues: Iterable[str] = ()) -> bool:
    """Return whether an AMQP connection to a node of the URI succeeds now, and the queues exist.

    Replicated queues and streams elect their leader shortly after the server accepts clients.
    """
    names = tuple(queues)
    return any(_answers(one, names) for one in uris_of(uri))


def _answers(uri: str, queues: Iterable[str]) -> bool:
    parts = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=parts.scheme == "amqps",
        connect_timeout=3,
        read_timeout=3,
    )
    try:
        with connection:  # opens and closes it
            for queue in queues:
                connection.channel().queue_declare(queue, passive=True)
    except (OSError, amqp.AMQPError):
        return False
    return True
