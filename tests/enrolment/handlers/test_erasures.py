"""Personal data of a teacher is erased; counts stay."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, enrol, events, group, leader, meeting, schools, teacher

from hub_enrolment.commands.mergers import AnonymiseTeacher, MergeTeachers
from hub_enrolment.handlers import erasures
from hub_enrolment.handlers.mergers import merge_teachers
from hub_enrolment.models import (
    ClassroomTask,
    Enrolment,
    SchoolMembership,
    TaskReport,
    Teacher,
    WorkGroup,
)
from hub_enrolment.store.mergers import counts
from hub_kernel.refusals import Conflict
from hub_platform.database import Sessions, made

TODAY = NOW.date()


YEAR_OVER = {"academic_year": "2024/25"}


def anonymise(session: Session, teacher_id: UUID) -> Teacher:
    command = AnonymiseTeacher(teacher_id=teacher_id, reason="asked_for")
    return erasures.anonymise_teacher(session, command, now=NOW, by=BY)


def erasable_teacher(session: Session) -> UUID:
    return teacher(
        session, schools(session)[0], given="Zuleika", family="Quixano", trn="5580077", phone="01223 7654321"
    )


def everything(session: Session) -> str:
    """All rows of all tables of the service as text."""
    names = session.scalars(
        sa.text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    ).all()
    return "\n".join(
        str(row)
        for name in names
        for row in session.execute(sa.text(f'SELECT CAST(t AS text) FROM "{name}" t')).scalars()  # noqa: S608
    )


def report_of(session: Session, place_id: UUID, work_group_id: UUID) -> TaskReport:
    """A report on a task, with a note about a teacher."""
    first, second = (meeting(session, work_group_id, starts_at=NOW + timedelta(n)) for n in (1, 8))
    task = ClassroomTask(
        id=uuid4(),
        work_group_id=work_group_id,
        set_in_session_id=first.id,
        due_before_session_id=second.id,
        prompt="Try it",
        **made(NOW, BY),
    )
    session.add(task)
    session.flush()
    report = TaskReport(
        task_id=task.id,
        enrolment_id=place_id,
        status="reported",
        note="Quixano says that it went well",
        pupils_n=28,
        **made(NOW, BY),
    )
    session.add(report)
    session.flush()
    return report


def test_nothing_that_names_them_is_left_in_any_table(session: Session) -> None:
    one, other = (
        erasable_teacher(session),
        teacher(session, schools(session)[0], given="Zuleika", family="Panza"),
    )
    on = group(session)
    place_id = enrol(session, on.id, one)
    report = report_of(session, place_id, on.id)
    merge_teachers(session, MergeTeachers(from_id=one, into_id=other, dry_run=False), now=NOW, by=BY)
    place = session.get_one(Enrolment, place_id)
    place.status, place.withdrawn_at, place.withdrawn_reason = "withdrawn", NOW, "workload"
    session.flush()
    before = counts(session, other)
    assert "Quixano" in everything(session)

    anonymise(session, other)

    kept = everything(session)
    for personal in ("Zuleika", "Quixano", "Panza", "5580077", "7654321"):
        assert personal not in kept
    assert counts(session, other) == before
    session.refresh(report)
    assert (report.note, report.status, report.pupils_n) == (None, "reported", 28)
    assert session.get_one(Teacher, one).anonymised_on == TODAY
    assert (
        session.scalars(sa.select(SchoolMembership.teacher_id)).all().count(other)
        == before["school_memberships"]
    )


def test_it_is_said_once_and_without_a_reason(session: Session) -> None:
    one = erasable_teacher(session)
    revision = anonymise(session, one).revision
    assert anonymise(session, one).revision == revision
    told = {"teacher_id": str(one), "anonymised_on": "2025-09-20"}
    assert events(session, "TeacherAnonymised") == [("TeacherAnonymised", told)]


def end(on: WorkGroup, status: str) -> None:
    """Let a group be over in one of its two ways, without what else follows from that."""
    if status == "closed":
        on.closed_at, on.closed_by, on.evaluation_submitted_on = NOW, BY, TODAY
    elif status == "cancelled":
        on.cancelled_at, on.cancelled_by, on.cancelled_reason = NOW, BY, "other"
    on.status = status


@pytest.mark.parametrize(
    ("of", "status", "refused"),
    [
        ({}, "recruiting", True),
        (YEAR_OVER, "recruiting", False),
        ({}, "closed", False),
        ({}, "cancelled", False),
    ],
)
def test_place_prevents_erasure_until_the_group_or_its_year_has_ended(
    session: Session, of: Mapping[str, Any], status: str, refused: bool
) -> None:
    one = erasable_teacher(session)
    lead = teacher(session, schools(session)[0])
    leader(session, lead, starts_on=date(2024, 9, 1))
    on = group(session, of=dict(of), lead_ids=[lead])
    enrol(session, on.id, one)
    end(on, status)
    session.flush()
    if not refused:
        assert anonymise(session, one).anonymised_on == TODAY
        return
    with pytest.raises(Conflict, match="holds_places"):
        anonymise(session, one)
    assert session.get_one(Teacher, one).family == "Quixano"


def test_an_erasure_that_fails_leaves_everything(database: Sessions) -> None:
    with database.begin() as session:
        one = erasable_teacher(session)
    with pytest.raises(RuntimeError), database.begin() as session:
        anonymise(session, one)
        raise RuntimeError
    with database() as session:
        assert session.get_one(Teacher, one).family == "Quixano"
        assert events(session, "TeacherAnonymised") == []


def test_database_has_no_name_of_an_erased_teacher(session: Session) -> None:
    one = erasable_teacher(session)
    anonymise(session, one)
    with pytest.raises(sa.exc.IntegrityError, match="ck_teachers_erased"):
        session.execute(sa.update(Teacher).where(Teacher.id == one).values(phone="01223 000000"))
