"""Messages of the event log, classified and formatted for `hubctl events` as a line or as JSON."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub_contracts import InvalidData, NotAnEvent, UnknownEvent, parse
from hub_messaging.envelope import Envelope, Undecodable
from hub_messaging.log_browser import Logged
from hub_messaging.provenance import MARK_SOURCE, Forged, Origins
from hub_messaging.topology import MARK
from hub_platform.federation import foreign_sources
from hubctl.output import instant, printable
from hubctl.places import SERVICES, Hub, WrongUse

EVENT: Final = "event"
FORGED: Final = "forged"  # did not come through its publisher's exchange
INVALID: Final = "invalid"  # data violates the schema
UNKNOWN: Final = "unknown"  # a type or version that this release does not know
UNREADABLE: Final = "unreadable"


@dataclass(frozen=True)
class Line:
    """A classified message of the event log."""

    logged: Logged
    verdict: str
    says: str | None  # the reason why it is no event of this hub
    envelope: Envelope | None  # None: unreadable

    @property
    def is_mark(self) -> bool:
        """Whether it is a mark instead of an event."""
        return self.logged.message.routing_key == MARK

    def text(self) -> str:
        """Return one line with time, type, subject and id."""
        told = self.logged.message
        if self.envelope is None:
            words = ["-", printable(told.routing_key), "", ""]
        else:
            one = self.envelope
            about = f"{printable(one.subject)} #{one.revision}"
            words = [instant(one.time), printable(one.routing_key), about, str(one.id)]
        line = f"{words[0]:20}  {words[1]:24}  {words[2]:56}  {words[3]}"
        return line.rstrip() if self.says is None else f"{line.rstrip()}  {self.verdict}: {self.says}"

    def as_json(self) -> dict[str, object]:
        """Return JSON values; a body that is no JSON object becomes text or hexadecimal."""
        told = self.logged.message
        where: dict[str, object] = {
            "offset": self.logged.offset,
            "exchange": told.exchange,
            "routing_key": told.routing_key,
            "verdict": self.verdict,
            "says": self.says,
        }
        if self.envelope is not None:
            return where | {"event": json.loads(told.body)}
        try:
            return where | {"event": None, "text": told.body.decode()}
        except UnicodeDecodeError:
            return where | {"event": None, "hex": told.body.hex()}


def origins_of(hub: Hub) -> Origins:
    """Return the exchange of each source's events.

    Raises:
        WrongUse: HUB_FOREIGN_SOURCES cannot be read.
    """
    try:
        foreign: Mapping[str, str] = foreign_sources(os.environ.get("HUB_FOREIGN_SOURCES", ""), hub.hub_id)
    except ValueError as exc:
        raise WrongUse(f"HUB_FOREIGN_SOURCES cannot be read: {exc}") from exc
    return Origins(hub.hub_id, foreign)


def line_of(logged: Logged, origins: Origins) -> Line:
    """Classify a message of the event log."""
    message = logged.message
    try:
        envelope = Envelope.from_bytes(message.body)
    except Undecodable as exc:
        return Line(logged, UNREADABLE, str(exc), None)
    if not _is_vouched(envelope, logged, origins):
        return Line(logged, FORGED, f"came through {message.exchange or 'no exchange'}", envelope)
    try:
        parse(message.body)
    except UnknownEvent as exc:
        return Line(logged, UNKNOWN, str(exc), envelope)
    except (NotAnEvent, InvalidData) as exc:
        return Line(logged, INVALID, str(exc), envelope)
    return Line(logged, EVENT, None, envelope)


def _is_vouched(envelope: Envelope, logged: Logged, origins: Origins) -> bool:
    if not envelope.source.startswith(MARK_SOURCE):
        return origins.vouch(envelope.source, logged.message)
    try:
        origins.publisher_of_mark(envelope, logged.message, SERVICES)
    except Forged:
        return False
    return True
