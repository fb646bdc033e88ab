"""A subscriber of another organisation that is added to an office, and what its queue brings it."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import amqp
from tests.messaging.office import SCHEMAS, Office
from tests.support.amqp import connected
from tests.support.broker import BrokerServer
from tests.support.taking import take_all

from hub_messaging.subscribers import history_fill, lifecycle
from hub_messaging.subscribers.broker import Management, management_of
from hub_messaging.subscribers.history_fill import Past
from hub_messaging.subscribers.history_selection import Filled
from hub_messaging.subscribers.limits import Limits
from hub_messaging.subscribers.naming import PREFIX, queue_of, queues_of
from hub_messaging.subscribers.new_subscriber import NewSubscriber
from hub_messaging.subscribers.state import RegisteredSubscriber

NAME = "warehouse"
KEYS = ("ParcelSorted", "ParcelWeighed")


@dataclass
class Outside:
    """The subscriber and the office that adds it."""

    office: Office
    broker: BrokerServer
    events: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"sorting": KEYS, "counting": KEYS})
    limits: Limits = field(default_factory=Limits)
    told: list[tuple[int, int]] = field(default_factory=list)

    @property
    def management(self) -> Management:
        """The broker's management API."""
        port = self.broker.management_port
        return management_of(self.office.uri, f"http://{self.broker.host}:{port}")

    @property
    def past(self) -> Past:
        """History from its beginning, out of the log."""
        return Past(uri=self.office.uri, hub_id="test", schemas=SCHEMAS, engines=self.office.engines)

    def add(self, **past: Any) -> Filled:
        """Add it with history."""
        filled: list[Filled] = []

        def fill(connection: Any, broker: Management, place: NewSubscriber) -> None:
            act = partial(history_fill.fill, past=replace(self.past, **past))
            filled.append(act(connection, broker, place, tell=self._tell))

        known = RegisteredSubscriber(
            name=NAME,
            asked=("all",),
            events=self.events,
            since="beginning",
            added_at=datetime.now(UTC),
            added_by="a test",
        )
        lifecycle.add(self.office.uri, self.management, known, self.limits, fill=fill)
        return filled[0]

    def read(self) -> list[amqp.Message]:
        """Take all that is in its queue now, in order."""
        with connected(self.office.uri) as connection:
            return take_all(connection.channel(), queue_of(NAME))

    def things_left(self) -> list[str]:
        """Queues, exchanges, users and policies of any subscriber that exist."""
        vhost = self.management.vhost
        found = []
        for kind in ("queues", "exchanges", "policies"):
            listed = self.management.get(kind, vhost) or []
            names = sorted(one["name"] for one in listed)
            found += [f"{kind}: {name}" for name in names if name.startswith(PREFIX)]
        users = self.management.get("users") or []
        return found + [f"user: {one['name']}" for one in users if one["name"] == queue_of(NAME)]

    @property
    def things_of_one(self) -> list[str]:
        """The queues and records of one added subscriber."""
        own, dead, live = queues_of(NAME)
        policies = [f"policies: {queue}" for queue in sorted((own, dead, live))]
        return [f"queues: {own}", f"queues: {dead}", *policies, f"user: {own}"]

    def forget(self) -> None:
        """Remove the subscriber with its queues."""
        lifecycle.remove(self.office.uri, self.management, NAME)

    def _tell(self, done: int, of: int) -> None:
        self.told.append((done, of))


def ids_of(messages: list[amqp.Message]) -> Counter[str]:
    """How often each event came."""
    return Counter(json.loads(one.body)["id"] for one in messages)


def revisions(messages: list[amqp.Message]) -> dict[tuple[str, str], list[int]]:
    """Source and subject → revisions in the order in which they came."""
    found: dict[tuple[str, str], list[int]] = {}
    for message in messages:
        event = json.loads(message.body)
        found.setdefault((event["source"], event["subject"]), []).append(event["revision"])
    return found
