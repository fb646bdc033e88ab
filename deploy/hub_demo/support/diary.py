"""The commands of one visit: planned, then logged or cancelled."""

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from hub_demo.commands import Command, Made
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import SchoolYear
from hub_demo.support.assignments import Support
from hub_kernel.england import ENGLAND, day_in_england

FOCUSES: Final = {
    "primary": ("tfm", "problem_solving", "calculation", "lesson_study"),
    "secondary": ("reasoning", "collaborative_planning", "problem_solving"),
}
NOTES: Final = (
    "Watched two lessons and talked about the questions that were asked.",
    "Planned next week's lessons together; looked at small steps.",
    "Walked through the classrooms with the maths lead.",
    "Talked through the variation in the examples of one unit.",
)
ACTIONS: Final = (
    "Try stem sentences in two lessons a week.",
    "Share the planned sequence with the year team.",
    "Put a lesson study in the diary.",
    "Read the chapter on part-whole models together.",
)
NOTICE: Final = timedelta(days=14)


def plan_visit(support: Support, name: str, planned_at: datetime, kind: str, at: datetime) -> Command:
    """Return the command that plans a visit; `name` is unique."""
    return Command(
        key=f"visit/{name}",
        at=at,
        service="visits",
        method="POST",
        path="/visits/v1/visits",
        body={"assignment_id": Made(support.key), "planned_at": planned_at.isoformat(), "kind": kind},
        lane=support.key,
        gives="visit_id",
    )


def noticed(planned_at: datetime, support: Support, year: SchoolYear) -> datetime:
    """Return the instant at which a visit is planned, on a school day before it."""
    first = support.assigned_at + timedelta(hours=3)
    day = year.school_day_before(day_in_england(planned_at) - NOTICE)
    return first if day is None else max(first, moment(day, planned_at.astimezone(ENGLAND).hour, 10))


def log_visit(planned: Command, body: dict[str, object], at: datetime) -> Command:
    """Return the command that logs a visit."""
    path = f"/visits/v1/visits/{{{planned.key}}}/log"
    return replace(planned, key=f"log/{planned.key}", at=at, path=path, body=body, gives="")


def cancel_visit(planned: Command, reason: str, at: datetime) -> Command:
    """Return the command that cancels a planned visit."""
    path = f"/visits/v1/visits/{{{planned.key}}}/cancellation"
    body = {"reason": reason}
    return replace(planned, key=f"cancellation/{planned.key}", at=at, path=path, body=body, gives="")


def log_body(kind: str, happened: date, r: random.Random) -> dict[str, object]:
    """Return the body that logs a visit to a school of a kind."""
    people = r.choice((["maths_lead"], ["maths_lead", "class_teacher"], ["headteacher", "maths_lead"]))
    return {
        "happened_on": happened.isoformat(),
        "half_days": r.choice((1, 1, 1, 2)),
        "focus": sorted(r.sample(FOCUSES[kind], r.randint(1, 2))),
        "people_met": people,
        "note": r.choice(NOTES),
        "actions": [
            {
                "text": text,
                "owner_role": "maths_lead",
                "due_on": (happened + timedelta(days=21)).isoformat(),
            }
            for text in sorted(r.sample(ACTIONS, r.choice((0, 1, 1, 2))))
        ],
    }
