"""Lesson studies and their participants."""

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
    """A lesson study with its participants by part, and warnings about it."""

    row: LessonStudy
    parts: Parts
    warnings: Sequence[str] = ()


def find_lesson_study(session: Session, cycle_id: UUID, *, lock: bool = False) -> LessonStudy | None:
    """Return one lesson study, optionally locked; None when it is unknown."""
    return session.get(
        LessonStudy,
        cycle_id,
        populate_existing=True,
        with_for_update={"key_share": True} if lock else None,
    )


def list_lesson_studies(work_group_id: UUID) -> Select[LessonStudy]:
    """Select the lesson studies of one group."""
    return select(LessonStudy).where(LessonStudy.work_group_id == work_group_id)


def describe(session: Session, rows: Collection[LessonStudy]) -> list[Described]:
    """Add participants to lesson studies, in one statement for any number of them."""
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
    """Return the lesson studies that a group has planned so far."""
    rows = session.scalars(list_lesson_studies(work_group_id)).all()
    return [
        Earlier(lesson_on=day_in_england(one.row.lesson_at), planners=frozenset(one.parts.planners))
        for one in describe(session, rows)
    ]
