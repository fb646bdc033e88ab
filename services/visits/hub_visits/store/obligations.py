"""What schools are owed, and how it stands: by school, whichever of its assignments or visits it is about."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, case, exists, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, with_expression

from hub_kernel.support_visits import first_end_to_log
from hub_platform.paging import PageRequest
from hub_visits.domain import obligations
from hub_visits.models import Assignment, Exemption, Obligation, Visit
from hub_visits.store import schools


def lock_obligations(session: Session, urns: Collection[str], half_term: str, kind: str) -> int:
    """Lock what the school of some URNs is owed, and return how many programmes owe it."""
    rows = session.scalars(
        select(Obligation.assignment_id)
        .where(Obligation.urn.in_(urns), Obligation.half_term == half_term, Obligation.kind == kind)
        .order_by(Obligation.assignment_id)
        .with_for_update()
    )
    return len(rows.all())


def find_exemption(session: Session, urns: Collection[str], half_term: str, kind: str) -> Exemption | None:
    """The exemption of the school of some URNs in one half term."""
    return session.scalar(
        select(Exemption).where(
            Exemption.urn.in_(urns), Exemption.half_term == half_term, Exemption.kind == kind
        )
    )


@dataclass(frozen=True)
class AsOf:
    """How obligations stand today, in SQL."""

    day: date  # the one that is today: what is logged has taken place, and exemptions have been made
    successors: Mapping[str, str]  # URN → the school that stands for it, of those for which another one does

    def standing(self, urn: InstrumentedAttribute[str]) -> ColumnElement[str]:
        """The school that stands for a URN."""
        return (
            case(dict(self.successors), value=urn, else_=urn) if self.successors else type_coerce(urn, Text)
        )

    @property
    def due_on(self) -> ColumnElement[date]:
        """The last day of the half term; where two programmes have other dates for it, the later one."""
        other = aliased(Obligation)
        return (
            select(func.max(other.ends_on))
            .where(
                self.standing(other.urn) == self.standing(Obligation.urn),
                other.half_term == Obligation.half_term,
                other.kind == Obligation.kind,
            )
            .scalar_subquery()
        )

    @property
    def planned(self) -> ColumnElement[bool]:
        """Whether a visit that would meet it is planned."""
        return self._visited(Visit.status == "planned")

    @property
    def met(self) -> ColumnElement[bool]:
        """Whether a visit that meets it has taken place."""
        return self._visited(Visit.status == "logged")

    @property
    def met_in_time(self) -> ColumnElement[bool]:
        """Whether such a visit was logged in time."""
        return self._visited(Visit.status == "logged", ~Visit.late)

    @property
    def excused(self) -> ColumnElement[bool]:
        """Whether the school is excused from it."""
        return exists().where(
            self.standing(Exemption.urn) == self.standing(Obligation.urn),
            Exemption.half_term == Obligation.half_term,
            Exemption.kind == Obligation.kind,
        )

    def _visited(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(
            self.standing(Visit.urn) == self.standing(Obligation.urn),
            Visit.half_term == Obligation.half_term,
            Visit.meets == Obligation.kind,
            *conditions,
        )


def as_of(session: Session, day: date) -> AsOf:
    """How obligations stand on a day."""
    urns = set(session.scalars(select(Assignment.urn).distinct()))
    successions = schools.successions(session, urns)
    known = urns.union(*(successions.stood_for(urn, day) for urn in urns))
    standing = {urn: successions.standing(urn, day) for urn in sorted(known)}
    return AsOf(day, {urn: successor for urn, successor in standing.items() if urn != successor})


def select_obligations(at: AsOf) -> Select[Any]:
    """Select obligations, each with how it stands."""
    told: dict[Any, ColumnElement[Any]] = {
        Obligation.standing_urn: at.standing(Obligation.urn),
        Obligation.due_on: at.due_on,
        Obligation.planned: at.planned,
        Obligation.met: at.met,
        Obligation.met_in_time: at.met_in_time,
        Obligation.excused: at.excused,
    }
    options = [with_expression(attribute, value) for attribute, value in told.items()]
    return select(Obligation).options(*options).execution_options(populate_existing=True)


def list_exemptions(
    *, urns: Collection[str] | None = None, half_term: str | None = None
) -> Select[Exemption]:
    """Select exemptions; None asks for any."""
    statement = select(Exemption)
    if urns is not None:
        statement = statement.where(Exemption.urn.in_(urns))
    return statement if half_term is None else statement.where(Exemption.half_term == half_term)


def list_obligations(
    session: Session,
    page: PageRequest,
    *,
    today: date,
    half_term: str | None = None,
    status: str | None = None,
    pd_lead_id: UUID | None = None,
    urn: str | None = None,
    among: Select[UUID] | None = None,
) -> tuple[Sequence[Obligation], str | None]:
    """One page of obligations, by half term and school.

    `urn` may be any that the school has had; `among`: of which assignments.
    """
    at = as_of(session, today)
    statement = select_obligations(at)
    if half_term is not None:
        statement = statement.where(Obligation.half_term == half_term)
    if pd_lead_id is not None:
        statement = statement.where(Obligation.pd_lead_id == pd_lead_id)
    if urn is not None:
        statement = statement.where(Obligation.urn.in_(schools.urns_of(session, urn, today)))
    if status is not None:
        statement = statement.where(in_status(status, at))
    if among is not None:
        statement = statement.where(Obligation.assignment_id.in_(among))
    keys = [Obligation.half_term, Obligation.urn, Obligation.kind, Obligation.assignment_id]
    return page.fetch(session, statement, keys)


def facts_of(row: Obligation) -> obligations.Facts:
    """What the status of a row depends on."""
    return obligations.Facts(ends_on=row.due_on, met=row.met, excused=row.excused, planned=row.planned)


def in_status(status: str, at: AsOf) -> ColumnElement[bool]:
    """`domain.obligations.status_of` said in SQL, to page through one status; a test holds the two equal."""
    waiting = and_(~at.met, ~at.excused)
    over = at.due_on < at.day
    undecided = at.due_on >= first_end_to_log(at.day)
    pressing = and_(at.due_on <= at.day + obligations.DUE_SOON, ~at.planned)
    conditions: dict[str, ColumnElement[bool]] = {
        "met": and_(at.met),
        "excused": and_(~at.met, at.excused),
        "awaiting_log": and_(waiting, over, undecided),
        "missed": and_(waiting, ~undecided),
        "due_soon": and_(waiting, ~over, pressing),
        "open": and_(waiting, ~over, ~pressing),
    }
    return conditions[status]
