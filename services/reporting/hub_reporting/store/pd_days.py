"""Attendance at PD days and conferences, as values of the domain."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_reporting.domain import engagement
from hub_reporting.domain.periods import Period
from hub_reporting.models import PDDay, PDDayVisitor


def pd_day_activities(session: Session, hub: str, period: Period) -> list[engagement.Activity]:
    """Return each school with a teacher at a PD day or conference in the period."""
    rows = session.execute(
        sa.select(
            PDDayVisitor.urn,
            PDDay.kind,
            sa.func.min(PDDay.held_on),
            sa.func.count(PDDay.pd_day_id.distinct()),
        )
        .join(
            PDDayVisitor,
            sa.and_(
                PDDayVisitor.hub == PDDay.hub,
                PDDayVisitor.pd_day_id == PDDay.pd_day_id,
                PDDayVisitor.revision == PDDay.revision,
            ),
        )
        .where(PDDay.hub == hub, PDDay.held_on.between(period.starts_on, period.last_counted))
        .group_by(PDDayVisitor.urn, PDDay.kind)
    )
    return [engagement.Activity._make(row) for row in rows]
