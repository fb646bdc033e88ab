"""PD days, registrations and cancellations from before their events existed are published.

The day comes first, then its registrations in their order, then its cancellation. `downgrade` leaves the
events: they have been published.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from alembic import op

from hub_contracts import Event
from hub_contracts.enrolment import PDDayCancelled, PDDayRegistered, PDDayScheduled
from hub_messaging.backfill import record_missing

revision = "0010_pd_day_events"
down_revision = "0009_locations"

DAYS = """
SELECT id, kind, theme, title, day, starts_at, venue, capacity, closes_at, created_at, cancelled_reason,
       changed_at
FROM pd_days ORDER BY created_at, id
"""
# The school as in `domain.pd_days.school_on`: of the day itself, else the next one, else the last.
REGISTRATIONS = """
SELECT pd_day_id, teacher_id, registered_at, registered_on, (
         SELECT urn FROM school_memberships AS held WHERE held.teacher_id = registered.teacher_id
         ORDER BY (starts_on <= registered_on AND registered_on <= coalesce(ends_on, 'infinity')) DESC,
                  (starts_on > registered_on) DESC, abs(starts_on - registered_on), urn DESC LIMIT 1
       ) AS urn
FROM (SELECT *, (registered_at AT TIME ZONE 'Europe/London')::date AS registered_on
      FROM pd_day_registrations) AS registered
ORDER BY pd_day_id, registered_at, teacher_id
"""


def upgrade() -> None:
    record_missing(op.get_bind(), _facts(op.get_bind()))


def downgrade() -> None:
    pass


def _facts(connection: sa.Connection) -> Iterator[tuple[Event, datetime]]:
    rows = connection.execute(sa.text(REGISTRATIONS)).all()
    registered = {day_id: list(those) for day_id, those in groupby(rows, key=lambda row: row.pd_day_id)}
    for day in connection.execute(sa.text(DAYS)).all():
        yield _scheduled(day), day.created_at
        of_day = registered.get(day.id, [])
        for row in of_day:
            yield (
                PDDayRegistered(
                    pd_day_id=day.id, teacher_id=row.teacher_id, urn=row.urn, registered_on=row.registered_on
                ),
                row.registered_at,
            )
        if day.cancelled_reason is not None:
            cancelled = PDDayCancelled(pd_day_id=day.id, reason=day.cancelled_reason, teachers_n=len(of_day))
            yield cancelled, day.changed_at  # a cancelled day does not change any more


def _scheduled(day: sa.Row[tuple[object, ...]]) -> PDDayScheduled:
    return PDDayScheduled(
        pd_day_id=day.id,
        kind=day.kind,
        theme=day.theme,
        title=_one_line(day.title),
        on=day.day,
        starts_at=day.starts_at,
        venue=_one_line(day.venue),
        capacity=day.capacity,
        closes_at=day.closes_at,
    )


def _one_line(text: str | None) -> str | None:
    """Line breaks and tabs, which an earlier release took, as spaces: readers put this into headers."""
    return None if text is None else " ".join(text.split())
