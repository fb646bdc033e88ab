"""The nodes of a broker's cluster in one URI: `amqp://user:…@host1:5672,host2:5672,host3/vhost`."""

import random
from typing import Final
from urllib.parse import urlsplit, urlunsplit

BETWEEN: Final = ","  # not valid in a host name; ignored in a password


def uris_of(uri: str) -> list[str]:
    """Return one URI for each node, in the order given."""
    parts = urlsplit(uri)
    login, at, hosts = parts.netloc.rpartition("@")
    listed = [host for host in hosts.split(BETWEEN) if host]
    if listed == [hosts] or not listed:
        return [uri]
    return [urlunsplit(parts._replace(netloc=f"{login}{at}{host}")) for host in listed]


def in_random_order(uri: str) -> list[str]:
    """Return one URI for each node, shuffled.

    So connections spread over the nodes, and a node that accepts connections without serving them is not
    always tried first.
    """
    uris = uris_of(uri)
    random.shuffle(uris)
    return uris
