"""Waiting lists of the present year: every school day has an open offer of a place.

A group is full, teachers join its waiting list, and a participant withdraws. The first teacher does not
answer the offer, which ends after five working days, and the next one is offered the place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from hub_demo.commands import Command, Made
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import MONDAY, TUESDAY, WEDNESDAY, SchoolYear
from hub_demo.groups.forming import Group, metres
from hub_demo.groups.offers import join_list, offer_ends
from hub_demo.people.participants import Participant
from hub_demo.people.staffroom import Person
from hub_demo.present.forming import Formed, Surroundings

FULL_AFTER: Final = 6  # school days of recruitment
JOIN_WITHIN: Final = 4  # the next school days


@dataclass(frozen=True)
class Turn:
    """The days from a withdrawal to the next group's turn, on each of which an offer is open."""

    gives_up_on: date
    until: date

    @property
    def offers(self) -> int:
        """Number of consecutive offers."""
        number, ends = 0, moment(self.gives_up_on, 10)
        while ends <= moment(self.until, 20):
            number, ends = number + 1, offer_ends(ends)
        return number


def turns(year: SchoolYear) -> dict[tuple[str, int], Turn]:
    """Return the turn of each group with a waiting list: (season, number in the season) → turn."""
    before, first, second, third, fourth, fifth, sixth = (year.before.half_term(6), *year.half_terms)
    begins = {
        ("summer", 0): before.day(1, TUESDAY),
        ("September", 0): first.day(1, WEDNESDAY),
        ("September", 1): first.day(7, MONDAY),
        ("November", 0): second.day(5, TUESDAY),
        ("January", 0): third.day(2, MONDAY),
        ("April", 0): fourth.day(1, TUESDAY),
        ("November", 1): fifth.day(1, WEDNESDAY),
    }
    ends = [*list(begins.values())[1:], sixth.day(1, TUESDAY)]
    ends[0] = before.ends_on  # no offers in the summer holidays
    return {key: Turn(day, end) for (key, day), end in zip(begins.items(), ends, strict=True)}


def choose_waiting(formed: Formed, turn: Turn, around: Surroundings) -> list[Person]:
    """Return the teachers for the waiting list, one of each of the nearest schools outside the group."""
    group = formed.group
    kind = "secondary" if group.home.kind == "secondary" else "primary"
    others = [
        around.schools[urn]
        for urn in around.able
        if around.schools[urn].kind == kind and around.schools[urn] not in (*group.schools, group.home)
    ]
    others.sort(key=lambda school: (metres(group.home, school), school.urn))
    found = (person for school in others if (person := around.people.borrow(school.urn)) is not None)
    return list(islice(found, turn.offers))


def wait(group: Group, people: Sequence[Person], days: Sequence[date]) -> Iterator[Command]:
    """Yield the commands with which teachers join the list in the days after the group is full."""
    able = days[FULL_AFTER : FULL_AFTER + JOIN_WITHIN]
    for number, person in enumerate(people):
        body = {"teacher_id": Made(person.key), "role": "participant"}
        at = moment(able[number * len(able) // len(people)], 10, 2 * number)
        yield join_list(group, f"waiting/{group.label}/{person.key}", body, at)


def who_gives_up(formed: Formed) -> Participant:
    """Return the participant who withdraws; a colleague of the same school stays."""
    return [one for one in formed.participants if not one.is_first][-1]
