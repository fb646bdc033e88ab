"""The hub's name and area, from its description by enrolment."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_kernel.hub_area import Area
from hub_reporting.models import HubDescription


def area(session: Session, hub: str) -> Area | None:
    """Return the area that the hub serves, or None until it has been described."""
    described = session.get(HubDescription, hub)
    if described is None:
        return None
    return Area(
        la_codes=frozenset(described.area_la_codes),
        district_codes=frozenset(described.area_district_codes),
        extra_urns=frozenset(described.extra_urns),
        excluded_urns=frozenset(described.excluded_urns),
    )


def name(session: Session, hub: str) -> str | None:
    """Return the hub's name, or None until it has been described."""
    return session.scalar(sa.select(HubDescription.name).where(HubDescription.hub == hub))
