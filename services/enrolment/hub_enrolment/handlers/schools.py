"""Schools: finding them, connecting them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, not_
from sqlalchemy.orm import Session

from hub_contracts.enrolment import SchoolConnected
from hub_contracts.vocabulary import ConnectionRoute
from hub_enrolment.commands.schools import ConnectSchool
from hub_enrolment.domain import schools
from hub_enrolment.domain.refusals import Conflict, Refused
from hub_enrolment.domain.schools import Connection, SchoolState
from hub_enrolment.domain.search import read_search
from hub_enrolment.models import School
from hub_enrolment.store import hub as hub_store
from hub_enrolment.store import schools as store
from hub_enrolment.store import standing as standing_store
from hub_enrolment.store import teachers as teacher_store
from hub_kernel.england import day_in_england
from hub_messaging import outbox


def find_school(session: Session, urn: str, *, lock: bool = False) -> School:
    """One school.

    Raises:
        Unknown: `unknown_school`, with the successor where the register's links name one.
    """
    school = store.find_school(session, urn, lock=lock)
    if school is None:
        raise schools.unknown_school(urn, store.known_successor(session, urn))
    return school


def list_schools(
    session: Session, *, q: str | None, in_area: bool | None, day: date, **filters: Any
) -> Select[School]:
    """Return the schools that a list asks for on a day; `filters` are those of `store.list_schools`.

    Raises:
        Conflict: `hub_not_described` when the list asks for an area that nobody has named.
    """
    area = None
    if in_area is not None:
        hub = hub_store.find_hub(session)
        if hub is None:
            raise Conflict("hub_not_described", "Say first which area the hub serves.")
        inside = hub_store.in_area(hub_store.area_of(hub), day)
        area = inside if in_area else not_(inside)
    return store.list_schools(words=read_search(q) if q else (), area=area, **filters)


def school_state(session: Session, urn: str, *, pointer: str) -> SchoolState:
    """The school that a body names.

    Raises:
        Refused: `unknown_school`, with the successor where the register's links name one.
    """
    state = store.state_of(session, urn)
    if state is None:
        raise schools.unknown_school(urn, store.known_successor(session, urn), pointer=pointer)
    return state


def standing_school(session: Session, urn: str, *, day: date, pointer: str) -> SchoolState:
    """Return the school that stands on a day for the one that a body names.

    Where the hub's files do not have the successor, it is the closed school.

    Raises:
        Refused: `unknown_school`, with the successor where the register's links name one.
    """
    return _standing(session, urn, day) or school_state(session, urn, pointer=pointer)


def standing_urn(session: Session, urn: str, *, day: date) -> str:
    """Return the number of the school that stands for one on a day; of an unknown school its own."""
    state = _standing(session, urn, day)
    return urn if state is None else state.urn


def school_of(session: Session, teacher_id: UUID, urn: str | None = None, *, day: date) -> SchoolState:
    """The school for which a request of a teacher counts: one of their present ones, or the one joined last.

    Of a school that has closed it is the one that stands for it on the day, whichever of the two is named.

    Raises:
        Refused: `unknown_teacher`, `not_at_school`.
    """
    school = teacher_store.school_of(session, teacher_id)
    if school is None:
        raise Refused("unknown_teacher", "There is no such teacher.", "/teacher_id")
    if urn is None or urn == school.urn:
        return standing_school(session, school.urn, day=day, pointer="/urn")
    for number in standing_store.stood_for(session, urn, day):
        other = teacher_store.present_school(session, teacher_id, number)
        if other is not None:
            return standing_school(session, other.urn, day=day, pointer="/urn")
    raise Refused("not_at_school", f"This person is not at the school {urn} now.", "/urn")


def numbers_of(session: Session, urn: str | None, *, now: datetime) -> frozenset[str] | None:
    """Return all URNs that are the same school today as the one for which a list asks; None asks for any."""
    return None if urn is None else standing_store.stood_for(session, urn, day_in_england(now))


def connect_school(
    session: Session, command: ConnectSchool, *, now: datetime, by: str
) -> tuple[School, bool]:
    """Note a school's first contact with the hub; False beside it when that was known already.

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


def _standing(session: Session, urn: str, day: date) -> SchoolState | None:
    state = store.state_of(session, urn)
    if state is not None and state.successor_urn is None:
        return state
    found = standing_store.standing(session, urn, day)
    standing = None if found == urn else store.state_of(session, found)
    return standing or state


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
