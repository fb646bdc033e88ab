"""Later releases of the example's two services: ParcelSorted gets a version 2."""

from typing import Any

from sqlalchemy.orm import Session

from hub_messaging import outbox
from hub_messaging.subscribe import Delivery, subscribe
from hub_messaging.versions import record_versions
from hub_platform.routes import Call
from parcels.events import ParcelSorted, ParcelSortedV2
from parcels.service import CountingService, SortingService, SortParcel, note, sorted_as


def sorted_as_v2(command: SortParcel) -> ParcelSortedV2:
    """The event of a command, in version 2."""
    return ParcelSortedV2(number=command.number, weight=command.weight, shelf="north")


class SortingBoth(SortingService):
    """Publishes versions 1 and 2 side by side."""

    def announce(self, call: Call[SortParcel]) -> None:
        """Record versions 1 and 2 of the event."""
        both = [sorted_as(call.command), sorted_as_v2(call.command)]
        record_versions(call.session, both, occurred_at=call.now)


class SortingV2(SortingService):
    """Publishes version 2 alone."""

    def announce(self, call: Call[SortParcel]) -> None:
        """Record version 2 of the event."""
        outbox.record(call.session, sorted_as_v2(call.command), occurred_at=call.now)


class CountingV2(CountingService):
    """Has changed from version 1 to version 2."""

    @subscribe(ParcelSortedV2)
    def on_parcel_sorted(self, session: Session, delivery: Delivery[Any]) -> None:
        """Note the effect."""
        note(session, delivery)


class CountingBoth(CountingService):
    """Subscribes to both versions: one of each change takes effect."""

    @subscribe(ParcelSorted, ParcelSortedV2)
    def on_parcel_sorted(self, session: Session, delivery: Delivery[Any]) -> None:
        """Note the effect."""
        note(session, delivery)
