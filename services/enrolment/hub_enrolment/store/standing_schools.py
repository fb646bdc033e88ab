"""Find the school that a request names, and the school that stands for it on a day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.domain.schools import SchoolState, unknown_school
from hub_enrolment.store import schools, teachers
from hub_enrolment.store import successions as succession_store
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused


def school_state(session: Session, urn: str, *, pointer: str) -> SchoolState:
    """Return the school that a request body names.

    Raises:
        Refused: `unknown_school`, with the successor where the register's links name one.
    """
    state = schools.state_of(session, urn)
    if state is None:
        raise unknown_school(urn, schools.known_successor(session, urn), pointer=pointer)
    return state


def standing_school(session: Session, urn: str, *, day: date, pointer: str) -> SchoolState:
    """Return the school that stands on a day for the one that a request body names.

    Where the hub's files do not have the successor, it is the closed school.

    Raises:
        Refused: `unknown_school`, with the successor where the register's links name one.
    """
    return _standing(session, urn, day) or school_state(session, urn, pointer=pointer)


def standing_urn(session: Session, urn: str, *, day: date) -> str:
    """Return the URN of the school that stands for a school on a day; an unknown URN comes back unchanged."""
    state = _standing(session, urn, day)
    return urn if state is None else state.urn


def standing_host(session: Session, urn: str | None, starts_at: datetime) -> str | None:
    """Return the school that stands for a session's host when the session starts; None without a host."""
    return None if urn is None else standing_urn(session, urn, day=day_in_england(starts_at))


def school_of(session: Session, teacher_id: UUID, urn: str | None = None, *, day: date) -> SchoolState:
    """Return the school for which a teacher's request counts: a present one of theirs, by default the latest.

    For a school that has closed, it is the school that stands for it on the day. Either URN may be named.

    Raises:
        Refused: `unknown_teacher`, `not_at_school`.
    """
    school = teachers.school_of(session, teacher_id)
    if school is None:
        raise Refused("unknown_teacher", "There is no such teacher.", "/teacher_id")
    if urn is None or urn == school.urn:
        return standing_school(session, school.urn, day=day, pointer="/urn")
    for number in succession_store.stood_for(session, urn, day):
        other = teachers.present_school(session, teacher_id, number)
        if other is not None:
            return standing_school(session, other.urn, day=day, pointer="/urn")
    raise Refused("not_at_school", f"This person is not at the school {urn} now.", "/urn")


def _standing(session: Session, urn: str, day: date) -> SchoolState | None:
    state = schools.state_of(session, urn)
    if state is not None and state.successor_urn is None:
        return state
    found = succession_store.standing(session, urn, day)
    successor = None if found == urn else schools.state_of(session, found)
    return successor or state
