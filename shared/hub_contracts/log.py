"""What each service writes into the event log beside its events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Counts


@dataclass(frozen=True, kw_only=True)
class LogMark(Event):
    """A service marks a place in the event log, and may say how many events it has published so far.

    Published by every service through its own exchange: regularly, and when it reads the log, to find its
    end. It says nothing about the hub; a subscriber may ignore it.
    """

    publisher: ClassVar[str] = "every service"
    about: ClassVar[str] = "log/{service}"

    published: Mapping[str, int] | None = None


class LogMarkSchema(RecordSchema):
    """LogMark."""

    makes = LogMark
    published = Counts("How many events the service has published so far, by routing key", optional=True)
