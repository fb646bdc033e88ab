"""Publish the calendars that were set before CalendarSet existed."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from alembic import op

from hub_contracts.visits import CalendarHalfTerm, CalendarSet
from hub_messaging import backfill

revision = "0005_calendars_published"
down_revision = "0004_hub_clock"

# A scope with other characters was accepted once; no school has such a trust, and no event can name it.
CALENDARS = sa.text(
    """
    SELECT scope, academic_year, changed_at, n, starts_on, ends_on, non_school_days
    FROM calendars JOIN calendar_half_terms ON calendar_id = calendars.id
    WHERE scope ~ '^[A-Za-z0-9_:]{1,110}$'
    ORDER BY changed_at, scope, academic_year, n
    """
)


def upgrade() -> None:
    connection = op.get_bind()
    backfill.record_missing(connection, _facts(connection))


def downgrade() -> None:
    """Leave the events: they have been published."""


def _facts(connection: sa.Connection) -> Iterator[tuple[CalendarSet, datetime]]:
    rows = connection.execute(CALENDARS).all()
    for (scope, year, changed_at), half_terms in groupby(rows, lambda row: row[:3]):
        known = [
            CalendarHalfTerm(
                n=row.n,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                non_school_days=sorted(row.non_school_days),
            )
            for row in half_terms
        ]
        yield CalendarSet(scope=scope, academic_year=year, half_terms=known), changed_at
