"""Lesson studies with who takes part."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.lesson_studies import Earlier, Parts
from hub_enrolment.models import LessonStudy, LessonStudyPart
from hub_kernel.england import day_in_england


@dataclass(frozen=True)
class Described:
    """A lesson study as it is shown."""

    row: LessonStudy
    parts: Parts
    warnings: Sequence[str] = ()


def find_lesson_study(session: Session, cycle_id: UUID, *, lock: bool = False) -> LessonStudy | None:
    """One lesson study."""
    return session.get(
        LessonStudy,
        cycle_id,
        populate_existing=True,
        with_for_update={"key_share": True} if lock else None,
    )


def list_lesson_studies(work_group_id: UUID) -> Select[LessonStudy]:
    """The lesson studies of one work group."""
    return select(LessonStudy).where(LessonStudy.work_group_id == work_group_id)


def describe(session: Session, rows: Collection[LessonStudy]) -> list[Described]:
    """Lesson studies with their participants, in one statement however many they are."""
    found: defaultdict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for one in session.scalars(
        select(LessonStudyPart)
        .where(LessonStudyPart.cycle_id.in_([row.id for row in rows]))
        .order_by(LessonStudyPart.enrolment_id)
    ):
        found[one.cycle_id, one.part].append(one.enrolment_id)
    return [
        Described(
            row,
            Parts(
                teacher=found[row.id, "teacher"][0],
                planners=found[row.id, "planner"],
                observers=found[row.id, "observer"],
            ),
        )
        for row in rows
    ]


def earlier(session: Session, work_group_id: UUID) -> list[Earlier]:
    """The lesson studies that a group has put down."""
    rows = session.scalars(list_lesson_studies(work_group_id)).all()
    return [
        Earlier(lesson_on=day_in_england(one.row.lesson_at), planners=frozenset(one.parts.planners))
        for one in describe(session, rows)
    ]
