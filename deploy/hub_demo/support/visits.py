"""The commands of each obligation: visited and logged, missed or excused."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from hub_demo.commands import Command
from hub_demo.dates.england import DAY, moment, working_time_after
from hub_demo.dates.school_years import MONDAY, WEDNESDAY, WEEK, SchoolYear
from hub_demo.groups.year_end import YearEnd
from hub_demo.support.assignments import Owed, Support
from hub_demo.support.diary import NOTICE, cancel_visit, log_body, log_visit, noticed, plan_visit
from hub_kernel.working_days import working_days_after
from hub_platform.bank_holidays import bank_holidays

KINDS: Final = {
    "primary": ("support", "lesson_planning", "observation"),
    "secondary": ("lesson_planning", "observation"),
}
REASONS_EXCUSED: Final = ("ofsted", "staff_absence", "school_request", "snow", "closure")
REASONS_CANCELLED: Final = ("staff_absence", "school_request", "pd_lead_absence")
MOVED: Final = 0.12  # share of visits a few days after the planned day
AFTER_THE_DEADLINE: Final = 3  # working days; ten are allowed
ALLOWED: Final = 10


def commands_of(owed: Owed, year: SchoolYear, r: random.Random) -> Iterator[Command]:
    """Yield the commands of one obligation."""
    first = max(year.half_term(1).day(3, MONDAY), owed.support.starts_on + WEEK)
    last = YearEnd(year).last_visit
    days = [d for d in owed.half_term.school_days() if first <= d <= last]
    day = r.choice(days[:-3])
    planned = _plan(owed, year, day, r)
    if owed.outcome == "excused":
        yield _excuse(owed, planned.at, r)
    elif owed.outcome == "missed":
        if owed.planned:
            yield planned
            yield cancel_visit(planned, r.choice(REASONS_CANCELLED), moment(day, 7, 40))
    else:
        happened = days[days.index(day) + r.randint(1, 3)] if r.random() < MOVED else day
        logged = moment(happened, 16, r.randrange(60))
        if owed.outcome == "late":
            allowed = working_days_after(owed.half_term.ends_on, ALLOWED, bank_holidays())
            late = working_days_after(allowed, AFTER_THE_DEADLINE, bank_holidays())
            logged = moment(late, 10, r.randrange(60))
        yield planned
        yield log_visit(planned, _said(owed, happened, r), logged)


def visit_in_the_holidays(support: Support, year: SchoolYear, r: random.Random) -> Iterator[Command]:
    """Yield the commands of an additional visit outside every half term."""
    day = holiday_visit(year)
    at = moment(day - timedelta(days=8), 10)
    planned = plan_visit(support, f"{support.school.urn}/holiday", moment(day, 10), "lesson_planning", at)
    yield planned
    yield log_visit(planned, log_body(support.school.kind, day, r), moment(day, 16))


def visit_on_the_last_day(support: Support, year: SchoolYear, r: random.Random) -> Iterator[Command]:
    """Yield the commands of an additional visit on the last school day, logged on the next working day."""
    day = YearEnd(year).last_visit
    name, at = f"{support.prefix}{support.school.urn}/last", moment(day - NOTICE, 10)
    planned = plan_visit(support, name, moment(day, 13), "observation", at)
    yield planned
    logged = working_time_after(moment(day + DAY, 10))
    yield log_visit(planned, log_body(support.school.kind, day, r), logged)


def holiday_visit(year: SchoolYear) -> date:
    """Return the Wednesday of the holiday in October."""
    return year.half_term(2).day(0, WEDNESDAY)


def _plan(owed: Owed, year: SchoolYear, day: date, r: random.Random) -> Command:
    support = owed.support
    kind = owed.kind if owed.kind == "department_pd" else r.choice(KINDS[support.school.kind])
    hour = 15 if owed.kind == "department_pd" else r.choice((9, 10, 13))
    planned_at = moment(day, hour, r.choice((0, 15, 30)))
    return plan_visit(support, owed.key, planned_at, kind, noticed(planned_at, support, year))


def _said(owed: Owed, happened: date, r: random.Random) -> dict[str, object]:
    body = log_body(owed.support.school.kind, happened, r)
    if owed.kind == "department_pd":
        size = 5 + int(owed.support.school.urn) % 6
        body |= {"people_met": ["department"], "department_size": size}
        body["staff_present"] = size - r.choices((0, 1, 2), (6, 3, 1))[0]
    return body


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
