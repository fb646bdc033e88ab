"""From a message to a delivery: read, in a version that is known, from who may say it."""

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
    """An event came through this reader's own binding in a version that it cannot read."""


class Unreadable(Exception):
    """A message that must be parked: `error` says why, `envelope` is what could be read and believed."""

    def __init__(self, error: Exception, envelope: Envelope | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.envelope = envelope


class Decoder:
    """Opens what one subscription receives."""

    def __init__(self, event_classes: Mapping[str, type[Event]], origins: Origins) -> None:
        """`event_classes`: routing key → class of every event that is heard."""
        self._event_classes = event_classes
        self._origins = origins

    def open(self, message: Message) -> Delivery[Event] | None:
        """The delivery in a message; None when nobody here asked for it.

        Raises:
            Unreadable: it must be parked.
        """
        envelope = None
        try:
            envelope = Envelope.from_bytes(message.body)
            heard = self._heard(envelope, message)
            if heard is None:
                # Nothing has been checked yet, and what a stranger sends is not for log lines.
                log.info("unknown_type", type=_name(envelope.routing_key), event_id=str(envelope.id))
                return None
            self._origins.check(envelope, message, heard.publisher)
            self._require_version(envelope)
            after = envelope.predecessor(self._event_classes)
            event = heard.from_data(envelope.data)
            return Delivery(event, envelope, message.body, after, message.exchange, message.from_log)
        except Forged as exc:
            raise Unreadable(exc, None) from exc
        except Exception as exc:  # reading is pure: what fails once fails always
            raise Unreadable(exc, envelope) from exc

    def _require_version(self, envelope: Envelope) -> None:
        if envelope.routing_key not in self._event_classes:
            raise UnknownVersion(
                f"dataschema: version {envelope.version} of {envelope.type} is not read here"
            )

    def _heard(self, envelope: Envelope, message: Message) -> type[Event] | None:
        """The class that a message is to be read as, or would be, were its version known."""
        known = self._event_classes.get(envelope.routing_key)
        if known is not None:
            return known
        # In the log a version that was not asked for is passed over like an unknown type.
        if message.from_log:
            return None
        # A binding of an earlier release may bring a version that is not heard any more. A change that comes
        # in several versions comes in the one that is heard, too; without a changeid this is its only event.
        alone = envelope.change_id is None
        return self._event_classes.get(message.routing_key or "") or (
            self._other(envelope) if alone else None
        )

    def _other(self, envelope: Envelope) -> type[Event] | None:
        """The class of another version of the event's type."""
        return next((one for one in self._event_classes.values() if one.type == envelope.type), None)


def _name(type_: str) -> str:
    """A type as it may stand in a log line: nothing but a name."""
    return type_ if _NAME.fullmatch(type_) else "not a name"
