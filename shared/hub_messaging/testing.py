"""A test kit for handlers, without a broker: events as a service would receive them."""

from datetime import UTC, datetime
from typing import Final, TypeVar
from uuid import UUID, uuid4

from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Envelope, Event

E = TypeVar("E", bound=Event)

HUB: Final = "test"
NOON: Final = datetime(2025, 10, 1, 12, tzinfo=UTC)


def delivered(
    event: E, revision: int = 1, *, at: datetime = NOON, hub: str = HUB, event_id: UUID | None = None
) -> Delivery[E]:
    """Return an event as its publisher would send it and a service would receive it.

    Args:
        event: must satisfy its published schema.
        revision: its number within its subject, from 1.
        at: the instant of the event (aware UTC).
        hub: the hub whose publisher sends it.
        event_id: a new one unless given.

    Raises:
        Exception: whatever the event's `to_data` raises when a value breaks the schema.
    """
    envelope = Envelope(
        id=event_id or uuid4(),
        source=f"/hubs/{hub}/{event.publisher}",
        type=event.type,
        version=event.version,
        subject=event.subject,
        revision=revision,
        time=at,
        data=event.to_data(),
    )
    return Delivery(event, envelope, envelope.to_bytes())
