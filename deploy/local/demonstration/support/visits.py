"""The commands of one visit: planned, then made and logged, cancelled or excused."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from local.demonstration.commands import Command, Made
from local.demonstration.dates.england import DAY, ENGLAND, day_of, moment, weekdays_after, working_time_after
from local.demonstration.dates.school_years import MONDAY, WEDNESDAY, SchoolYear
from local.demonstration.groups.year_end import YearEnd
from local.demonstration.support.assignments import Owed, Support

KINDS: Final = {
    "primary": ("support", "lesson_planning", "observation"),
    "secondary": ("lesson_planning", "observation"),
}
FOCUSES: Final = {
    "primary": ("tfm", "problem_solving", "calculation", "lesson_study"),
    "secondary": ("reasoning", "collaborative_planning", "problem_solving"),
}
REASONS_EXCUSED: Final = ("ofsted", "staff_absence", "school_request", "snow", "closure")
REASONS_CANCELLED: Final = ("staff_absence", "school_request", "pd_lead_absence")
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
MOVED: Final = 0.12  # share of visits that take place a few days after the day planned
NOTICE: Final = timedelta(days=14)
AFTER_THE_DEADLINE: Final = 3  # working days; ten are allowed
ALLOWED: Final = 10


def commands_of(owed: Owed, year: SchoolYear, r: random.Random) -> Iterator[Command]:
    """What is sent about one thing owed."""
    first, last = year.half_term(1).day(3, MONDAY), YearEnd(year).last_visit
    days = [d for d in owed.half_term.school_days() if first <= d <= last]
    day = r.choice(days[:-3])
    planned = _plan(owed, year, day, r)
    if owed.outcome == "excused":
        yield _excuse(owed, planned.at, r)
    elif owed.outcome == "missed":
        if owed.planned:
            yield planned
            yield _cancel(planned, moment(day, 7, 40), r)
    else:
        happened = days[days.index(day) + r.randint(1, 3)] if r.random() < MOVED else day
        logged = moment(happened, 16, r.randrange(60))
        if owed.outcome == "late":
            allowed = weekdays_after(owed.half_term.ends_on, ALLOWED)
            late = moment(weekdays_after(allowed, AFTER_THE_DEADLINE), 10, r.randrange(60))
            logged = working_time_after(late)
        yield planned
        yield _log(owed, planned, happened, logged, r)


def visit_in_the_holidays(support: Support, year: SchoolYear, r: random.Random) -> Iterator[Command]:
    """One more visit, on a day that belongs to no half term."""
    day = holiday_visit(year)
    key = f"visit/{support.school.urn}/holiday"
    planned = Command(
        key=key,
        at=moment(day - timedelta(days=8), 10),
        service="visits",
        method="POST",
        path="/visits/v1/visits",
        body={
            "assignment_id": Made(support.key),
            "planned_at": moment(day, 10).isoformat(),
            "kind": "lesson_planning",
        },
        lane=support.key,
        gives="visit_id",
    )
    yield planned
    body = _log_body(support.school.kind, day, r)
    yield _logging(planned, body, moment(day, 16))


def visit_on_the_last_day(support: Support, year: SchoolYear, r: random.Random) -> Iterator[Command]:
    """One more visit, on the last day with pupils; it is logged on the next working day."""
    day = YearEnd(year).last_visit
    at = working_time_after(moment(day + DAY, 10))
    planned = Command(
        key=f"visit/{support.prefix}{support.school.urn}/last",
        at=moment(year.school_day_before(day - NOTICE) or day, 10),
        service="visits",
        method="POST",
        path="/visits/v1/visits",
        body={
            "assignment_id": Made(support.key),
            "planned_at": moment(day, 13).isoformat(),
            "kind": "observation",
        },
        lane=support.key,
        gives="visit_id",
    )
    yield planned
    yield _logging(planned, _log_body(support.school.kind, day, r), at)


def holiday_visit(year: SchoolYear) -> date:
    """The Wednesday of the autumn half term's holiday."""
    return year.half_term(2).day(0, WEDNESDAY)


def _plan(owed: Owed, year: SchoolYear, day: date, r: random.Random) -> Command:
    support = owed.support
    kind = owed.kind if owed.kind == "department_pd" else r.choice(KINDS[support.school.kind])
    hour = 15 if owed.kind == "department_pd" else r.choice((9, 10, 13))
    planned_at = moment(day, hour, r.choice((0, 15, 30)))
    return Command(
        key=f"visit/{owed.key}",
        at=_noticed(planned_at, support, year),
        service="visits",
        method="POST",
        path="/visits/v1/visits",
        body={"assignment_id": Made(support.key), "planned_at": planned_at.isoformat(), "kind": kind},
        lane=support.key,
        gives="visit_id",
    )


def _log(owed: Owed, planned: Command, happened: date, at: datetime, r: random.Random) -> Command:
    body = _log_body(owed.support.school.kind, happened, r)
    if owed.kind == "department_pd":
        size = 5 + int(owed.support.school.urn) % 6
        body |= {"people_met": ["department"], "department_size": size}
        body["staff_present"] = size - r.choices((0, 1, 2), (6, 3, 1))[0]
    return _logging(planned, body, at)


def _log_body(kind: str, happened: date, r: random.Random) -> dict[str, Any]:
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


def _logging(planned: Command, body: dict[str, Any], at: datetime) -> Command:
    return replace(
        planned,
        key=f"log/{planned.key}",
        at=at,
        path=f"/visits/v1/visits/{{{planned.key}}}/log",
        body=body,
        gives="",
    )


def _cancel(planned: Command, at: datetime, r: random.Random) -> Command:
    return replace(
        planned,
        key=f"cancellation/{planned.key}",
        at=at,
        path=f"/visits/v1/visits/{{{planned.key}}}/cancellation",
        body={"reason": r.choice(REASONS_CANCELLED)},
        gives="",
    )


def _excuse(owed: Owed, at: datetime, r: random.Random) -> Command:
    return Command(
        key=f"exemption/{owed.key}",
        at=at,
        service="visits",
        method="POST",
        path="/visits/v1/exemptions",
        body={
            "urn": owed.support.school.urn,
            "half_term": owed.half_term.id,
            "kind": owed.kind,
            "reason": r.choice(REASONS_EXCUSED),
        },
        lane=owed.support.key,
        after=(owed.support.key,),
    )


def _noticed(planned_at: datetime, support: Support, year: SchoolYear) -> datetime:
    """When a visit is put in the diary: on the last school day of at least so many days before."""
    first, day = support.assigned_at + timedelta(hours=3), year.school_day_before(day_of(planned_at) - NOTICE)
    return first if day is None else max(first, moment(day, planned_at.astimezone(ENGLAND).hour, 10))
