"""Our own services, started by the runner that starts every service: two that receive, one that publishes."""

import sys
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.bench.contenders.work import EVENT_TYPE, FACTS, PUBLISHER, newest, write_many, write_one

from hub_contracts import EVENTS
from hub_messaging.relay import OutboxRelay
from hub_messaging.subscribe import Delivery, subscribe, subscribe_batch
from hub_platform.probes import Probes
from hub_platform.runner import run

EVENT = EVENTS[EVENT_TYPE]
WRITE_ONE = sa.text(write_one(":{name}"))
WRITE_MANY = sa.text(write_many(":rows"))


class ProjectingService(Probes):
    """Projects many events in one transaction."""

    name = "projecting"

    @subscribe_batch(EVENT)
    def project(self, session: Session, deliveries: Sequence[Delivery[Any]]) -> None:
        """Keep the newest of each subject, as reporting does."""
        session.execute(WRITE_MANY, {"rows": newest(map(_row, deliveries))})


class ReactingService(Probes):
    """Takes one event at a time, as notifications does."""

    name = "reacting"

    @subscribe(EVENT)
    def react(self, session: Session, delivery: Delivery[Any]) -> None:
        """Store one row for the delivery."""
        session.execute(WRITE_ONE, _row(delivery))


class PublishingService(Probes):
    """Publishes what its outbox holds."""

    name = PUBLISHER
    relay = OutboxRelay()


def _row(delivery: Delivery[Any]) -> dict[str, Any]:
    event = delivery.event
    stamp = {"subject": delivery.envelope.subject, "revision": delivery.envelope.revision}
    return stamp | {name: getattr(event, name) for name in FACTS}


CLASSES = {c.name: c.__name__ for c in (ProjectingService, ReactingService, PublishingService)}

if __name__ == "__main__":
    service = sys.argv[1]
    run(service, f"tests.bench.contenders.ours:{CLASSES[service]}", "tests.bench.contenders")
