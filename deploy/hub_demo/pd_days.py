"""PD days and conferences, for teachers who are in a Work Group."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from hub_demo.commands import Command, Made
from hub_demo.dates.england import moment, working_time_before
from hub_demo.dates.school_years import THURSDAY, SchoolYear
from hub_demo.people.participants import Participant

PD_DAYS: Final = "/enrolment/v1/pd-days"
# Kind, theme, title, and (half term, week): each is on the Thursday of that week.
DAYS: Final = (
    ("conference", "reasoning", "Talking mathematics: the autumn conference", (2, 3)),
    ("pd_day", "early_number", "Number before five", (3, 5)),
    ("pd_day", "ratio", "From multiplication to ratio", (5, 5)),
)
CALLED_OFF: Final = ("pd_day", "assessment", "Assessing as we teach", (4, 3))
REGISTERED: Final = 24  # people on each day
STAYED_AWAY: Final = 3  # of them have not attended


def pd_days(
    year: SchoolYear, participants: Sequence[Participant], r: random.Random, prefix: str = ""
) -> Iterator[Command]:
    """Yield the commands of all days of a year; `prefix` distinguishes the keys of different years."""
    for number, (kind, theme, title, (n, week)) in enumerate(DAYS, start=1):
        day = year.half_term(n).day(week, THURSDAY)
        key = f"pd-day/{prefix}{number}"
        yield _open(key, kind, theme, title, day)
        people = r.sample(sorted({one.person.key for one in participants}), REGISTERED)
        yield from _register(key, people, day, r)
        yield Command(
            key=f"{key}/register",
            at=moment(day, 17),
            service="enrolment",
            method="PUT",
            path=f"{PD_DAYS}/{{{key}}}/register",
            body={"teacher_ids": [Made(person) for person in people[STAYED_AWAY:]]},
            lane=key,
            match=key,
            look=f"{PD_DAYS}/{{{key}}}",
            done={"status": "held"},
        )
    kind, theme, title, (n, week) = CALLED_OFF
    day = year.half_term(n).day(week, THURSDAY)
    key = f"pd-day/{prefix}off"
    yield _open(key, kind, theme, title, day)
    yield Command(
        key=f"{key}/cancellation",
        at=moment(day - timedelta(days=9), 10),
        service="enrolment",
        method="POST",
        path=f"{PD_DAYS}/{{{key}}}/cancellation",
        body={"reason": "too_few_participants"},
        lane=key,
    )


def _open(key: str, kind: str, theme: str, title: str, day: date) -> Command:
    return Command(
        key=key,
        at=working_time_before(moment(day - timedelta(days=42), 9)),
        service="enrolment",
        method="POST",
        path=PD_DAYS,
        body={"kind": kind, "theme": theme, "title": title, "on": day.isoformat(), "capacity": 120},
        lane=key,
        gives="pd_day_id",
    )


def _register(key: str, people: Sequence[str], day: date, r: random.Random) -> Iterator[Command]:
    for person in people:
        yield Command(
            key=f"{key}/{person}",
            at=working_time_before(
                moment(day - timedelta(days=r.randint(2, 40)), r.randrange(9, 16), r.randrange(60))
            ),
            service="enrolment",
            method="POST",
            path=f"{PD_DAYS}/{{{key}}}/registrations",
            body={"teacher_id": Made(person)},
            lane=key,
        )
