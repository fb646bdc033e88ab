"""List schools, and connect schools to the hub."""

from datetime import date, datetime

from sqlalchemy import Select, not_
from sqlalchemy.orm import Session

from hub_contracts.enrolment import SchoolConnected
from hub_contracts.vocabulary import ConnectionRoute
from hub_enrolment.commands.schools import ConnectSchool
from hub_enrolment.domain import schools
from hub_enrolment.domain.schools import Connection, SchoolState
from hub_enrolment.domain.search import read_search
from hub_enrolment.models import School
from hub_enrolment.store import hub as hub_store
from hub_enrolment.store import schools as store
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store.schools import SchoolFilter, find_school
from hub_enrolment.store.standing_schools import standing_school
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict
from hub_messaging import outbox
from hub_platform.json_values import Values


def list_schools(session: Session, query: Values, *, day: date) -> Select[School]:
    """Return the schools that a list asks for on a day.

    `query`: `q`, the words to search for; `in_area`; the other values are fields of `SchoolFilter`.

    Raises:
        Conflict: `hub_not_described` when the list asks for the area of a hub that is not described.
    """
    filters = dict(query)
    q, in_area, area = filters.pop("q"), filters.pop("in_area"), None
    if in_area is not None:
        hub = hub_store.find_hub(session)
        if hub is None:
            raise Conflict("hub_not_described", "Describe the hub with its area first.")
        inside = hub_store.in_area(hub_store.area_of(hub), day)
        area = inside if in_area else not_(inside)
    return store.list_schools(SchoolFilter(words=read_search(q) if q else (), area=area, **filters))


def numbers_of(session: Session, urn: str | None, *, now: datetime) -> frozenset[str] | None:
    """Return all URNs of one school as of today; None for a list that does not filter by school."""
    return None if urn is None else succession_store.stood_for(session, urn, day_in_england(now))


def connect_school(
    session: Session, command: ConnectSchool, *, now: datetime, by: str
) -> tuple[School, bool]:
    """Record a school's first contact with the hub; the second value is False if it was recorded before.

    A closed school is taken for the one that stood for it on the day of the contact.

    Raises:
        Unknown: `unknown_school`; Refused, Conflict: see `schools.connect`.
    """
    named = find_school(session, command.urn)
    standing = standing_school(session, named.urn, day=command.connected_on, pointer="/urn")
    school = find_school(session, standing.urn, lock=True)
    known = None
    if school.connected_on is not None and school.connected_via is not None:
        known = Connection(school.connected_on, school.connected_via)
    made = schools.connect(
        _state(school), known, Connection(command.connected_on, command.via), today=day_in_england(now)
    )
    if made is None:
        return school, False
    school.connected_on, school.connected_via, school.connected_by = made.connected_on, made.via, by
    school.touch(now=now, by=by)
    event = SchoolConnected(urn=school.urn, connected_on=made.connected_on, via=ConnectionRoute(made.via))
    outbox.record(session, event, occurred_at=now, by=by)
    return school, True


def _state(school: School) -> SchoolState:
    return SchoolState(
        urn=school.urn,
        status=school.status,
        open_date=school.open_date,
        close_date=school.close_date,
        eligible=school.eligible,
        successor_urn=school.successor_urn,
        trust_uid=school.trust_uid,
    )
