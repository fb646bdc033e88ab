"""Events and messages with defaults, for tests of notifications."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from inspect import signature
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.notifications.fakes import NOW

from hub_contracts.enrolment import (
    ParticipantEnrolled,
    PlaceOffered,
    SchoolImported,
    SessionScheduled,
    WorkGroupOpened,
)
from hub_contracts.visits import VisitPlanned
from hub_messaging.envelope import Event
from hub_messaging.reactions import WITH_CONTEXT
from hub_messaging.tables import outbox
from hub_messaging.testing import delivered
from hub_notifications.domain.messages import Timing
from hub_notifications.handlers import hub, places, visits, work_groups
from hub_notifications.models import Message
from hub_platform.database import Sessions

GROUP = UUID("01920000-0000-7000-8000-0000000000aa")
SCHOOL = "110623"


def react(
    handler: Callable[..., None],
    session: Session,
    event: Event,
    revision: int = 1,
    *,
    happened_at: datetime = NOW,
    now: datetime = NOW,
) -> None:
    """Call a reaction with the delivery of an event, and with the times of scheduling if it takes them."""
    delivery = delivered(event, revision, at=happened_at)
    if len(signature(handler).parameters) == WITH_CONTEXT:
        handler(session, delivery, Timing(now=now))
    else:
        handler(session, delivery)


def group_opened(**changes: Any) -> WorkGroupOpened:
    """A Work Group on fractions."""
    facts: dict[str, Any] = {
        "work_group_id": GROUP,
        "title": "Fractions in Year 5",
        "academic_year": "2026/27",
        "strand": "development",
        "phases": ["primary"],
        "lead_ids": [uuid4()],
        "capacity": 20,
        "min_schools": 6,
        "min_teachers": 10,
        "max_teachers": 20,
        "opens_at": datetime(2026, 4, 1, tzinfo=UTC),
        "closes_at": datetime(2026, 9, 1, tzinfo=UTC),
    }
    return WorkGroupOpened(**(facts | changes))


def participant_enrolled(**changes: Any) -> ParticipantEnrolled:
    """A new participant of the group."""
    facts: dict[str, Any] = {
        "enrolment_id": uuid4(),
        "work_group_id": GROUP,
        "teacher_id": uuid4(),
        "urn": SCHOOL,
        "role": "participant",
        "enrolled_on": date(2026, 9, 7),
    }
    return ParticipantEnrolled(**(facts | changes))


def place_offered(**changes: Any) -> PlaceOffered:
    """A place that is kept until the end of 14 September in England."""
    facts: dict[str, Any] = {
        "waiting_id": uuid4(),
        "work_group_id": GROUP,
        "teacher_id": uuid4(),
        "urn": SCHOOL,
        "expires_at": datetime(2026, 9, 14, 23, 0, tzinfo=UTC),
    }
    return PlaceOffered(**(facts | changes))


def session_scheduled(**changes: Any) -> SessionScheduled:
    """The first session, on 6 October at four o'clock in England."""
    facts: dict[str, Any] = {
        "session_id": uuid4(),
        "work_group_id": GROUP,
        "seq": 1,
        "starts_at": datetime(2026, 10, 6, 15, 0, tzinfo=UTC),
        "ends_at": datetime(2026, 10, 6, 17, 0, tzinfo=UTC),
        "mode": "school_hosted",
        "host_urn": SCHOOL,
        "ics_sequence": 0,
    }
    return SessionScheduled(**(facts | changes))


def visit_planned(**changes: Any) -> VisitPlanned:
    """A support visit on 20 November."""
    facts: dict[str, Any] = {
        "visit_id": uuid4(),
        "assignment_id": uuid4(),
        "urn": SCHOOL,
        "pd_lead_id": uuid4(),
        "planned_at": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        "kind": "support",
    }
    return VisitPlanned(**(facts | changes))


def school_imported(**changes: Any) -> SchoolImported:
    """A primary school."""
    facts: dict[str, Any] = {
        "urn": SCHOOL,
        "name": "St Ives & Fen <Primary>",
        "la_code": "873",
        "la_name": "Cambridgeshire",
        "phase": "primary",
        "type_code": 1,
        "type_group": 4,
        "eligible": True,
        "status": "open",
    }
    return SchoolImported(**(facts | changes))


def know_the_basics(sessions: Sessions) -> None:
    """Announce the school and the group."""
    with sessions.begin() as session:
        react(hub.on_school_changed, session, school_imported())
        react(work_groups.on_group_changed, session, group_opened())


def enrol(sessions: Sessions, n: int = 1) -> list[ParticipantEnrolled]:
    """Announce n new participants."""
    events = [participant_enrolled() for _ in range(n)]
    with sessions.begin() as session:
        for event in events:
            react(places.on_participant_enrolled, session, event)
    return events


def schedule(sessions: Sessions, **changes: Any) -> SessionScheduled:
    """Announce a session."""
    event = session_scheduled(**changes)
    with sessions.begin() as session:
        react(work_groups.on_session_changed, session, event)
    return event


def plan(sessions: Sessions, **changes: Any) -> VisitPlanned:
    """Announce a visit."""
    event = visit_planned(**changes)
    with sessions.begin() as session:
        react(visits.on_visit_planned, session, event)
    return event


def messages(sessions: Sessions) -> list[Message]:
    """All of them, oldest first."""
    with sessions() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def published(sessions: Sessions) -> list[Any]:
    """The outbox rows in order."""
    with sessions() as session:
        return list(session.execute(select(outbox).order_by(outbox.c.position)))
