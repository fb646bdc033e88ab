"""The events of an autumn term: two Work Groups, a waiting list, an application, a PD day and two visits."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

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
from hub_contracts.visits import CalendarHalfTerm, CalendarSet, VisitCancelled, VisitPlanned
from hub_kernel.england import instant_in_england
from hub_notifications.domain.messages import Cause
from hub_notifications.handlers import (
    applications,
    hub,
    pd_days,
    places,
    visits,
    waiting_list,
    work_groups,
)

URN: Final = "110623"
FRACTIONS, RATIO = UUID(int=0xF1), UUID(int=0xF2)
NAMES: Final = ("ada", "bella", "carl", "dina", "emil", "fay", "gus", "hana", "ivan", "judy")
PERSON: Final = {name: UUID(int=0xA0 + n) for n, name in enumerate(NAMES)}
PEOPLE: Final = {str(person): name for name, person in PERSON.items()}
REVISIONS_FROM: Final = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Happening:
    """An event at an instant."""

    at: datetime
    event: Event
    revision: int = 0

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.event.subject


Handler = Callable[[Session, Any, Cause], None]
HANDLERS: Final[dict[type[Event], Handler]] = {
    HubDescribed: hub.on_hub_described,
    CalendarSet: hub.on_calendar_set,
    SchoolImported: hub.on_school_told,
    WorkGroupOpened: work_groups.on_group_terms,
    WorkGroupChanged: work_groups.on_group_terms,
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
}


def apply(session: Session, happening: Happening, *, now: datetime) -> None:
    """Let an event take effect."""
    cause = Cause(revision=happening.revision, happened_at=happening.at, now=now)
    HANDLERS[type(happening.event)](session, happening.event, cause)


def england(day: str, clock: str = "10:00") -> datetime:
    """An instant on a day by England's clock."""
    return instant_in_england(date.fromisoformat(day), time.fromisoformat(clock))


def autumn() -> list[Happening]:
    """The whole term in the order of time, with revisions."""
    listed = [*_background(), *_groups(), *_changes(), *_waiting(), *_days_and_visits()]
    revisions: dict[str, int] = {}
    found = []
    for each in sorted(listed, key=lambda one: one.at):
        revisions[each.subject] = revisions.get(each.subject, 0) + 1
        found.append(replace(each, revision=revisions[each.subject]))
    return found


def _background() -> list[Happening]:
    at = england("2026-09-01", "09:00")
    half_terms = [
        CalendarHalfTerm(n=1, starts_on=date(2026, 9, 1), ends_on=date(2026, 10, 23), non_school_days=[]),
        CalendarHalfTerm(n=2, starts_on=date(2026, 11, 2), ends_on=date(2026, 12, 18), non_school_days=[]),
        CalendarHalfTerm(n=3, starts_on=date(2027, 1, 4), ends_on=date(2027, 2, 12), non_school_days=[]),
    ]
    school = SchoolImported(
        urn=URN,
        name="Fenbrook Village College",
        la_code="873",
        la_name="Cambridgeshire",
        phase="secondary",
        type_code=1,
        type_group=4,
        eligible=True,
        status="open",
    )
    described = HubDescribed(
        name="Test Maths Hub",
        lead_school_urn=URN,
        area_la_codes=["873"],
        area_district_codes=[],
        extra_urns=[],
        excluded_urns=[],
        contact_name="Hub office",
        contact_email="office@hub.example",
    )
    calendar = CalendarSet(scope="hub", academic_year="2026/27", half_terms=half_terms)
    opened = [_opened(FRACTIONS, "Fractions in Year 5"), _opened(RATIO, "Ratio in Year 7")]
    return [Happening(at, event) for event in (calendar, school, described, *opened)]


def _opened(group: UUID, title: str) -> WorkGroupOpened:
    return WorkGroupOpened(**_terms(group, title))


def _terms(group: UUID, title: str) -> dict[str, Any]:
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


def _place(name: str, group: UUID) -> UUID:
    return UUID(int=PERSON[name].int * 0x1000 + group.int)


def _enrolled(name: str, group: UUID, *, before: UUID | None = None) -> ParticipantEnrolled:
    return ParticipantEnrolled(
        enrolment_id=_place(name, group),
        work_group_id=group,
        teacher_id=PERSON[name],
        urn=URN,
        role="participant",
        enrolled_on=date(2026, 9, 7),
        transferred_from=before,
    )


def _withdrawn(name: str, group: UUID, cause: str | None = None) -> ParticipantWithdrawn:
    return ParticipantWithdrawn(
        enrolment_id=_place(name, group),
        work_group_id=group,
        teacher_id=PERSON[name],
        urn=URN,
        reason="other" if cause else "workload",
        withdrawn_on=date(2026, 9, 20),
        cause=cause,
    )


def _session(group: UUID, seq: int, starts_at: datetime, **changes: Any) -> dict[str, Any]:
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


DATES: Final = ("2026-10-06", "2026-11-10", "2026-12-08")


def _groups() -> list[Happening]:
    """Five people get a place on Monday, three sessions get their dates on Wednesday evening."""
    monday, evening = england("2026-09-07"), england("2026-09-09", "19:30")
    people = [Happening(monday, _enrolled(name, FRACTIONS)) for name in ("ada", "bella", "carl")]
    people += [Happening(monday, _enrolled(name, RATIO)) for name in ("dina", "emil")]
    sessions = [
        Happening(evening, SessionScheduled(**_session(group, n, england(day, "16:00"))))
        for group in (FRACTIONS, RATIO)
        for n, day in enumerate(DATES, start=1)
    ]
    return people + sessions


def _changes() -> list[Happening]:
    """A withdrawal, a move, a cancellation for snow, a new title, a transfer, and a cancelled Work Group."""
    moved = SessionRescheduled(
        **_session(FRACTIONS, 2, england("2026-11-17", "16:00"), ics_sequence=1, venue="The Old Library")
    )
    snow = _session(FRACTIONS, 3, england("2026-12-08", "16:00"), ics_sequence=1)
    renamed = WorkGroupChanged(**_terms(FRACTIONS, "Fractions in Year 6"), changed_fields=["title"])
    transfer, ending = england("2026-10-19"), england("2026-10-27", "11:00")
    return [
        Happening(england("2026-09-21", "20:00"), _withdrawn("carl", FRACTIONS)),
        Happening(england("2026-10-28", "12:00"), moved),  # in the half-term holiday
        Happening(england("2026-12-07", "21:00"), SessionCancelled(**snow, reason="weather")),
        Happening(england("2026-10-10"), renamed),
        Happening(transfer, _withdrawn("emil", RATIO, "transferred")),
        Happening(transfer, _enrolled("emil", FRACTIONS, before=_place("emil", RATIO))),
        Happening(
            ending, WorkGroupCancelled(work_group_id=RATIO, reason="funding", teachers_n=1, schools_n=1)
        ),
        *(
            Happening(
                ending,
                SessionCancelled(
                    **_session(RATIO, n, england(day, "16:00"), ics_sequence=1), reason="work_group_cancelled"
                ),
            )
            for n, day in enumerate(DATES, start=1)
            if n > 1
        ),
        Happening(ending, _withdrawn("dina", RATIO, "group_cancelled")),
    ]


def _waiting() -> list[Happening]:
    """Fay is offered a place and takes it; Gus waits for Ratio, and Hana's school has applied for it."""
    waits: dict[str, Any] = {
        "work_group_id": FRACTIONS,
        "teacher_id": PERSON["fay"],
        "urn": URN,
        "waiting_id": UUID(int=0xC1),
    }
    gus: dict[str, Any] = {
        "work_group_id": RATIO,
        "teacher_id": PERSON["gus"],
        "urn": URN,
        "waiting_id": UUID(int=0xC2),
    }
    applied: dict[str, Any] = {
        "application_id": UUID(int=0xD1),
        "work_group_id": RATIO,
        "urn": URN,
        "teachers_n": 1,
        "teacher_ids": [PERSON["hana"]],
    }
    taken, ending = england("2026-09-24"), england("2026-10-27", "11:00")
    return [
        Happening(england("2026-09-10"), WaitingListJoined(**waits)),
        Happening(england("2026-09-10"), WaitingListJoined(**gus)),
        Happening(england("2026-09-11"), ApplicationSubmitted(**applied, agreement_version="v1")),
        Happening(england("2026-09-12"), ApplicationWaitlisted(**applied)),  # a Saturday
        Happening(
            england("2026-09-21", "20:00"), PlaceOffered(**waits, expires_at=england("2026-09-29", "00:00"))
        ),
        Happening(taken, WaitingListLeft(**waits, cause="accepted")),
        Happening(taken, _enrolled("fay", FRACTIONS)),
        Happening(ending, WaitingListLeft(**gus, cause="group_cancelled")),
    ]


def _days_and_visits() -> list[Happening]:
    """Ivan's PD day is cancelled; Judy plans a visit, cancels it, and plans another one."""
    day = UUID(int=0xE1)
    first, second = UUID(int=0xE2), UUID(int=0xE3)
    visit: dict[str, Any] = {
        "urn": URN,
        "pd_lead_id": PERSON["judy"],
        "assignment_id": UUID(int=0xE4),
        "kind": "support",
    }
    return [
        Happening(
            england("2026-09-14"),
            PDDayScheduled(
                pd_day_id=day,
                kind="pd_day",
                theme="reasoning",
                title="Reasoning",
                on=date(2026, 11, 20),
                starts_at=england("2026-11-20", "09:30"),
                venue="The Guildhall",
                closes_at=england("2026-11-19"),
            ),
        ),
        Happening(
            england("2026-09-15"),
            PDDayRegistered(
                pd_day_id=day, teacher_id=PERSON["ivan"], urn=URN, registered_on=date(2026, 9, 15)
            ),
        ),
        Happening(
            england("2026-11-05"), PDDayCancelled(pd_day_id=day, reason="venue_unavailable", teachers_n=1)
        ),
        Happening(
            england("2026-09-16"),
            VisitPlanned(visit_id=first, planned_at=england("2026-10-01", "09:30"), **visit),
        ),
        Happening(england("2026-09-17"), VisitCancelled(visit_id=first, urn=URN, reason="ofsted")),
        Happening(
            england("2026-09-18"),
            VisitPlanned(visit_id=second, planned_at=england("2026-11-12", "09:30"), **visit),
        ),
    ]
