"""Projections of events about Work Groups, places, sessions and registers."""

from datetime import datetime
from typing import Final

from hub_contracts.enrolment import (
    ApologiesReceived,
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
    AttendanceCorrected,
    LessonStudyPlanned,
    LessonStudyReviewed,
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    PlaceOffered,
    PlaceOfferExpired,
    PlaceOfferExtended,
    PlaceSchoolCorrected,
    SchoolEnrolled,
    SessionCancelled,
    SessionCompleted,
    SessionRescheduled,
    SessionScheduled,
    WaitingListJoined,
    WaitingListLeft,
    WithdrawalUndone,
    WorkGroupCancelled,
    WorkGroupChanged,
    WorkGroupClosed,
    WorkGroupConfirmed,
    WorkGroupFellBelowMinimum,
    WorkGroupOpened,
)
from hub_reporting.domain.work_groups import Announcement, Ending
from hub_reporting.models import (
    Completion,
    CorrectedMark,
    GroupEnding,
    GroupState,
    Mark,
    Place,
    Register,
    SchoolOnGroup,
    Session,
    Withdrawal,
    WorkGroup,
)
from hub_reporting.steps.projected import Projections, Rows, no_rows, projection, row


def on_work_group_described(event: WorkGroupOpened | WorkGroupChanged, _time: datetime) -> Rows:
    """Record a Work Group with its latest terms."""
    yield row(
        WorkGroup,
        work_group_id=event.work_group_id,
        title=event.title,
        ncp_code=event.ncp_code,
        academic_year=event.academic_year,
        strand=event.strand,
        phases=list[str](event.phases),
        lead_ids=list(event.lead_ids),
        capacity=event.capacity,
        min_schools=event.min_schools,
        min_teachers=event.min_teachers,
        max_teachers=event.max_teachers,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
    )


def on_work_group_confirmed(event: WorkGroupConfirmed, time: datetime) -> Rows:
    """Record that a Work Group will take place."""
    yield row(
        GroupState,
        work_group_id=event.work_group_id,
        said_at=time,
        state=Announcement.CONFIRMED,
        teachers_n=event.teachers_n,
        schools_n=event.schools_n,
        overridden=event.overridden,
    )


def on_work_group_fell_below(event: WorkGroupFellBelowMinimum, time: datetime) -> Rows:
    """Record that a Work Group has fewer teachers or schools than its minimum."""
    yield row(
        GroupState,
        work_group_id=event.work_group_id,
        said_at=time,
        state=Announcement.BELOW_MINIMUM,
        teachers_n=event.teachers_n,
        schools_n=event.schools_n,
        overridden=False,
    )


def on_work_group_cancelled(event: WorkGroupCancelled, time: datetime) -> Rows:
    """Record the cancellation of a Work Group; its places and sessions have events of their own."""
    yield row(
        GroupEnding,
        work_group_id=event.work_group_id,
        ending=Ending.CANCELLED,
        reason=event.reason,
        ended_at=time,
    )


def on_work_group_closed(event: WorkGroupClosed, time: datetime) -> Rows:
    """Record that a Work Group was closed after its evaluation."""
    yield row(
        GroupEnding, work_group_id=event.work_group_id, ending=Ending.CLOSED, reason=None, ended_at=time
    )


def on_school_enrolled(event: SchoolEnrolled, _time: datetime) -> Rows:
    """Record a school on a Work Group."""
    yield row(
        SchoolOnGroup,
        work_group_id=event.work_group_id,
        urn=event.urn,
        academic_year=event.academic_year,
        lead_participants_n=event.lead_participants_n,
    )


def on_place_described(event: ParticipantEnrolled | PlaceSchoolCorrected, _time: datetime) -> Rows:
    """Record a place with the school that it counts for."""
    yield row(
        Place,
        enrolment_id=event.enrolment_id,
        work_group_id=event.work_group_id,
        teacher_id=event.teacher_id,
        urn=event.urn,
        role=event.role,
        enrolled_on=event.enrolled_on,
    )


def on_participant_withdrawn(event: ParticipantWithdrawn, time: datetime) -> Rows:
    """Record a withdrawal."""
    yield row(
        Withdrawal,
        enrolment_id=event.enrolment_id,
        reason=event.reason,
        withdrawn_on=event.withdrawn_on,
        withdrawn_at=time,
    )


def on_withdrawal_undone(event: WithdrawalUndone, _time: datetime) -> Rows:
    """Empty a withdrawal: the place counts as held without a break."""
    yield row(Withdrawal, enrolment_id=event.enrolment_id, reason=None, withdrawn_on=None, withdrawn_at=None)


def on_participant_completed(event: ParticipantCompleted, _time: datetime) -> Rows:
    """Record a completed place."""
    yield row(Completion, enrolment_id=event.enrolment_id, completed_on=event.completed_on)


def on_session_described(
    event: SessionScheduled | SessionRescheduled | SessionCancelled, time: datetime
) -> Rows:
    """Record a session as scheduled, rescheduled or cancelled."""
    cancelled = isinstance(event, SessionCancelled)
    yield row(
        Session,
        session_id=event.session_id,
        work_group_id=event.work_group_id,
        seq=event.seq,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        mode=event.mode,
        host_urn=event.host_urn,
        cancelled=cancelled,
        cancelled_at=time if cancelled else None,
    )


def on_session_completed(event: SessionCompleted, _time: datetime) -> Rows:
    """Record a register with its marks."""
    yield row(
        Register,
        session_id=event.session_id,
        work_group_id=event.work_group_id,
        held_on=event.held_on,
        present_n=event.present_n,
        schools_present_n=event.schools_present_n,
    )
    for mark in event.marks:
        yield row(
            Mark,
            session_id=event.session_id,
            enrolment_id=mark.enrolment_id,
            urn=mark.urn,
            mark=mark.mark,
            notice_hours=mark.notice_hours,
        )


def on_attendance_corrected(event: AttendanceCorrected, _time: datetime) -> Rows:
    """Record a mark corrected after its register was locked."""
    yield row(
        CorrectedMark,
        session_id=event.session_id,
        enrolment_id=event.enrolment_id,
        mark=event.new,
        notice_hours=event.notice_hours,
    )


PROJECTIONS: Final[Projections] = dict(
    (
        projection(WorkGroupOpened, on_work_group_described),
        projection(WorkGroupChanged, on_work_group_described),
        projection(WorkGroupConfirmed, on_work_group_confirmed),
        projection(WorkGroupFellBelowMinimum, on_work_group_fell_below),
        projection(WorkGroupCancelled, on_work_group_cancelled),
        projection(WorkGroupClosed, on_work_group_closed),
        projection(SchoolEnrolled, on_school_enrolled),
        projection(ParticipantEnrolled, on_place_described),
        projection(PlaceSchoolCorrected, on_place_described),
        projection(ParticipantWithdrawn, on_participant_withdrawn),
        projection(WithdrawalUndone, on_withdrawal_undone),
        projection(ParticipantCompleted, on_participant_completed),
        projection(SessionScheduled, on_session_described),
        projection(SessionRescheduled, on_session_described),
        projection(SessionCancelled, on_session_described),
        projection(SessionCompleted, on_session_completed),
        projection(AttendanceCorrected, on_attendance_corrected),
        projection(ApologiesReceived, no_rows),  # a mark in the register has the hours of notice
        projection(LessonStudyPlanned, no_rows),
        projection(LessonStudyReviewed, no_rows),
        # Applications, offers and waiting lists are counted through the places that result from them.
        projection(ApplicationSubmitted, no_rows),
        projection(ApplicationAccepted, no_rows),
        projection(ApplicationWaitlisted, no_rows),
        projection(ApplicationDeclined, no_rows),
        projection(ApplicationWithdrawn, no_rows),
        projection(PlaceOffered, no_rows),
        projection(PlaceOfferExtended, no_rows),
        projection(PlaceOfferExpired, no_rows),
        projection(WaitingListJoined, no_rows),
        projection(WaitingListLeft, no_rows),
    )
)
