"""Events and commands for visits, applied in this process, and the resulting events for reporting."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.reporting.factories import an_id, delivered

from hub_contracts import EVENTS, Event
from hub_contracts.enrolment import (
    LeaderAppointed,
    SchoolChanged,
    SchoolClosed,
    SchoolImported,
    SchoolSucceeded,
)
from hub_contracts.vocabulary import LeaderRole
from hub_kernel.refusals import Refused
from hub_messaging.delivery import Delivery
from hub_messaging.tables import outbox
from hub_platform.database import Sessions
from hub_platform.reaction_context import ReactionContext
from hub_visits.commands import LogVisit
from hub_visits.handlers import schools

FIRST: Final = date(2025, 9, 1)  # day of the year that is played


@dataclass(frozen=True)
class Said:
    """An event of enrolment, at the revision of its subject."""

    event: Event
    revision: int
    at: datetime


Act = Callable[[Session, datetime], object]  # of hub staff or a PD lead, at visits, at an instant


@dataclass(frozen=True)
class Step:
    """One event or command for visits, with its day."""

    on: date
    what: Said | Act


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def appointed(lead: UUID) -> LeaderAppointed:
    """A PD lead who works at a school that is not supported."""
    return LeaderAppointed(
        leader_role_id=an_id(f"role of {lead}"),
        teacher_id=lead,
        role=LeaderRole.PD_LEAD,
        urn="980099",
        core_leadership=False,
        starts_on=FIRST,
    )


def log_of(visit_id: UUID, kind: str, happened_on: date) -> LogVisit:
    """A visit took place."""
    present, size = (6, 8) if kind == "department_pd" else (None, None)
    return LogVisit(
        visit_id=visit_id,
        happened_on=happened_on,
        half_days=1,
        focus=[],
        people_met=[],
        note=None,
        actions=[],
        staff_present=present,
        department_size=size,
    )


def play(sessions: Sessions, steps: Iterable[Step]) -> int:
    """Apply the steps to visits, each in its own transaction; return the number of refused ones."""
    refused = 0
    for step in steps:
        try:
            with sessions.begin() as session:
                if isinstance(step.what, Said):
                    _tell(session, step.what, noon(step.on))
                else:
                    step.what(session, noon(step.on))
        except Refused:
            refused += 1
    return refused


def _tell(session: Session, said: Said, now: datetime) -> None:
    event, context = said.event, ReactionContext(now=now, by="visits")
    delivery: Delivery[Any] = delivered(event, said.revision, at=said.at)
    if isinstance(event, SchoolClosed):
        schools.on_school_closed(session, delivery, context)
    elif isinstance(event, SchoolSucceeded):
        schools.on_school_succeeded(session, delivery, context)
    elif isinstance(event, SchoolImported | SchoolChanged):
        schools.on_school_changed(session, delivery, context)
    elif isinstance(event, LeaderAppointed):
        schools.on_leader_changed(session, delivery)
    else:
        schools.on_workplace_changed(session, delivery)


def everything_said(sessions: Sessions, steps: Iterable[Step]) -> list[Delivery[Any]]:
    """Return enrolment's events of the steps and all published events of visits."""
    said = [step.what for step in steps if isinstance(step.what, Said)]
    with sessions() as session:
        rows = session.execute(sa.select(outbox).order_by(outbox.c.position)).all()
    return [delivered(each.event, each.revision, at=each.at) for each in said] + [
        delivered(EVENTS[row.type].from_data(row.data), row.revision, at=row.occurred_at) for row in rows
    ]
