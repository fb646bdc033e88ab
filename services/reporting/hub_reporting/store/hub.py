"""The hub as enrolment describes it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_kernel.hub_area import Area
from hub_reporting.models import HubDescription


def area(session: Session, hub: str) -> Area | None:
    """Read the hub's area; None as long as no description has been heard."""
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
    """Read what the hub is called; None as long as no description has been heard."""
    return session.scalar(sa.select(HubDescription.name).where(HubDescription.hub == hub))
