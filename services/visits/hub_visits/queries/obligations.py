"""Obligations with their status, and exemptions.

A status belongs to a school: any of its assignments' visits counts, under any URN that it has had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, case, exists, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, with_expression

from hub_kernel.england import day_in_england
from hub_kernel.support_visits import first_end_to_log
from hub_platform.bank_holidays import bank_holidays
from hub_platform.paging import PageRequest
from hub_visits.domain import obligations
from hub_visits.models import Assignment, Exemption, Obligation, Visit
from hub_visits.store import schools


@dataclass(frozen=True, kw_only=True)
class ObligationFilter:
    """The filters of a list of obligations; None means any."""

    half_term: str | None = None
    status: str | None = None
    pd_lead_id: UUID | None = None
    urn: str | None = None  # any URN that the school has had
    visible: Select[UUID] | None = None  # the ids of the assignments that the actor may read


@dataclass(frozen=True, kw_only=True)
class ObligationView:
    """An obligation with its status."""

    row: Obligation
    status: obligations.Status
    late: bool  # met only by a visit that was logged late


@dataclass(frozen=True)
class AsOf:
    """SQL expressions for the facts about obligations on one day."""

    day: date  # today: logged visits have taken place, and exemptions have been made
    successors: Mapping[str, str]  # URN → the successor that has replaced the school, where one has

    def standing(self, urn: InstrumentedAttribute[str]) -> ColumnElement[str]:
        """Return the URN of the school on that day, or of its successor."""
        return (
            case(dict(self.successors), value=urn, else_=urn) if self.successors else type_coerce(urn, Text)
        )

    @property
    def due_on(self) -> ColumnElement[date]:
        """The last day of the half term; the later one if two programmes have different dates."""
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
        """Whether a visit that would meet the obligation is planned."""
        return self._has_visit(Visit.status == "planned")

    @property
    def met(self) -> ColumnElement[bool]:
        """Whether a visit that meets the obligation is logged."""
        return self._has_visit(Visit.status == "logged")

    @property
    def met_in_time(self) -> ColumnElement[bool]:
        """Whether such a visit was logged in time."""
        return self._has_visit(Visit.status == "logged", ~Visit.late)

    @property
    def excused(self) -> ColumnElement[bool]:
        """Whether the school is excused from the obligation."""
        return exists().where(
            self.standing(Exemption.urn) == self.standing(Obligation.urn),
            Exemption.half_term == Obligation.half_term,
            Exemption.kind == Obligation.kind,
        )

    def _has_visit(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(
            self.standing(Visit.urn) == self.standing(Obligation.urn),
            Visit.half_term == Obligation.half_term,
            Visit.meets == Obligation.kind,
            *conditions,
        )


def list_obligations(
    session: Session, page: PageRequest, wanted: ObligationFilter, *, now: datetime
) -> tuple[Sequence[ObligationView], str | None]:
    """Return one page of obligations with their status, by half term and school, and the next cursor."""
    today = day_in_england(now)
    at = as_of(session, today)
    statement = select_obligations(at)
    if wanted.half_term is not None:
        statement = statement.where(Obligation.half_term == wanted.half_term)
    if wanted.pd_lead_id is not None:
        statement = statement.where(Obligation.pd_lead_id == wanted.pd_lead_id)
    if wanted.urn is not None:
        statement = statement.where(Obligation.urn.in_(schools.urns_of(session, wanted.urn, today)))
    if wanted.status is not None:
        statement = statement.where(has_status(wanted.status, at))
    if wanted.visible is not None:
        statement = statement.where(Obligation.assignment_id.in_(wanted.visible))
    keys = [Obligation.half_term, Obligation.urn, Obligation.kind, Obligation.assignment_id]
    rows, following = page.fetch(session, statement, keys)
    return [_view(row, today) for row in rows], following


def _view(row: Obligation, today: date) -> ObligationView:
    facts = obligations.Facts(ends_on=row.due_on, met=row.met, excused=row.excused, planned=row.planned)
    status = obligations.status_of(facts, today=today, bank_holidays=bank_holidays())
    return ObligationView(row=row, status=status, late=row.met and not row.met_in_time)


def as_of(session: Session, day: date) -> AsOf:
    """Return the expressions for one day; the successions are read from the database."""
    urns = set(session.scalars(select(Assignment.urn).distinct()))
    successions = schools.successions(session, urns)
    known = urns.union(*(successions.stood_for(urn, day) for urn in urns))
    standing = {urn: successions.standing(urn, day) for urn in sorted(known)}
    return AsOf(day, {urn: successor for urn, successor in standing.items() if urn != successor})


def select_obligations(at: AsOf) -> Select[Obligation]:
    """Return the statement that selects obligations with the facts that determine their status."""
    options = [
        with_expression(Obligation.standing_urn, at.standing(Obligation.urn)),
        with_expression(Obligation.due_on, at.due_on),
        with_expression(Obligation.planned, at.planned),
        with_expression(Obligation.met, at.met),
        with_expression(Obligation.met_in_time, at.met_in_time),
        with_expression(Obligation.excused, at.excused),
    ]
    return select(Obligation).options(*options).execution_options(populate_existing=True)


def has_status(status: str, at: AsOf) -> ColumnElement[bool]:
    """Return `domain.obligations.status_of` as an SQL condition; a test checks that both agree."""
    unmet = and_(~at.met, ~at.excused)
    has_ended = at.due_on < at.day
    can_be_logged = at.due_on >= first_end_to_log(at.day, bank_holidays())
    is_urgent = and_(at.due_on <= at.day + obligations.DUE_SOON, ~at.planned)
    conditions: dict[str, ColumnElement[bool]] = {
        "met": and_(at.met),
        "excused": and_(~at.met, at.excused),
        "awaiting_log": and_(unmet, has_ended, can_be_logged),
        "missed": and_(unmet, ~can_be_logged),
        "due_soon": and_(unmet, ~has_ended, is_urgent),
        "open": and_(unmet, ~has_ended, ~is_urgent),
    }
    return conditions[status]
