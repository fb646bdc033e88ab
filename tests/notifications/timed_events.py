"""Events that happen at instants of a term, and how each takes effect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session
from tests.notifications.factories import react

from hub_contracts.enrolment import (
    ApplicationSubmitted,
    ApplicationWaitlisted,
    HubDescribed,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    PDDayCancelled,
    PDDayRegistered,
    PDDayScheduled,
    PlaceOffered,
    SchoolImported,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
    WaitingListJoined,
    WaitingListLeft,
    WorkGroupCancelled,
    WorkGroupChanged,
    WorkGroupOpened,
)
from hub_contracts.events import Event
from hub_contracts.visits import (
    CalendarSet,
    PDLeadAssigned,
    PDLeadUnassigned,
    VisitCancelled,
    VisitPlanned,
    VisitReassigned,
)
from hub_contracts.vocabulary import ParticipantRole, WithdrawalCause, WithdrawalReason
from hub_kernel.england import instant_in_england
from hub_notifications.handlers import (
    applications,
    hand_overs,
    hub,
    pd_days,
    places,
    visits,
    waiting_list,
    work_groups,
)

URN: Final = "110623"
FRACTIONS, RATIO = UUID(int=0xF1), UUID(int=0xF2)
NAMES: Final = ("ada", "bella", "carl", "dina", "emil", "fay", "gus", "hana", "ivan", "judy", "kate")
PERSON: Final = {name: UUID(int=0xA0 + n) for n, name in enumerate(NAMES)}
PEOPLE: Final = {str(person): name for name, person in PERSON.items()}
REVISIONS_FROM: Final = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class TimedEvent:
    """An event at an instant."""

    at: datetime
    event: Event
    revision: int = 0

    @property
    def subject(self) -> str:
        """The subject of the event."""
        return self.event.subject


Handler = Callable[..., None]
HANDLERS: Final[dict[type[Event], Handler]] = {
    HubDescribed: hub.on_hub_described,
    CalendarSet: hub.on_calendar_set,
    SchoolImported: hub.on_school_changed,
    WorkGroupOpened: work_groups.on_group_changed,
    WorkGroupChanged: work_groups.on_group_changed,
    WorkGroupCancelled: work_groups.on_group_cancelled,
    SessionScheduled: work_groups.on_session_changed,
    SessionRescheduled: work_groups.on_session_changed,
    SessionCancelled: work_groups.on_session_changed,
    ParticipantEnrolled: places.on_participant_enrolled,
    ParticipantWithdrawn: places.on_place_ended,
    WaitingListJoined: waiting_list.on_waiting_list_changed,
    PlaceOffered: waiting_list.on_waiting_list_changed,
    WaitingListLeft: waiting_list.on_waiting_list_changed,
    ApplicationSubmitted: applications.on_application_changed,
    ApplicationWaitlisted: applications.on_application_changed,
    PDDayScheduled: pd_days.on_pd_day_scheduled,
    PDDayRegistered: pd_days.on_pd_day_registered,
    PDDayCancelled: pd_days.on_pd_day_cancelled,
    VisitPlanned: visits.on_visit_planned,
    VisitCancelled: visits.on_visit_ended,
    VisitReassigned: visits.on_visit_reassigned,
    PDLeadAssigned: hand_overs.on_pd_lead_assigned,
    PDLeadUnassigned: hand_overs.on_pd_lead_unassigned,
}


def apply(session: Session, timed: TimedEvent, *, now: datetime) -> None:
    """Let an event take effect."""
    handler = HANDLERS[type(timed.event)]
    react(handler, session, timed.event, timed.revision, happened_at=timed.at, now=now)


def england(day: str, clock: str = "10:00") -> datetime:
    """An instant on a day by England's clock."""
    return instant_in_england(date.fromisoformat(day), time.fromisoformat(clock))


def opened(group: UUID, title: str) -> WorkGroupOpened:
    """A Work Group takes teachers."""
    return WorkGroupOpened(**terms(group, title))


def terms(group: UUID, title: str) -> dict[str, Any]:
    """All terms of a Work Group."""
    return {
        "work_group_id": group,
        "title": title,
        "academic_year": "2026/27",
        "strand": "development",
        "phases": ["primary"],
        "lead_ids": [UUID(int=0xB0)],
        "capacity": 20,
        "min_schools": 6,
        "min_teachers": 10,
        "max_teachers": 20,
        "opens_at": england("2026-04-01"),
        "closes_at": england("2026-10-01"),
    }


def place_of(name: str, group: UUID) -> UUID:
    """The id of a person's place on a Work Group."""
    return UUID(int=PERSON[name].int * 0x1000 + group.int)


def enrolled(name: str, group: UUID, *, before: UUID | None = None) -> ParticipantEnrolled:
    """A person gets a place."""
    return ParticipantEnrolled(
        enrolment_id=place_of(name, group),
        work_group_id=group,
        teacher_id=PERSON[name],
        urn=URN,
        role=ParticipantRole.PARTICIPANT,
        enrolled_on=date(2026, 9, 7),
        transferred_from=before,
    )


def withdrawn(name: str, group: UUID, cause: str | None = None) -> ParticipantWithdrawn:
    """A place ends."""
    return ParticipantWithdrawn(
        enrolment_id=place_of(name, group),
        work_group_id=group,
        teacher_id=PERSON[name],
        urn=URN,
        reason=WithdrawalReason("other" if cause else "workload"),
        withdrawn_on=date(2026, 9, 20),
        cause=WithdrawalCause(cause) if cause else None,
    )


def session(group: UUID, seq: int, starts_at: datetime, **changes: Any) -> dict[str, Any]:
    """The facts of a session."""
    facts: dict[str, Any] = {
        "session_id": UUID(int=group.int * 0x100 + seq),
        "work_group_id": group,
        "seq": seq,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "mode": "school_hosted",
        "host_urn": URN,
        "ics_sequence": 0,
    }
    return facts | changes
