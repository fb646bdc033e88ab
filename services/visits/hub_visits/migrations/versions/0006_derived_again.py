"""School facts over time and workplaces; obligations and visits are recalculated once.

Earlier releases counted bank holidays as working days. They did not recalculate obligations and visits after
a change of trust, authority or successor, nor visits after a later calendar.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from hub_contracts.visits import Obligation, PDLeadAssigned, VisitRecalculated
from hub_kernel.england import day_in_england
from hub_kernel.successions import Succession, Successions, first_day_of_successor
from hub_messaging import backfill
from hub_platform.bank_holidays import bank_holidays
from hub_platform.json_values import Values
from hub_visits.domain import assignments, visits
from hub_visits.domain.calendars import HalfTerm, first_year_of
from hub_visits.domain.school_years import ALWAYS, Affiliation, Calendars

revision = "0006_derived_again"
down_revision = "0005_calendars_published"

Row = sa.Row[Any]  # Any: rows of textual SQL have no types

# The day on which a succession was received replaces the day of its event, which was not stored.
FILL_SUCCEEDED_ON = """
UPDATE schools SET succeeded_on = coalesce(
  (SELECT max(received_at AT TIME ZONE 'Europe/London')::date FROM inbox
   WHERE type IN ('SchoolSucceeded', 'SchoolClosed') AND subject = 'schools/' || schools.urn),
  CURRENT_DATE)
WHERE successor_urn IS NOT NULL
"""
FILL_FACTS = """
INSERT INTO school_facts (urn, revision, told_on, la_code, trust_uid)
SELECT urn, facts_revision, CURRENT_DATE, la_code, trust_uid FROM schools
WHERE facts_revision > 0 AND la_code IS NOT NULL
"""
LINKS = "SELECT urn, successor_urn, closed_on, succeeded_on FROM schools WHERE successor_urn IS NOT NULL"
FACTS = "SELECT urn, la_code, trust_uid FROM school_facts WHERE urn = ANY(:urns)"
HALF_TERMS = """
SELECT scope, academic_year, n, starts_on, ends_on, non_school_days
FROM calendars JOIN calendar_half_terms ON calendar_id = calendars.id ORDER BY scope, academic_year, n
"""
ASSIGNMENTS = """
SELECT id, urn, pd_lead_id, programme, academic_year, starts_on, kinds, changed_at
FROM assignments ORDER BY changed_at, id
"""
OBLIGATIONS = """
SELECT half_term, kind, starts_on, ends_on FROM obligations WHERE assignment_id = :id ORDER BY half_term, kind
"""
VISITS = """
SELECT id, urn, planned_at, happened_on, logged_at, half_term, out_of_term, late, changed_at
FROM visits WHERE assignment_id = :id AND status <> 'cancelled' ORDER BY changed_at, id
"""
PUT_OBLIGATION = """
INSERT INTO obligations (assignment_id, half_term, kind, urn, pd_lead_id, starts_on, ends_on)
VALUES (:id, :half_term, :kind, :urn, :pd_lead_id, :starts_on, :ends_on)
"""
PUT_VISIT = """
UPDATE visits SET half_term = :half_term, out_of_term = :out_of_term, late = :late, revision = revision + 1
WHERE id = :id
"""

Fact = tuple[PDLeadAssigned | VisitRecalculated, datetime]


def upgrade() -> None:
    _schools_in_time()
    _workplaces()
    op.create_index(None, "visits", ["half_term", "meets"])
    connection = op.get_bind()
    connection.execute(sa.text(FILL_SUCCEEDED_ON))
    connection.execute(sa.text(FILL_FACTS))
    backfill.record_missing(connection, list(_derived(connection)))


def downgrade() -> None:
    """Keep the recalculated rows and their events, which have been published."""
    op.drop_index("ix_visits_half_term_meets", "visits")
    op.drop_table("workplaces")
    op.drop_table("school_facts")
    op.drop_index("ix_schools_successor_urn", "schools")
    for column in ("closes_on", "established_on", "succeeded_on"):
        op.drop_column("schools", column)


def _schools_in_time() -> None:
    for column in ("closes_on", "established_on", "succeeded_on"):
        op.add_column("schools", sa.Column(column, sa.Date))
    op.create_index(None, "schools", ["successor_urn"])
    op.create_table(
        "school_facts",
        sa.Column("urn", sa.Text, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("told_on", sa.Date, nullable=False),
        sa.Column("trust_since", sa.Date),
        sa.Column("la_code", sa.Text, nullable=False),
        sa.Column("trust_uid", sa.Text),
    )


def _workplaces() -> None:
    op.create_table(
        "workplaces",
        sa.Column("teacher_id", sa.Uuid, primary_key=True),
        sa.Column("urn", sa.Text, primary_key=True),
        sa.Column("ends_on", sa.Date),
        sa.Column("revision", sa.Integer, nullable=False),
    )


def _derived(connection: sa.Connection) -> Iterator[Fact]:
    """Derive everything again, and give an event for each assignment and each visit that has changed."""
    rows = connection.execute(sa.text(ASSIGNMENTS)).all()
    of_year = _calendars(connection, {row.urn for row in rows})
    for row in rows:
        calendars = of_year.get(row.academic_year)
        half_terms = calendars.half_terms(row.urn) if calendars else []
        if calendars and half_terms:
            yield from _settled(connection, row, half_terms)
            yield from _visits(connection, row, calendars)


def _calendars(connection: sa.Connection, urns: set[str]) -> dict[str, Calendars]:
    links = [
        Succession(
            urn=row.urn,
            successor_urn=row.successor_urn,
            first_day=first_day_of_successor(
                close_date=row.closed_on, established_on=None, announced_on=row.succeeded_on
            ),
        )
        for row in connection.execute(sa.text(LINKS))
    ]
    family = urns.union(*(Successions(links).stood_for(urn, date.max) for urn in urns))
    affiliations = {
        row.urn: [Affiliation(since=ALWAYS, la_code=row.la_code, trust_uid=row.trust_uid)]
        for row in connection.execute(sa.text(FACTS), {"urns": sorted(family)})
    }
    half_terms: dict[str, dict[str, list[HalfTerm]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(sa.text(HALF_TERMS)):
        half_terms[row.academic_year][row.scope].append(
            HalfTerm(
                first_year=first_year_of(row.academic_year),
                n=row.n,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                non_school_days=frozenset(row.non_school_days),
            )
        )
    return {
        year: Calendars(year, half_terms=by_scope, links=links, affiliations=affiliations)
        for year, by_scope in half_terms.items()
    }


def _settled(connection: sa.Connection, row: Row, half_terms: list[HalfTerm]) -> Iterator[Fact]:
    owed = assignments.obligations(half_terms, row.kinds, starts_on=row.starts_on)
    rows = connection.execute(sa.text(OBLIGATIONS), {"id": row.id}).mappings()
    known = [assignments.Owed(**each) for each in rows]
    if owed == known:
        return
    connection.execute(sa.text("DELETE FROM obligations WHERE assignment_id = :id"), {"id": row.id})
    for each in owed:
        values = {"id": row.id, "urn": row.urn, "pd_lead_id": row.pd_lead_id, **_fields(each)}
        connection.execute(sa.text(PUT_OBLIGATION), values)
    connection.execute(
        sa.text("UPDATE assignments SET revision = revision + 1 WHERE id = :id"), {"id": row.id}
    )
    event = PDLeadAssigned(
        assignment_id=row.id,
        urn=row.urn,
        pd_lead_id=row.pd_lead_id,
        programme=row.programme,
        starts_on=row.starts_on,
        obligations=[Obligation(**_fields(each)) for each in owed],
    )
    yield event, row.changed_at


def _visits(connection: sa.Connection, assignment: Row, calendars: Calendars) -> Iterator[Fact]:
    for row in connection.execute(sa.text(VISITS), {"id": assignment.id}).all():
        half_term = calendars.half_term_on(assignment.urn, row.happened_on or day_in_england(row.planned_at))
        logged_on = None if row.logged_at is None else day_in_england(row.logged_at)
        held = visits.place(half_term, logged_on=logged_on, bank_holidays=bank_holidays())
        if held == visits.TermPlacement(half_term=row.half_term, out_of_term=row.out_of_term, late=row.late):
            continue
        told: Values = {
            "half_term": held.half_term,
            "out_of_term": held.out_of_term,
            "late": held.late,
        }
        connection.execute(sa.text(PUT_VISIT), {"id": row.id, **told})
        yield VisitRecalculated(visit_id=row.id, urn=row.urn, **told), row.changed_at


def _fields(owed: assignments.Owed) -> Values:
    return {
        "half_term": owed.half_term,
        "kind": owed.kind,
        "starts_on": owed.starts_on,
        "ends_on": owed.ends_on,
    }
