"""Rules about lesson studies: who takes part, where, and in which order the steps come.

A lesson is planned together, taught by one, watched by others, and talked over.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from hub_enrolment.domain.refusals import Conflict, Refused
from hub_enrolment.domain.sessions import Place
from hub_kernel.england import day_in_england, spoken_date

FOCUSES: Final = (
    "tfm",
    "problem_solving",
    "calculation",
    "reasoning",
    "representation",
    "fluency",
    "other",
)
STATUSES: Final = ("planned", "taught", "reviewed")
PARTS: Final = ("planner", "teacher", "observer")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Who does what, by enrolment; the teacher may plan too."""

    teacher: UUID
    planners: Sequence[UUID]  # at least one
    observers: Sequence[UUID]


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """Another lesson study of the group."""

    lesson_on: date
    planners: frozenset[UUID]


def check_parts(parts: Parts, places: Mapping[UUID, Place], *, lesson_at: datetime) -> None:
    """Raise unless each who takes part holds a place on the group when the lesson begins.

    Raises:
        Refused: `named_twice`, `not_enrolled`.
    """
    named = {
        "/planner_enrolment_ids": parts.planners,
        "/observer_enrolment_ids": [*parts.observers, parts.teacher],  # nobody watches their own lesson
        "/teacher_enrolment_id": [parts.teacher],
    }
    for pointer, ids in named.items():
        if len(set(ids)) < len(ids):
            raise Refused("named_twice", "Each is named once, and no teacher observes.", pointer)
        for enrolment_id in ids:
            place = places.get(enrolment_id)
            if place is None or not place.is_active(lesson_at):
                day = spoken_date(day_in_england(lesson_at))
                detail = f"Enrolment {enrolment_id} holds no place on the Work Group for a lesson on {day}."
                raise Refused("not_enrolled", detail, pointer)


def check_host(host_urn: str, urns: Collection[str]) -> None:
    """Let a school be the host that takes part in the group.

    Raises:
        Refused: `host_not_in_group`.
    """
    if host_urn not in urns:
        raise Refused("host_not_in_group", "The host is a school of the work group.", "/host_urn")


def warnings(planners: Iterable[UUID], earlier: Iterable[Earlier], *, on: date) -> list[str]:
    """What is unusual and not refused: a group has one lesson a term, and each co-plans one in all.

    Gives some of `second_in_term` and `planner_again`.
    """
    known = list(earlier)
    found = ["second_in_term"] if any(term(one.lesson_on) == term(on) for one in known) else []
    again = any(planner in one.planners for planner in planners for one in known)
    return [*found, "planner_again"] if again else found


def term(day: date) -> tuple[int, int]:
    """Year, and 1 to 3, of the term that a day lies in: from January, from April, from September.

    Rough on purpose: schools' own dates differ, and this only warns.
    """
    return day.year, 1 if day.month < 4 else 2 if day.month < 9 else 3


def teach(status: str, *, lesson_at: datetime, now: datetime) -> bool:
    """Decide whether a lesson has been taught; False when that is known.

    Raises:
        Conflict: `already_reviewed`; Refused: `lesson_to_come`.
    """
    if status == "reviewed":
        raise Conflict("already_reviewed", "The lesson study has been reviewed.")
    if now < lesson_at:
        raise Refused("lesson_to_come", "A lesson has been taught once it has begun.")
    return status == "planned"


def review(status: str, known_note: str | None, note: str) -> bool:
    """Decide on a review; False when it says just what is known.

    Raises:
        Conflict: `not_taught`, `already_reviewed`.
    """
    if status == "planned":
        raise Conflict("not_taught", "A lesson is reviewed once it has been taught.")
    if status == "reviewed" and known_note != note:
        raise Conflict("already_reviewed", "The lesson study has been reviewed.", "/learning_note")
    return status == "taught"
