"""Provenance of events: the exchange that RabbitMQ reports proves the publisher, not the message's text.

A service's broker user may write to its own exchange only.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Final

from hub_messaging.envelope import Envelope, routing_key_of
from hub_messaging.messages import Message
from hub_messaging.topology import MARK, exchange_of, refill_exchange_of, source_of

MARK_SOURCE: Final = "/log/"  # followed by the publisher's name


class Forged(Exception):
    """An event that did not come through its publisher's exchange; it never takes effect."""


@dataclass(frozen=True)
class Origins:
    """The exchanges of the sources whose events are accepted."""

    hub_id: str
    # Sources of other hubs, whose events an administrator has federated here: source → exchange.
    foreign: Mapping[str, str] = field(default_factory=dict)

    def check(self, envelope: Envelope, message: Message, publisher: str) -> None:
        """Raise unless a message came from the publisher of its type.

        Args:
            envelope: the content of the message.
            message: the broker's properties of it. An exchange of None is that of a delivery stored by a
                release that did not record it; only its source can be checked.
            publisher: the service that publishes events of this type.

        Raises:
            Forged: it came from another publisher, or names another hub as its source.
        """
        if message.routing_key not in (None, envelope.routing_key, routing_key_of(envelope.type, 1)):
            raise Forged(f"{envelope.routing_key} came as {message.routing_key!r}")
        foreign = self.foreign.get(envelope.source)
        if foreign is not None:
            self._check_foreign(envelope, message, publisher, foreign)
            return
        if envelope.source != source_of(self.hub_id, publisher):
            raise Forged(f"{envelope.type} is not published by {envelope.source}")
        allowed = {exchange_of(publisher)} | ({refill_exchange_of(publisher)} if message.from_log else set())
        _check_exchange(envelope, message, allowed)
        _check_user(envelope, message, publisher)

    def publisher_of_mark(
        self, envelope: Envelope, message: Message, publishers: Container[str]
    ) -> str | None:
        """Return the publisher that wrote a mark into the event log; None for a mark of a federated hub.

        Args:
            envelope: of the mark; its source is `/log/<publisher>`.
            message: the broker's properties of it.
            publishers: the services whose marks are accepted.

        Raises:
            Forged: it came from another service, or is not a mark of these publishers.
        """
        if message.exchange in self.foreign.values():
            return None  # about the log of that hub, which is not this one
        publisher = envelope.source.removeprefix(MARK_SOURCE)
        if envelope.type != MARK or envelope.source == publisher or publisher not in publishers:
            raise Forged(f"{envelope.type} is not published by {envelope.source}")
        if message.routing_key not in (None, envelope.routing_key):
            raise Forged(f"{envelope.routing_key} came as {message.routing_key!r}")
        _check_exchange(envelope, message, {exchange_of(publisher)})
        _check_user(envelope, message, publisher)
        return publisher

    def _check_foreign(self, envelope: Envelope, message: Message, publisher: str, exchange: str) -> None:
        if not envelope.source.endswith(f"/{publisher}"):
            raise Forged(f"{envelope.type} is not published by {envelope.source}")
        _check_exchange(envelope, message, {exchange})

    def vouch(self, source: str, message: Message) -> bool:
        """Whether a message of the log, of any type, came through its source's exchange."""
        if message.exchange is None:
            return True
        foreign = self.foreign.get(source)
        if foreign is not None:
            return message.exchange == foreign
        publisher = source.rpartition("/")[2]
        return (
            source == source_of(self.hub_id, publisher)
            and message.exchange in (exchange_of(publisher), refill_exchange_of(publisher))
            and message.user_id in (None, publisher)
        )


def _check_exchange(envelope: Envelope, message: Message, allowed: Container[str]) -> None:
    if message.exchange is not None and message.exchange not in allowed:
        came = f"exchange {message.exchange!r}" if message.exchange else "no exchange: written to the queue"
        raise Forged(f"{envelope.type} of {envelope.source} came through {came}")


def _check_user(envelope: Envelope, message: Message, publisher: str) -> None:
    """Raise if RabbitMQ reports another user; a sender may omit it, so its absence proves nothing."""
    if message.user_id not in (None, publisher):
        raise Forged(f"{envelope.type} of {envelope.source} was sent by user {message.user_id!r}")


def foreign_sources(text: str) -> dict[str, str]:
    """Read the setting `/hubs/oxford/sorting=oxford.sorting.events,…`, whose form has been checked."""
    entries = (entry.strip().partition("=") for entry in text.split(",") if entry.strip())
    return {source: exchange for source, _, exchange in entries}
