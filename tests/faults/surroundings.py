"""What a run happens on: which RabbitMQ, and which Python the programs run on."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.faults.broker_in_container import ContainerBroker
from tests.faults.brokers import Broker, NodeBroker
from tests.faults.pythons import Python, build_image

from local.broker_container import IMAGE
from local.containers import can_run


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


def surroundings_of(kind: Kind, *, with_peers: bool) -> Surroundings:
    """Find what a run needs, or end with a sentence about what is missing."""
    if kind is Kind.NODE:
        return Surroundings(kind, Python(), NodeBroker)
    if not can_run(IMAGE, print):
        sys.exit(f"BROKER=container needs a Docker engine that has or can fetch {IMAGE}; none answers here.")
    return Surroundings(kind, build_image(with_peers=with_peers), ContainerBroker)
