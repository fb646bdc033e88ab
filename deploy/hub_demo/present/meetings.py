"""The present year's sessions: their days, and the instants at which their registers are recorded.

Leads record half of the registers within the hour and the others a week later, just before they are locked,
so that every school day has missing registers. The last session before each holiday has no register: it was
not held, and is cancelled half a term later.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from hub_demo.dates.england import DAY, moment
from hub_demo.dates.school_years import FRIDAY, MONDAY, THURSDAY, WEDNESDAY, WEEK, SchoolYear
from hub_demo.groups.sessions import Meeting, meeting_on
from hub_demo.groups.year_end import YearEnd
from hub_demo.present.forming import Formed
from hub_demo.present.outlines import Part
from hub_demo.present.timetable import Wish, timetable
from hub_kernel.working_days import is_working_day
from hub_platform.bank_holidays import bank_holidays

SESSIONS: Final = {"summer": 5, "September": 5, "November": 5, "January": 5, "April": 4}
SUMMER_GROUPS_MEET_IN: Final = {Part.PLAIN: 1, Part.WAITING: 2, Part.APPLIED_FOR: 3}  # weeks of the year
FORGOTTEN_WITHIN: Final = timedelta(days=14)  # before a holiday
OPEN_DAYS: Final = 6  # after a session, on which a late register is still missing


@dataclass(frozen=True)
class Planned:
    """A session, and the instant at which its register is recorded."""

    formed: Formed
    meeting: Meeting
    register_at: datetime | None  # None: it has no register
    cancelled_at: datetime | None = None


def plan_meetings(year: SchoolYear, groups: Sequence[Formed], seed: str) -> list[list[Planned]]:
    """Return the sessions of each group, in order."""
    r = random.Random(f"{seed}/sessions of {year}")
    wishes = [_wish(year, formed, groups) for formed in groups]
    goes_on = [index for index, one in enumerate(groups) if one.part is not Part.CANCELLED]
    alone = [index for index, one in enumerate(groups) if one.part is Part.CANCELLED]
    days = [list[date]() for _ in groups]
    for together in (goes_on, alone):
        for index, chosen in zip(together, timetable(year, [wishes[n] for n in together]), strict=True):
            days[index] = chosen
    planned = [
        Planned(formed, meeting, _soon(meeting, r))
        for formed, each in zip(groups, days, strict=True)
        for meeting in _meetings([*_before_the_year(year, formed), *each], r)
    ]
    marked = _with_late_registers(_without_last_register(planned, year), year)
    return [[one for one in marked if one.formed is formed] for formed in groups]


def _wish(year: SchoolYear, formed: Formed, groups: Sequence[Formed]) -> Wish:
    season, first, sixth = formed.outline.season, year.half_term(1), year.half_term(6)
    ends = {
        "summer": year.half_term(4).ends_on,
        "September": year.half_term(5).ends_on,
        "November": sixth.day(3, FRIDAY),
        "January": YearEnd(year).last_usual_day,
        "April": YearEnd(year).last_visit,
    }
    begins = formed.group.season.confirmed_on + DAY
    if season == "summer":
        begins = first.day(SUMMER_GROUPS_MEET_IN.get(formed.part, 1), MONDAY)
    if formed.part is Part.AT_RISK:
        begins = _first_of_those_at_risk(year)[season]
    others = [one for one in groups if one.outline.season == season]
    share = (others.index(formed) + 0.5) / len(others)
    exactly = season == "summer" or formed.part is Part.AT_RISK
    return Wish(SESSIONS[season], begins, ends[season], exactly, share)


def _first_of_those_at_risk(year: SchoolYear) -> dict[str, date]:
    """Return the first week of each group at risk, by which the next season's group is at risk."""
    return {
        "summer": year.half_term(1).day(6, MONDAY),
        "September": year.half_term(2).day(6, MONDAY),
        "November": year.half_term(4).day(1, MONDAY),
        "January": year.half_term(5).day(4, MONDAY),
        "April": year.half_term(6).day(4, MONDAY),
    }


def _before_the_year(year: SchoolYear, formed: Formed) -> list[date]:
    """Return the session before the holidays of a summer group that is not at risk."""
    if formed.outline.season != "summer" or formed.part is Part.AT_RISK:
        return []
    return [year.before.half_term(6).day(6, THURSDAY if formed.part is Part.APPLIED_FOR else WEDNESDAY)]


def _meetings(days: Iterable[date], r: random.Random) -> Iterator[Meeting]:
    return (meeting_on(day, seq, r) for seq, day in enumerate(days, start=1))


def _soon(meeting: Meeting, r: random.Random) -> datetime:
    return meeting.ends_at + timedelta(minutes=r.randrange(30, 90))


def _without_last_register(planned: Sequence[Planned], year: SchoolYear) -> list[Planned]:
    """Remove the register of the last session before each holiday whose group meets again after it."""
    forgotten: dict[int, datetime] = {}
    lasts = {
        id(one.formed): one.meeting.day for one in planned
    }  # the last one of each group, as they are in order
    half_terms = (year.before.half_term(6), *year.half_terms)
    for before, after in pairwise(half_terms):
        able = [
            n
            for n, one in enumerate(planned)
            if before.ends_on - FORGOTTEN_WITHIN <= one.meeting.day <= before.ends_on
            and one.formed.part not in {Part.AT_RISK, Part.CANCELLED}
            and one.meeting.day < lasts[id(one.formed)]
        ]
        if able:
            latest = max(able, key=lambda n: planned[n].meeting.starts_at)
            forgotten[latest] = moment(after.school_days()[-1], 10)
    return [
        replace(one, register_at=None, cancelled_at=forgotten[n]) if n in forgotten else one
        for n, one in enumerate(planned)
    ]


def _with_late_registers(planned: Sequence[Planned], year: SchoolYear) -> list[Planned]:
    """Choose the fewest late registers with which most school days have a missing register."""
    able = sorted(
        (one.meeting.day, n)
        for n, one in enumerate(planned)
        if one.register_at is not None
        and one.formed.part is not Part.CANCELLED
        and is_working_day(one.meeting.day + WEEK, bank_holidays())
    )
    late: set[int] = set()
    covered = year.starts_on
    for day in year.school_days():
        recent = [(met, n) for met, n in able if met < day <= met + OPEN_DAYS * DAY]
        if recent and day > covered:
            met, n = max(recent)
            late.add(n)
            covered = met + OPEN_DAYS * DAY
    return [
        replace(one, register_at=moment(one.meeting.day + WEEK, 9)) if n in late else one
        for n, one in enumerate(planned)
    ]
