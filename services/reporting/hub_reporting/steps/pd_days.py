"""Projections of events about PD days and conferences."""

from datetime import datetime
from typing import Final

from hub_contracts.enrolment import PDDayCancelled, PDDayHeld, PDDayRegistered, PDDayScheduled
from hub_reporting.models import PDDay, PDDayVisitor
from hub_reporting.steps.projected import Projections, Rows, no_rows, projection, row


def on_pd_day_held(event: PDDayHeld, _time: datetime) -> Rows:
    """Record a PD day that was held, with the teachers who attended."""
    yield row(PDDay, pd_day_id=event.pd_day_id, kind=event.kind, theme=event.theme, held_on=event.held_on)
    for attendance in event.attendances:
        yield row(
            PDDayVisitor, pd_day_id=event.pd_day_id, teacher_id=attendance.teacher_id, urn=attendance.urn
        )


PROJECTIONS: Final[Projections] = dict(
    (
        projection(PDDayScheduled, no_rows),
        projection(PDDayRegistered, no_rows),
        projection(PDDayCancelled, no_rows),
        projection(PDDayHeld, on_pd_day_held),
    )
)
