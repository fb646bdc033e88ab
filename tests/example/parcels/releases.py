"""Other releases of the example's receiver, on the same database and queue."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from hub_messaging.subscribe import Delivery, subscribe_batch
from hub_platform.probes import Probes
from parcels.events import ParcelWeighed
from parcels.service import note
from parcels.tables import Effect


class WeighingService(Probes):
    """A release that does not subscribe to ParcelSorted."""

    name = "counting"
    projections = (Effect.__table__,)

    @subscribe_batch(ParcelWeighed)
    def on_parcels_weighed(self, session: Session, deliveries: Iterable[Delivery[Any]]) -> None:
        """Note each effect."""
        for delivery in deliveries:
            note(session, delivery)
