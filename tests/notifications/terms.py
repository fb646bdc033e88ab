"""The events of an autumn term: two Work Groups, a waiting list, an application, a PD day and visits."""

# Long: one term, in one place.

from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from tests.notifications.timed_events import (
    FRACTIONS,
    PERSON,
    RATIO,
    URN,
    TimedEvent,
    england,
    enrolled,
    opened,
    place_of,
    session,
    terms,
    withdrawn,
)

from hub_contracts.enrolment import (
    ApplicationSubmitted,
    ApplicationWaitlisted,
    HubDescribed,
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
)
from hub_contracts.visits import (
    CalendarHalfTerm,
    CalendarSet,
    PDLeadAssigned,
    PDLeadUnassigned,
    VisitCancelled,
    VisitPlanned,
    VisitReassigned,
)
from hub_contracts.vocabulary import (
    PDDayCancellationReason,
    PDDayKind,
    Phase,
    SchoolStatus,
    SessionCancellationReason,
    WaitingListExitCause,
    WorkGroupCancellationReason,
)


def autumn() -> list[TimedEvent]:
    """The whole term in the order of time, with revisions."""
    listed = [*_background(), *_groups(), *_changes(), *_waiting(), *_pd_day(), *_visits()]
    revisions: dict[str, int] = {}
    found = []
    for each in sorted(listed, key=lambda one: one.at):
        revisions[each.subject] = revisions.get(each.subject, 0) + 1
        found.append(replace(each, revision=revisions[each.subject]))
    return found


def _background() -> list[TimedEvent]:
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
        phase=Phase.SECONDARY,
        type_code=1,
        type_group=4,
        eligible=True,
        status=SchoolStatus.OPEN,
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
    groups = [opened(FRACTIONS, "Fractions in Year 5"), opened(RATIO, "Ratio in Year 7")]
    return [TimedEvent(at, event) for event in (calendar, school, described, *groups)]


DATES: Final = ("2026-10-06", "2026-11-10", "2026-12-08")


def _groups() -> list[TimedEvent]:
    """Five people get a place on Monday, three sessions get their dates on Wednesday evening."""
    monday, evening = england("2026-09-07"), england("2026-09-09", "19:30")
    people = [TimedEvent(monday, enrolled(name, FRACTIONS)) for name in ("ada", "bella", "carl")]
    people += [TimedEvent(monday, enrolled(name, RATIO)) for name in ("dina", "emil")]
    sessions = [
        TimedEvent(evening, SessionScheduled(**session(group, n, england(day, "16:00"))))
        for group in (FRACTIONS, RATIO)
        for n, day in enumerate(DATES, start=1)
    ]
    return people + sessions


def _changes() -> list[TimedEvent]:
    """A withdrawal, a move, a cancellation for snow, a new title, a transfer, and a cancelled Work Group."""
    moved = SessionRescheduled(
        **session(FRACTIONS, 2, england("2026-11-17", "16:00"), ics_sequence=1, venue="The Old Library")
    )
    snow = session(FRACTIONS, 3, england("2026-12-08", "16:00"), ics_sequence=1)
    renamed = WorkGroupChanged(**terms(FRACTIONS, "Fractions in Year 6"), changed_fields=["title"])
    transfer, ending = england("2026-10-19"), england("2026-10-27", "11:00")
    return [
        TimedEvent(england("2026-09-21", "20:00"), withdrawn("carl", FRACTIONS)),
        TimedEvent(england("2026-10-28", "12:00"), moved),  # in the half-term holiday
        TimedEvent(
            england("2026-12-07", "21:00"), SessionCancelled(**snow, reason=SessionCancellationReason.WEATHER)
        ),
        TimedEvent(england("2026-10-10"), renamed),
        TimedEvent(transfer, withdrawn("emil", RATIO, "transferred")),
        TimedEvent(transfer, enrolled("emil", FRACTIONS, before=place_of("emil", RATIO))),
        TimedEvent(
            ending,
            WorkGroupCancelled(
                work_group_id=RATIO, reason=WorkGroupCancellationReason.FUNDING, teachers_n=1, schools_n=1
            ),
        ),
        *(
            TimedEvent(
                ending,
                SessionCancelled(
                    **session(RATIO, n, england(day, "16:00"), ics_sequence=1),
                    reason=SessionCancellationReason.WORK_GROUP_CANCELLED,
                ),
            )
            for n, day in enumerate(DATES, start=1)
            if n > 1
        ),
        TimedEvent(ending, withdrawn("dina", RATIO, "group_cancelled")),
    ]


def _waiting() -> list[TimedEvent]:
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
        TimedEvent(england("2026-09-10"), WaitingListJoined(**waits)),
        TimedEvent(england("2026-09-10"), WaitingListJoined(**gus)),
        TimedEvent(england("2026-09-11"), ApplicationSubmitted(**applied, agreement_version="v1")),
        TimedEvent(england("2026-09-12"), ApplicationWaitlisted(**applied)),  # a Saturday
        TimedEvent(
            england("2026-09-21", "20:00"), PlaceOffered(**waits, expires_at=england("2026-09-29", "00:00"))
        ),
        TimedEvent(taken, WaitingListLeft(**waits, cause=WaitingListExitCause.ACCEPTED)),
        TimedEvent(taken, enrolled("fay", FRACTIONS)),
        TimedEvent(ending, WaitingListLeft(**gus, cause=WaitingListExitCause.GROUP_CANCELLED)),
    ]


def _pd_day() -> list[TimedEvent]:
    """Ivan registers for a PD day, which is cancelled."""
    day = UUID(int=0xE1)
    scheduled = PDDayScheduled(
        pd_day_id=day,
        kind=PDDayKind.PD_DAY,
        theme="reasoning",
        title="Reasoning",
        on=date(2026, 11, 20),
        starts_at=england("2026-11-20", "09:30"),
        venue="The Guildhall",
        closes_at=england("2026-11-19"),
    )
    registered = PDDayRegistered(
        pd_day_id=day, teacher_id=PERSON["ivan"], urn=URN, registered_on=date(2026, 9, 15)
    )
    cancelled = PDDayCancelled(pd_day_id=day, reason=PDDayCancellationReason.VENUE_UNAVAILABLE, teachers_n=1)
    return [
        TimedEvent(england("2026-09-14"), scheduled),
        TimedEvent(england("2026-09-15"), registered),
        TimedEvent(england("2026-11-05"), cancelled),
    ]


# Long: the events of three visits.
def _visits() -> list[TimedEvent]:
    """Judy plans a visit, cancels it, and plans two others; in the holidays Kate takes over the school."""
    first, second = UUID(int=0xE2), UUID(int=0xE3)
    visit: dict[str, Any] = {
        "urn": URN,
        "pd_lead_id": PERSON["judy"],
        "assignment_id": UUID(int=0xE4),
        "kind": "support",
    }
    planned, again = england("2026-10-01", "09:30"), england("2026-11-12", "09:30")
    third, before, after = UUID(int=0xE5), UUID(int=0xE4), UUID(int=0xE6)
    handed_over = england("2026-10-29", "15:00")
    assignment: dict[str, Any] = {"urn": URN, "programme": "opportunity_area"}
    to_kate: dict[str, Any] = {
        "urn": URN,
        "from_pd_lead_id": PERSON["judy"],
        "to_pd_lead_id": PERSON["kate"],
        "assignment_id": after,
        "kind": "support",
    }
    return [
        TimedEvent(
            england("2026-09-01", "11:00"),
            PDLeadAssigned(
                assignment_id=before,
                pd_lead_id=PERSON["judy"],
                starts_on=date(2026, 9, 1),
                obligations=[],
                **assignment,
            ),
        ),
        TimedEvent(
            handed_over,
            PDLeadUnassigned(
                assignment_id=before,
                pd_lead_id=PERSON["judy"],
                ended_on=date(2026, 11, 8),
                reason="workload",
                **assignment,
            ),
        ),
        TimedEvent(
            handed_over,
            PDLeadAssigned(
                assignment_id=after,
                pd_lead_id=PERSON["kate"],
                starts_on=date(2026, 11, 9),
                obligations=[],
                follows=before,
                **assignment,
            ),
        ),
        TimedEvent(handed_over, VisitReassigned(visit_id=second, planned_at=again, **to_kate)),
        TimedEvent(handed_over, VisitReassigned(visit_id=third, planned_at=england("2027-01-20"), **to_kate)),
        TimedEvent(
            england("2026-09-18"), VisitPlanned(visit_id=third, planned_at=england("2027-01-20"), **visit)
        ),
        TimedEvent(england("2026-09-16"), VisitPlanned(visit_id=first, planned_at=planned, **visit)),
        TimedEvent(england("2026-09-17"), VisitCancelled(visit_id=first, urn=URN, reason="ofsted")),
        TimedEvent(england("2026-09-18"), VisitPlanned(visit_id=second, planned_at=again, **visit)),
    ]
