"""Messages decoded into deliveries, after checks of their origin and version."""

import re
from collections.abc import Mapping
from typing import Final

import structlog

from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Envelope, Event
from hub_messaging.messages import Message
from hub_messaging.provenance import Forged, Origins

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}(\.v[0-9]{1,4})?")

log = structlog.get_logger(__name__)


class UnknownVersion(Exception):
    """An event arrived through this reader's own binding in a version that it cannot read."""


class Unreadable(Exception):
    """A message that must be parked: `error` is the reason, `envelope` the part that is valid."""

    def __init__(self, error: Exception, envelope: Envelope | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.envelope = envelope


class Decoder:
    """Decodes the messages of one subscription."""

    def __init__(self, event_classes: Mapping[str, type[Event]], origins: Origins) -> None:
        """`event_classes`: routing key → class of every event subscribed to."""
        self._event_classes = event_classes
        self._origins = origins

    def open(self, message: Message) -> Delivery[Event] | None:
        """Return the delivery in a message; None when its type is not subscribed to.

        Raises:
            Unreadable: it must be parked.
        """
        envelope = None
        try:
            envelope = Envelope.from_bytes(message.body)
            subscribed = self._subscribed(envelope, message)
            if subscribed is None:
                # Nothing has been checked yet: only a valid name is logged.
                log.info("unknown_type", type=_name(envelope.routing_key), event_id=str(envelope.id))
                return None
            self._origins.check(envelope, message, subscribed.publisher)
            self._require_version(envelope)
            after = envelope.predecessor(self._event_classes)
            event = subscribed.from_data(envelope.data)
            return Delivery(event, envelope, message.body, after, message.exchange, message.from_log)
        except Forged as exc:
            raise Unreadable(exc, None) from exc
        except Exception as exc:  # decoding is pure: a retry would fail again
            raise Unreadable(exc, envelope) from exc

    def _require_version(self, envelope: Envelope) -> None:
        if envelope.routing_key not in self._event_classes:
            raise UnknownVersion(
                f"dataschema: version {envelope.version} of {envelope.type} is not read here"
            )

    def _subscribed(self, envelope: Envelope, message: Message) -> type[Event] | None:
        """Return the class to decode a message as, also where its version is unknown."""
        known = self._event_classes.get(envelope.routing_key)
        if known is not None:
            return known
        # In the log a version that is not subscribed to is skipped like an unknown type.
        if message.from_log:
            return None
        # A binding of an earlier release may deliver a version that is no longer subscribed to. A change in
        # several versions arrives in the subscribed one too; without a changeid this is its only event.
        alone = envelope.change_id is None
        return self._event_classes.get(message.routing_key or "") or (
            self._other(envelope) if alone else None
        )

    def _other(self, envelope: Envelope) -> type[Event] | None:
        """Return the class of another version of the event's type."""
        return next((one for one in self._event_classes.values() if one.type == envelope.type), None)


def _name(type_: str) -> str:
    """Return a type for the log, if it is a valid name."""
    return type_ if _NAME.fullmatch(type_) else "not a name"
