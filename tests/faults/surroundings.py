"""The servers and the Python of a run: which RabbitMQ and PostgreSQL, and on what the programs run."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.faults import leftovers
from tests.faults.broker_in_container import ContainerBroker
from tests.faults.brokers import Broker, NodeBroker
from tests.faults.databases import ContainerDatabase, Database, NodeDatabase
from tests.faults.pythons import Python, build_image
from tests.support import postgres

from hub_local import broker_container
from hub_local.containers import can_run


class Kind(StrEnum):
    """Where RabbitMQ runs, and with it all that is not the harness."""

    NODE = "node"  # programs of this machine
    CONTAINER = "container"  # what compose deploys


@dataclass(frozen=True)
class Surroundings:
    """One of the two."""

    kind: Kind
    python: Python
    make_broker: Callable[[Path], Broker]
    make_database: Callable[[Path], Database]


def surroundings_of(kind: Kind, *, with_peers: bool) -> Surroundings:
    """Find what a run needs, or end with a sentence about what is missing."""
    if kind is Kind.NODE:
        return Surroundings(kind, Python(), NodeBroker, NodeDatabase)
    for image in (broker_container.IMAGE, postgres.IMAGE):
        if not can_run(image, print):
            sys.exit(f"BROKER=container needs a Docker engine that can run {image}; none answers here.")
    leftovers.remove()
    python = build_image(with_peers=with_peers)
    return Surroundings(kind, python, ContainerBroker, ContainerDatabase)
