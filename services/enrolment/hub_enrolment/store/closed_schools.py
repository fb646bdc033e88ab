"""People, sessions, places and requests stored under the URNs of schools that close."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, and_, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub_enrolment.domain import applications
from hub_enrolment.domain.sessions import TO_COME
from hub_enrolment.models import (
    Application,
    Enrolment,
    GroupSession,
    School,
    SchoolLink,
    SchoolMembership,
    Teacher,
    WaitingEntry,
    WorkGroup,
)

Column: TypeAlias = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


@dataclass(frozen=True)
class Person:
    """The id and name of a teacher."""

    teacher_id: UUID
    given: str
    family: str


@dataclass(frozen=True, kw_only=True)
class Closing:
    """A school with its closing date and principal successor."""

    urn: str
    name: str
    connected: bool
    close_date: date | None
    successor_urn: str | None
    established_on: date | None  # of the link
    announced_on: date | None  # None: the succession is not in effect


@dataclass(kw_only=True)
class Held:
    """The number of things stored under the URN of one school, and its people."""

    people: list[Person] = field(default_factory=list)
    sessions_n: int = 0  # in the future, hosted by the school
    places_n: int = 0
    waiting_n: int = 0  # waiting-list entries without an offer
    offers_n: int = 0
    applications_n: int = 0  # open ones

    @property
    def people_n(self) -> int:
        """The number of people who work at the school."""
        return len(self.people)

    @property
    def anything(self) -> bool:
        """Whether any count is above zero."""
        counts = (self.sessions_n, self.places_n, self.waiting_n, self.offers_n, self.applications_n)
        return bool(self.people) or any(counts)


def closing(session: Session, urns: Iterable[str]) -> list[Closing]:
    """Return the known schools among these, with their principal successors, in order of URN."""
    principal = and_(SchoolLink.urn == School.urn, SchoolLink.principal)
    rows = session.execute(
        select(
            School.urn,
            School.name,
            School.connected_on.is_not(None).label("connected"),
            School.close_date,
            SchoolLink.successor_urn,
            SchoolLink.established_on,
            SchoolLink.announced_on,
        )
        .outerjoin(SchoolLink, principal)
        .where(_one_of(School.urn, urns))
        .order_by(School.urn)
    )
    return [Closing(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name


def held_at(session: Session, urns: Collection[str], *, now: datetime) -> dict[str, Held]:
    """Return what is stored under each of these URNs; a URN without anything is left out."""
    found: defaultdict[str, Held] = defaultdict(Held)
    people = (
        select(SchoolMembership.urn, Teacher.id, Teacher.given, Teacher.family)
        .join(Teacher, Teacher.id == SchoolMembership.teacher_id)
        .where(
            _one_of(SchoolMembership.urn, urns),
            SchoolMembership.ends_on.is_(None),
            Teacher.anonymised_on.is_(None),
        )
        .order_by(Teacher.family, Teacher.given, Teacher.id)
    )
    for urn, teacher_id, given, family in session.execute(people):
        found[urn].people.append(Person(teacher_id, given, family))
    to_come = (GroupSession.status.in_(TO_COME), GroupSession.starts_at > now)
    counts: Sequence[tuple[str, Column, tuple[ColumnElement[bool], ...]]] = (
        ("sessions_n", GroupSession.host_urn, to_come),
        ("places_n", Enrolment.urn, (Enrolment.status == "active",)),
        ("waiting_n", WaitingEntry.urn, (WaitingEntry.status == "waiting",)),
        ("offers_n", WaitingEntry.urn, (WaitingEntry.status == "offered",)),
        ("applications_n", Application.urn, (Application.status.in_(applications.OPEN),)),
    )
    for name, column, conditions in counts:
        statement = select(column, func.count()).where(_one_of(column, urns), *conditions).group_by(column)
        for named, number in session.execute(statement):
            if named is not None:
                setattr(found[named], name, number)
    return dict(found)


def groups_that_may_fall_short(session: Session) -> list[UUID]:
    """Return the ids of groups whose status depends on their composition."""
    statement = select(WorkGroup.id).where(WorkGroup.status.in_(("confirmed", "at_risk")))
    return list(session.scalars(statement))


def hosts_to_come(session: Session, *, now: datetime) -> list[tuple[UUID, str]]:
    """Return the group and host of each future session that a school hosts."""
    rows = session.execute(
        select(GroupSession.work_group_id, GroupSession.host_urn)
        .distinct()
        .where(
            GroupSession.host_urn.is_not(None), GroupSession.status.in_(TO_COME), GroupSession.starts_at > now
        )
    )
    return [(group_id, host_urn) for group_id, host_urn in rows if host_urn is not None]


def _one_of(column: Column, urns: Iterable[str]) -> ColumnElement[bool]:
    return column == func.any(cast(sorted(urns), ARRAY(Text)))
