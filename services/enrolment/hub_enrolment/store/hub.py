"""The hub's description, and its area as a filter of schools."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Select,
    SelectBase,
    Text,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from hub_enrolment.models import Hub, School, SchoolLink, SchoolPlacement
from hub_kernel.hub_area import Area


def find_hub(session: Session, *, lock: bool = False) -> Hub | None:
    """Return the hub's description; None before the first."""
    statement = select(Hub)
    return session.scalar(statement.with_for_update() if lock else statement)


def area_of(hub: Hub) -> Area:
    """Return the hub's area."""
    return Area(
        la_codes=hub.area_la_codes,
        district_codes=hub.area_district_codes,
        extra_urns=hub.extra_urns,
        excluded_urns=hub.excluded_urns,
    )


def in_area(area: Area, day: date) -> ColumnElement[bool]:
    """Return the rule of `hub_kernel.hub_area.in_area` as a condition on schools; a test compares the two.

    A school is in the area if it, a predecessor or a successor on the day has ever been in one of the
    authorities or districts, or is named as an extra one.
    """
    placed = select(SchoolPlacement.urn).where(
        or_(
            SchoolPlacement.la_code.in_(sorted(area.la_codes)),
            SchoolPlacement.district_code.in_(sorted(area.district_codes)),
        )
    )
    named = union(placed, _listed(area.extra_urns))
    return and_(
        School.urn.in_(_with_linked_schools(named, day, "inside")),
        School.urn.not_in(_with_linked_schools(_listed(area.excluded_urns), day, "outside")),
    )


def _listed(urns: Collection[str]) -> Select[str]:
    listed = func.unnest(cast(sorted(urns), ARRAY(Text))).table_valued("urn").render_derived()
    return select(listed.c.urn)


def _with_linked_schools(urns: SelectBase, day: date, name: str) -> Select[str]:
    """Select these URNs and those of their predecessors and successors on a day."""
    start = urns.subquery()
    known = select(start.c.urn).cte(name, recursive=True)
    joined = case((SchoolLink.urn == known.c.urn, SchoolLink.successor_urn), else_=SchoolLink.urn)
    connected = select(joined).join(
        known, or_(SchoolLink.urn == known.c.urn, SchoolLink.successor_urn == known.c.urn)
    )
    closed = connected.outerjoin(School, School.urn == SchoolLink.urn)
    first_day = func.coalesce(School.close_date + 1, SchoolLink.established_on, SchoolLink.announced_on)
    found = known.union(closed.where(SchoolLink.principal, SchoolLink.announced, first_day <= day))
    return select(found.c.urn)
