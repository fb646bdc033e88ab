"""The present year's Work Groups: the season in which each recruits, and the part that it shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from typing import Final

from hub_demo.dates.school_years import FRIDAY, MONDAY, TUESDAY, SchoolYear
from hub_demo.groups.programmes import PRIMARY, PROGRAMMES, Programme
from hub_demo.groups.seasons import Season, season


class Part(Enum):
    """A feature of the hub that a group shows besides its sessions."""

    PLAIN = auto()
    DRAFTED = auto()  # it is created as a draft some weeks before it recruits
    APPLIED_FOR = auto()  # schools apply, and get decisions after recruitment has closed
    WAITING = auto()  # it is full early, has a waiting list, and a participant withdraws
    AT_RISK = auto()  # it has just enough participants, one withdraws, and it meets weeks later
    CANCELLED = auto()  # its lead is ill before the first session


@dataclass(frozen=True)
class Outline:
    """A group without its participants."""

    number: int
    season: str
    programme: str
    part: Part


# Season → programme and part of each of its groups. Summer groups recruit in the summer before their year.
GROUPS: Final[Mapping[str, tuple[tuple[str, Part], ...]]] = {
    "summer": (
        ("embedding", Part.PLAIN),
        ("number", Part.WAITING),
        ("secondary-embedding", Part.AT_RISK),
        ("problem-solving", Part.APPLIED_FOR),
    ),
    "September": (
        ("embedding", Part.APPLIED_FOR),
        ("number", Part.WAITING),
        ("early-career", Part.AT_RISK),
        ("continuity", Part.PLAIN),
        ("sustaining", Part.WAITING),
        ("embedding", Part.CANCELLED),
    ),
    "November": (
        ("secondary-embedding", Part.APPLIED_FOR),
        ("number", Part.WAITING),
        ("sustaining", Part.AT_RISK),
        ("fractions", Part.DRAFTED),
        ("problem-solving", Part.WAITING),
    ),
    "January": (
        ("problem-solving", Part.APPLIED_FOR),
        ("number", Part.WAITING),
        ("embedding", Part.AT_RISK),
        ("early-career", Part.DRAFTED),
        ("continuity", Part.PLAIN),
    ),
    "April": (
        ("sustaining", Part.APPLIED_FOR),
        ("fractions", Part.WAITING),
        ("problem-solving", Part.AT_RISK),
        ("number", Part.DRAFTED),
    ),
}
PROBLEM_SOLVING: Final = Programme(
    name="problem-solving",
    title="Problem Solving and Reasoning",
    strand="innovation",
    code="93",
    phases=PRIMARY,
    groups=0,
)
OFFERED: Final = {one.name: one for one in (*PROGRAMMES, PROBLEM_SOLVING)}


def outlines() -> Iterator[Outline]:
    """Yield all groups of a year, numbered."""
    listed = ((name, *group) for name, groups in GROUPS.items() for group in groups)
    for number, (name, programme, part) in enumerate(listed, start=1):
        yield Outline(number, name, programme, part)


def programmes_of(year: SchoolYear) -> dict[str, Programme]:
    """Return the programmes of a year by name; each is offered for one year."""
    names = dict.fromkeys(outline.programme for outline in outlines())
    return {name: replace(OFFERED[name], name=f"{year.first}/{name}") for name in names}


def season_of(outline: Outline, year: SchoolYear) -> Season:
    """Return the season of a group; a summer group at risk is confirmed before its season ends."""
    usual = seasons_of(year)[outline.season]
    if outline.season == "summer" and outline.part is Part.AT_RISK:
        return replace(usual, confirmed_on=year.before.half_term(6).day(3, MONDAY))
    return usual


def announced_on(year: SchoolYear) -> date:
    """Return the day on which the programmes of a year are created, in the spring before it."""
    return year.before.half_term(5).day(1, FRIDAY)


def seasons_of(year: SchoolYear) -> dict[str, Season]:
    """Return the season of each group of a year. Each season begins before the previous one has ended."""
    before, summer = year.before.half_term(5), year.before.half_term(6)
    first, second, third, _, fifth, _ = year.half_terms
    return {
        "summer": season(before.day(2, MONDAY), summer.day(5, FRIDAY), summer.day(6, MONDAY)),
        "September": season(summer.day(4, MONDAY), first.day(3, FRIDAY), first.day(4, MONDAY)),
        "November": season(first.day(2, MONDAY), second.day(4, FRIDAY), second.day(5, MONDAY)),
        "January": season(second.day(3, MONDAY), third.day(5, FRIDAY), third.day(6, MONDAY)),
        "April": season(third.day(4, MONDAY), fifth.day(2, FRIDAY), fifth.day(3, TUESDAY)),
    }
