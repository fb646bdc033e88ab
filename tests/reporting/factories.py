"""Events as other services publish them; a test states only the fields that matter to it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

from hub_contracts import Event, vocabulary
from hub_contracts.enrolment import (
    AttendanceCorrected,
    LeaderAppointed,
    Mark,
    ParticipantEnrolled,
    PDDayAttendance,
    PDDayHeld,
    SchoolConnected,
    SchoolImported,
    SessionCancelled,
    SessionCompleted,
    SessionRescheduled,
    SessionScheduled,
    WorkGroupOpened,
)
from hub_contracts.visits import Obligation, PDLeadAssigned, VisitLogged
from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Envelope

HUB = "cambridge"
YEAR = "2025/26"
NOON = datetime(2025, 10, 1, 12, tzinfo=UTC)
_NAMESPACE = UUID("7b0d5a52-38a5-4d4a-9c3c-0d9a4d8a9b11")


def an_id(name: str) -> UUID:
    """Return an id that is the same for the same name."""
    return uuid5(_NAMESPACE, name)


def delivered(
    event: Event, revision: int = 1, *, hub: str = HUB, at: datetime = NOON, id_: str | None = None
) -> Delivery[Any]:
    """Return the delivery of an event."""
    envelope = Envelope(
        id=an_id(id_ or f"{hub}/{event.type}/{event.subject}/{revision}"),
        source=f"/hubs/{hub}/{event.publisher}",
        type=event.type,
        version=1,
        subject=event.subject,
        revision=revision,
        time=at,
        data={},
    )
    return Delivery(event, envelope, b"")


def in_order(events: Iterable[Event], **kwargs: Any) -> list[Delivery[Any]]:
    """Return the deliveries of events, with revisions in their order within each subject."""
    revisions, deliveries = Counter[str](), []
    for event in events:
        revisions[event.subject] += 1
        deliveries.append(delivered(event, revisions[event.subject], **kwargs))
    return deliveries


def school(urn: str, **others: Any) -> SchoolImported:
    """Return the import of a school of Cambridgeshire."""
    plain = SchoolImported(
        urn=urn,
        name=f"School {urn}",
        la_code="873",
        la_name="Cambridgeshire",
        district_code="E07000012",
        district_name="South Cambridgeshire",
        phase=vocabulary.Phase.PRIMARY,
        type_code=1,
        type_group=4,
        eligible=True,
        status=vocabulary.SchoolStatus.OPEN,
        easting=545_000,
        northing=258_000,
    )
    return replace(plain, **others)


def connected(urn: str, on: date = date(2025, 9, 1), via: str = "work_group") -> SchoolConnected:
    """Return a school's first contact with the hub."""
    return SchoolConnected(urn=urn, connected_on=on, via=vocabulary.ConnectionRoute(via))


def group(name: str, **others: Any) -> WorkGroupOpened:
    """Return the opening of a Work Group."""
    plain = WorkGroupOpened(
        work_group_id=an_id(name),
        title=name,
        academic_year=YEAR,
        strand=vocabulary.Strand.DEVELOPMENT,
        phases=[vocabulary.Phase.PRIMARY],
        lead_ids=[an_id(f"lead of {name}")],
        capacity=20,
        min_schools=6,
        min_teachers=10,
        max_teachers=20,
        opens_at=datetime(2025, 5, 1, 8, tzinfo=UTC),
        closes_at=datetime(2025, 9, 20, 8, tzinfo=UTC),
    )
    return replace(plain, **others)


def place(group_name: str, teacher: str, urn: str, on: date = date(2025, 6, 10)) -> ParticipantEnrolled:
    """Return the place of a teacher on a Work Group."""
    return ParticipantEnrolled(
        enrolment_id=an_id(f"{group_name}/{teacher}"),
        work_group_id=an_id(group_name),
        teacher_id=an_id(teacher),
        urn=urn,
        role=vocabulary.ParticipantRole.LEAD_PARTICIPANT,
        enrolled_on=on,
    )


def session(group_name: str, seq: int, on: date) -> SessionScheduled:
    """Return a scheduled session of a Work Group."""
    return SessionScheduled(
        session_id=an_id(f"{group_name}#{seq}"),
        work_group_id=an_id(group_name),
        seq=seq,
        starts_at=datetime(on.year, on.month, on.day, 13, tzinfo=UTC),
        ends_at=datetime(on.year, on.month, on.day, 16, tzinfo=UTC),
        mode=vocabulary.MeetingMode.IN_PERSON,
        ics_sequence=0,
    )


def moved(group_name: str, seq: int, on: date) -> SessionRescheduled:
    """Return the same session rescheduled."""
    return SessionRescheduled(**vars(session(group_name, seq, on)) | {"ics_sequence": 1})


def cancelled(group_name: str, seq: int, on: date) -> SessionCancelled:
    """Return the cancellation of a session."""
    weather = vocabulary.SessionCancellationReason.WEATHER
    return SessionCancelled(**vars(session(group_name, seq, on)) | {"ics_sequence": 2}, reason=weather)


def corrected(group_name: str, seq: int, teacher: str, old: str, new: str) -> AttendanceCorrected:
    """Return the correction of a mark of a locked register."""
    return AttendanceCorrected(
        session_id=an_id(f"{group_name}#{seq}"),
        work_group_id=an_id(group_name),
        enrolment_id=an_id(f"{group_name}/{teacher}"),
        old=vocabulary.AttendanceMark(old),
        new=vocabulary.AttendanceMark(new),
        reason=vocabulary.CorrectionReason.REGISTER_MISTAKE,
    )


def pd_day(name: str, on: date, visitors: Sequence[tuple[str, str]], kind: str = "pd_day") -> PDDayHeld:
    """Return a PD day or conference that was held; `visitors` are teacher and URN."""
    return PDDayHeld(
        pd_day_id=an_id(name),
        kind=vocabulary.PDDayKind(kind),
        theme="reasoning",
        held_on=on,
        attendances=[PDDayAttendance(teacher_id=an_id(teacher), urn=urn) for teacher, urn in visitors],
    )


def register(group_name: str, seq: int, on: date, marks: Sequence[tuple[str, str, str]]) -> SessionCompleted:
    """Return a register; `marks` are teacher, URN and mark."""
    there = [urn for _, urn, mark in marks if mark in {"present", "late", "left_early"}]
    return SessionCompleted(
        session_id=an_id(f"{group_name}#{seq}"),
        work_group_id=an_id(group_name),
        held_on=on,
        marks=[
            Mark(enrolment_id=an_id(f"{group_name}/{t}"), urn=urn, mark=vocabulary.AttendanceMark(mark))
            for t, urn, mark in marks
        ],
        present_n=len(there),
        schools_present_n=len(set(there)),
    )


def post(teacher: str, urn: str, role: str = "amhl", **others: Any) -> LeaderAppointed:
    """Return the appointment to a hub role."""
    plain = LeaderAppointed(
        leader_role_id=an_id(f"{teacher} as {role}"),
        teacher_id=an_id(teacher),
        role=vocabulary.LeaderRole(role),
        urn=urn,
        core_leadership=role != "pd_lead",
        starts_on=date(2024, 9, 1),
    )
    return replace(plain, **others)


HALF_TERMS = {
    "2025-1": (date(2025, 9, 3), date(2025, 10, 24)),
    "2025-2": (date(2025, 11, 3), date(2025, 12, 19)),
    "2025-3": (date(2026, 1, 5), date(2026, 2, 13)),
    "2025-4": (date(2026, 2, 23), date(2026, 3, 27)),
    "2025-5": (date(2026, 4, 13), date(2026, 5, 22)),
    "2025-6": (date(2026, 6, 1), date(2026, 7, 21)),
}


def assignment(
    urn: str,
    *,
    kinds: Sequence[str] = ("visit",),
    half_terms: Iterable[str] = tuple(HALF_TERMS),
    lead: str = "PD lead",
    programme: str = "opportunity_area",
) -> PDLeadAssigned:
    """Return the assignment of a PD lead with its obligations."""
    return PDLeadAssigned(
        assignment_id=an_id(f"{programme} at {urn}"),
        urn=urn,
        pd_lead_id=an_id(lead),
        programme=vocabulary.SupportProgramme(programme),
        starts_on=date(2025, 9, 1),
        obligations=[
            Obligation(half_term=h, kind=vocabulary.ObligationKind(kind), starts_on=first, ends_on=last)
            for h, (first, last) in ((h, HALF_TERMS[h]) for h in half_terms)
            for kind in kinds
        ],
    )


def visit(urn: str, half_term: str, on: date | None = None, **others: Any) -> VisitLogged:
    """Return a logged visit, by default on the third day of its half term."""
    happened_on = on or HALF_TERMS[half_term][0].replace(day=HALF_TERMS[half_term][0].day + 2)
    plain = VisitLogged(
        visit_id=an_id(f"visit to {urn} in {half_term} {others.get('kind', 'support')}"),
        assignment_id=an_id(f"opportunity_area at {urn}"),
        urn=urn,
        pd_lead_id=an_id("PD lead"),
        happened_on=happened_on,
        half_term=half_term,
        kind=vocabulary.VisitKind.SUPPORT,
        half_days=1,
        focus=[vocabulary.VisitFocus.TFM],
        people_met_roles=["maths_lead"],
        actions_n=1,
        late=False,
        out_of_term=False,
    )
    return replace(plain, **others)
