"""A bare AMQP connection, for what a test does behind the services' backs."""

from urllib.parse import urlsplit

import amqp


def connected(uri: str, *, confirm_publish: bool = True) -> amqp.Connection:
    """A connection for a `with` statement, which opens and closes it."""
    parts = urlsplit(uri)
    return amqp.Connection(
        host=f"{parts.hostname}:{parts.port}",
        userid=parts.username,
        password=parts.password,
        virtual_host=parts.path[1:],
        confirm_publish=confirm_publish,
    )
