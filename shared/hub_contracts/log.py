"""Messages of the messaging itself in the event log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Counts


@dataclass(frozen=True, kw_only=True)
class LogMark(Event):
    """A mark in the event log, with the number of events that the service has published so far.

    Published by every service through its own exchange, regularly and to find the end of the log when the
    service reads it. It carries no fact about the hub; a subscriber may ignore it.
    """

    publisher: ClassVar[str] = "every service"
    about: ClassVar[str] = "log/{service}"

    published: Mapping[str, int] | None = None


class LogMarkSchema(RecordSchema):
    """Read and write LogMark."""

    makes = LogMark
    published = Counts("Number of events that the service has published, by routing key", optional=True)
