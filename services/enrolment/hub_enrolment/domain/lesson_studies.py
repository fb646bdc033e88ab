"""Rules about lesson studies: participants, host school and the order of the steps.

A lesson is planned by several participants, taught by one, observed by others, and then discussed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from hub_enrolment.domain.sessions import Place
from hub_kernel.england import day_in_england, spoken_date
from hub_kernel.refusals import Conflict, Refused


class LessonStudyStatus(StrEnum):
    """The status of a lesson study, in order."""

    PLANNED = "planned"
    TAUGHT = "taught"
    REVIEWED = "reviewed"


class LessonStudyPart(StrEnum):
    """The part of a participant in a lesson study."""

    PLANNER = "planner"
    TEACHER = "teacher"
    OBSERVER = "observer"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The enrolment ids of a lesson study's participants by part; the teacher may be a planner, too."""

    teacher: UUID
    planners: Sequence[UUID]  # at least one
    observers: Sequence[UUID]


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """Another lesson study of the group."""

    lesson_on: date
    planners: frozenset[UUID]


def check_parts(parts: Parts, places: Mapping[UUID, Place], *, lesson_at: datetime) -> None:
    """Raise unless each participant has a place on the group when the lesson begins.

    Raises:
        Refused: `named_twice`, `not_enrolled`.
    """
    named = {
        "/planner_enrolment_ids": parts.planners,
        "/observer_enrolment_ids": [*parts.observers, parts.teacher],  # the teacher cannot observe
        "/teacher_enrolment_id": [parts.teacher],
    }
    for pointer, ids in named.items():
        if len(set(ids)) < len(ids):
            raise Refused(
                "named_twice", "Name each participant once; the teacher cannot be an observer.", pointer
            )
        for enrolment_id in ids:
            place = places.get(enrolment_id)
            if place is None or not place.is_active(lesson_at):
                day = spoken_date(day_in_england(lesson_at))
                detail = f"Enrolment {enrolment_id} has no place on the Work Group for a lesson on {day}."
                raise Refused("not_enrolled", detail, pointer)


def check_host(host_urn: str, urns: Collection[str]) -> None:
    """Raise unless the host is a school of the group.

    Raises:
        Refused: `host_not_in_group`.
    """
    if host_urn not in urns:
        raise Refused(
            "host_not_in_group",
            "This school has no place on the Work Group; choose one of its schools as the host.",
            "/host_urn",
        )


def warnings(planners: Iterable[UUID], earlier: Iterable[Earlier], *, on: date) -> list[str]:
    """Return the warnings about a lesson study: `second_in_term`, `planner_again`.

    A group usually has one lesson a term, and each participant plans one in all; more is not refused.
    """
    known = list(earlier)
    found = ["second_in_term"] if any(term(one.lesson_on) == term(on) for one in known) else []
    again = any(planner in one.planners for planner in planners for one in known)
    return [*found, "planner_again"] if again else found


def term(day: date) -> tuple[int, int]:
    """Return the year and term of a day: 1 from January, 2 from April, 3 from September.

    An approximation: schools' own dates differ, and this is only used for a warning.
    """
    return day.year, 1 if day.month < 4 else 2 if day.month < 9 else 3


def teach(status: str, *, lesson_at: datetime, now: datetime) -> bool:
    """Return whether a lesson is newly taught, False if recorded already; raise unless it has begun.

    Raises:
        Conflict: `already_reviewed`; Refused: `lesson_to_come`.
    """
    if status == LessonStudyStatus.REVIEWED:
        raise Conflict("already_reviewed", "The lesson study has been reviewed already.")
    if now < lesson_at:
        raise Refused("lesson_to_come", "The lesson has not begun; record it as taught afterwards.")
    return status == LessonStudyStatus.PLANNED


def review(status: str, known_note: str | None, note: str) -> bool:
    """Return whether a review is new, False when the same is recorded already; raise unless it is due.

    Raises:
        Conflict: `not_taught`, `already_reviewed`.
    """
    if status == LessonStudyStatus.PLANNED:
        raise Conflict("not_taught", "The lesson has not been taught; record that first.")
    if status == LessonStudyStatus.REVIEWED and known_note != note:
        raise Conflict("already_reviewed", "The lesson study has another review already.", "/learning_note")
    return status == LessonStudyStatus.TAUGHT
