"""Build the event about the register of a PD day."""

from collections.abc import Mapping
from uuid import UUID

from hub_contracts.enrolment import (
    PDDayAttendance,
    PDDayHeld,
)
from hub_contracts.vocabulary import PDDayKind
from hub_enrolment.models import PDDay


def held_event(day: PDDay, came: Mapping[UUID, str]) -> PDDayHeld:
    """Build the event about a day's register; `came`: the school for which each teacher was there."""
    return PDDayHeld(
        pd_day_id=day.id,
        kind=PDDayKind(day.kind),
        theme=day.theme,
        held_on=day.day,
        attendances=[PDDayAttendance(teacher_id=teacher_id, urn=urn) for teacher_id, urn in came.items()],
    )
