"""The answer to `GET /teachers/…/places`: a teacher's places, requests and registrations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from hub_enrolment.domain import applications
from hub_enrolment.models import (
    Application,
    ApplicationParticipant,
    Enrolment,
    PDDay,
    PDDayAttendance,
    PDDayRegistration,
    Programme,
    WaitingEntry,
    WorkGroup,
)
from hub_enrolment.store import waiting_list


@dataclass(frozen=True)
class HeldPlace:
    """A place with its Work Group and programme."""

    row: Enrolment
    group: WorkGroup
    programme: Programme

    @property
    def completed(self) -> bool | None:
        """Whether the teacher has completed the Work Group; None until that is decided."""
        return None if self.row.completion_decided_at is None else self.row.status == "completed"


@dataclass(frozen=True)
class Waiting:
    """An entry on a waiting list with its Work Group and programme."""

    row: WaitingEntry
    position: int | None  # 1 is offered the next place; None for a teacher who does not wait
    group: WorkGroup
    programme: Programme


@dataclass(frozen=True)
class OpenApplication:
    """An open application that names the teacher."""

    row: Application
    role: str
    group: WorkGroup
    programme: Programme


@dataclass(frozen=True)
class PDDayOfTeacher:
    """A PD day for which the teacher has registered or which they have attended."""

    day: PDDay
    registered_at: datetime | None  # None for a teacher who came without registering
    urn: str | None  # the school that their attendance counts for; None for a teacher who did not come

    @property
    def attended(self) -> bool | None:
        """Whether the teacher came; None until the register has been taken."""
        return self.urn is not None if self.day.status == "held" else None


@dataclass(frozen=True, kw_only=True)
class TeacherPlaces:
    """The places, waiting-list entries, open applications and PD days of a teacher, the latest first."""

    teacher_id: UUID
    places: Sequence[HeldPlace]
    waiting_list: Sequence[Waiting]
    applications: Sequence[OpenApplication]
    pd_days: Sequence[PDDayOfTeacher]


def places_of_teacher(session: Session, teacher_id: UUID) -> TeacherPlaces:
    """Return the places, waiting-list entries, open applications and PD days of one teacher."""
    return TeacherPlaces(
        teacher_id=teacher_id,
        places=_places(session, teacher_id),
        waiting_list=_waiting(session, teacher_id),
        applications=_applications(session, teacher_id),
        pd_days=_pd_days(session, teacher_id),
    )


def _places(session: Session, teacher_id: UUID) -> list[HeldPlace]:
    rows = session.execute(
        select(Enrolment, WorkGroup, Programme)
        .join(WorkGroup, WorkGroup.id == Enrolment.work_group_id)
        .join(Programme, Programme.id == WorkGroup.programme_id)
        .where(Enrolment.teacher_id == teacher_id)
        .order_by(Enrolment.enrolled_at.desc(), Enrolment.id.desc())
    )
    return [HeldPlace(*row) for row in rows]


def _waiting(session: Session, teacher_id: UUID) -> list[Waiting]:
    rows = session.execute(
        select(WaitingEntry, WorkGroup, Programme)
        .join(WorkGroup, WorkGroup.id == WaitingEntry.work_group_id)
        .join(Programme, Programme.id == WorkGroup.programme_id)
        .where(WaitingEntry.teacher_id == teacher_id)
        .order_by(WaitingEntry.created_at.desc(), WaitingEntry.id.desc())
    ).all()
    described = waiting_list.describe(session, [row for row, _, _ in rows])
    return [
        Waiting(entry.row, entry.position, group, programme)
        for entry, (_, group, programme) in zip(described, rows, strict=True)
    ]


def _applications(session: Session, teacher_id: UUID) -> list[OpenApplication]:
    rows = session.execute(
        select(Application, ApplicationParticipant.role, WorkGroup, Programme)
        .join(ApplicationParticipant, ApplicationParticipant.application_id == Application.id)
        .join(WorkGroup, WorkGroup.id == Application.work_group_id)
        .join(Programme, Programme.id == WorkGroup.programme_id)
        .where(ApplicationParticipant.teacher_id == teacher_id, Application.status.in_(applications.OPEN))
        .order_by(Application.id.desc())
    )
    return [OpenApplication(*row) for row in rows]


def _pd_days(session: Session, teacher_id: UUID) -> list[PDDayOfTeacher]:
    registered = and_(PDDayRegistration.pd_day_id == PDDay.id, PDDayRegistration.teacher_id == teacher_id)
    attended = and_(PDDayAttendance.pd_day_id == PDDay.id, PDDayAttendance.teacher_id == teacher_id)
    rows = session.execute(
        select(PDDay, PDDayRegistration.registered_at, PDDayAttendance.urn)
        .outerjoin(PDDayRegistration, registered)
        .outerjoin(PDDayAttendance, attended)
        .where(or_(PDDayRegistration.teacher_id.is_not(None), PDDayAttendance.teacher_id.is_not(None)))
        .order_by(PDDay.day.desc(), PDDay.id.desc())
    )
    return [PDDayOfTeacher(*row) for row in rows]
