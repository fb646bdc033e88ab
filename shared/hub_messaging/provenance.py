"""Where an event must have come through to be believed: what a message says of itself proves nothing.

A service's broker user may write to its own exchange and to no other, so the exchange tells who has spoken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub_messaging.envelope import Envelope, routing_key_of
from hub_messaging.messages import Message
from hub_messaging.topology import exchange_of, refill_exchange_of, source_of


class Forged(Exception):
    """An event that did not come through its publisher's exchange; it never takes effect."""


@dataclass(frozen=True)
class Origins:
    """Which exchange each source's events come through."""

    hub_id: str
    # Sources of other hubs, whose events an administrator has federated here: source → exchange.
    foreign: Mapping[str, str] = field(default_factory=dict)

    def check(self, envelope: Envelope, message: Message, publisher: str) -> None:
        """See that a message came from who may publish its type.

        Args:
            envelope: what the message says.
            message: what the broker says.
            publisher: the service that publishes events of this type.

        Raises:
            Forged: it came from somebody else, or says that it is of another hub.
        """
        if message.exchange is None:
            return
        if message.routing_key not in (None, envelope.routing_key, routing_key_of(envelope.type, 1)):
            raise Forged(f"{envelope.routing_key} came as {message.routing_key!r}")
        foreign = self.foreign.get(envelope.source)
        if foreign is not None:
            if message.exchange != foreign or not envelope.source.endswith(f"/{publisher}"):
                raise Forged(f"{envelope.type} of {envelope.source} came through {_named(message.exchange)}")
            return
        if envelope.source != source_of(self.hub_id, publisher):
            raise Forged(f"{envelope.type} is not published by {envelope.source}")
        allowed = {exchange_of(publisher)} | ({refill_exchange_of(publisher)} if message.from_log else set())
        if message.exchange not in allowed:
            raise Forged(f"{envelope.type} of {envelope.source} came through {_named(message.exchange)}")
        if message.user_id not in (None, publisher):
            raise Forged(f"{envelope.type} of {envelope.source} was sent by user {message.user_id!r}")


def _named(exchange: str) -> str:
    return f"exchange {exchange!r}" if exchange else "no exchange: it was written to the queue itself"


def foreign_sources(text: str) -> dict[str, str]:
    """Read what an operator has written: `/hubs/oxford/visits=oxford.visits.events`, several with commas.

    Raises:
        ValueError: an entry is not of that form.
    """
    found = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        source, _, exchange = entry.partition("=")
        if not source.startswith("/hubs/") or source.count("/") != 3 or not exchange:
            raise ValueError(f"{entry!r} is not of the form /hubs/<hub>/<service>=<exchange>")
        found[source] = exchange
    return found
