"""The hub, and its area as a filter of lists."""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.hub_area import Area
from hub_enrolment.models import Hub, School


def find_hub(session: Session, *, lock: bool = False) -> Hub | None:
    """The hub, once somebody has said what it is."""
    statement = select(Hub)
    return session.scalar(statement.with_for_update() if lock else statement)


def area_of(hub: Hub) -> Area:
    """The hub's area."""
    return Area(
        la_codes=hub.area_la_codes,
        district_codes=hub.area_district_codes,
        extra_urns=hub.extra_urns,
        excluded_urns=hub.excluded_urns,
    )


def in_area(area: Area) -> ColumnElement[bool]:
    """The rule of `hub_area.in_area`, for the database to filter by; a test compares the two."""
    return and_(
        School.urn.not_in(sorted(area.excluded_urns)),
        or_(
            School.urn.in_(sorted(area.extra_urns)),
            School.la_code.in_(sorted(area.la_codes)),
            and_(School.district_code.is_not(None), School.district_code.in_(sorted(area.district_codes))),
        ),
    )
