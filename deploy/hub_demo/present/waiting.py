"""Waiting lists of the present year: on every school day an offer of a place stands.

A group is full, teachers wait, and a participant withdraws. The first teacher lets the offer pass, which
takes five working days, and the next one is offered the place.
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
    """From the day on which a place is given up, offers stand until the next group's turn begins."""

    gives_up_on: date
    until: date

    @property
    def offers(self) -> int:
        """How many offers follow each other."""
        number, ends = 0, moment(self.gives_up_on, 10)
        while ends <= moment(self.until, 20):
            number, ends = number + 1, offer_ends(ends)
        return number


def turns(year: SchoolYear) -> dict[tuple[str, int], Turn]:
    """The turn of each group that has a waiting list: by its season, and which of the season's it is."""
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
    ends[0] = before.ends_on  # nothing is waited for in the summer holidays
    return {key: Turn(day, end) for (key, day), end in zip(begins.items(), ends, strict=True)}


def choose_waiting(formed: Formed, turn: Turn, around: Surroundings) -> list[Person]:
    """The teachers who wait: of the nearest schools that are not in the group, one of each."""
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
    """Teachers join the list in the days after the group is full."""
    able = days[FULL_AFTER : FULL_AFTER + JOIN_WITHIN]
    for number, person in enumerate(people):
        body = {"teacher_id": Made(person.key), "role": "participant"}
        at = moment(able[number * len(able) // len(people)], 10, 2 * number)
        yield join_list(group, f"waiting/{group.label}/{person.key}", body, at)


def who_gives_up(formed: Formed) -> Participant:
    """The participant who withdraws; a colleague of the same school stays."""
    return [one for one in formed.participants if not one.is_first][-1]
