"""Schools and their known successors."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Text, bindparam, cast, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from hub_enrolment.domain.gias_establishments import URN
from hub_enrolment.domain.schools import SchoolState, unknown_school
from hub_enrolment.domain.search import Word
from hub_enrolment.models import School, SchoolLink
from hub_platform.paging import where_given

STATE = (
    School.urn,
    School.status,
    School.open_date,
    School.close_date,
    School.eligible,
    School.successor_urn,
    School.trust_uid,
)

_STATE_OF = select(*STATE).where(School.urn == bindparam("urn"))  # built once


def find_school(session: Session, urn: str, *, lock: bool = False) -> School:
    """Return a school, locked on request.

    Raises:
        Unknown: `unknown_school`, with the successor where the register's links name one.
    """
    for_update = {"key_share": True} if lock else None
    school = session.get(School, urn, with_for_update=for_update) if URN.fullmatch(urn) else None
    if school is None:
        raise unknown_school(urn, known_successor(session, urn))
    return school


def state_of(session: Session, urn: str) -> SchoolState | None:
    """Return the facts of a school that decisions need; None when it is unknown."""
    row = session.execute(_STATE_OF, {"urn": urn}).one_or_none()
    return None if row is None else SchoolState(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def known_successor(session: Session, urn: str) -> str | None:
    """Return the successor of a school, also of one known from the links file only; None without one."""
    if not URN.fullmatch(urn):
        return None
    return session.scalar(select(SchoolLink.successor_urn).where(SchoolLink.urn == urn, SchoolLink.principal))


@dataclass(frozen=True, kw_only=True)
class SchoolFilter:
    """The schools that a list asks for; None asks for any."""

    la_code: str | None = None
    phase: str | None = None
    status: str | None = None
    connected: bool | None = None
    trust_uid: str | None = None
    words: Sequence[Word] = ()  # all must occur in name, trust, postcode or URN
    area: ColumnElement[bool] | None = None  # see `hub.in_area`


def list_schools(asked: SchoolFilter) -> Select[School]:
    """Select the schools that a filter asks for."""
    statement = where_given(
        select(School),
        (School.la_code, asked.la_code),
        (School.phase, asked.phase),
        (School.status, asked.status),
        (School.trust_uid, asked.trust_uid),
    )
    if asked.connected is not None:
        is_connected = School.connected_on.is_not(None)
        statement = statement.where(is_connected if asked.connected else ~is_connected)
    if asked.words:
        query = " & ".join(f"'{word.text}'" if word.whole else f"'{word.text}':*" for word in asked.words)
        statement = statement.where(School.search.bool_op("@@")(cast(literal(query, Text), TSQUERY)))
    return statement if asked.area is None else statement.where(asked.area)
