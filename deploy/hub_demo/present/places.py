"""Enrolments and applications of the present year's Work Groups."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from hub_demo.commands import Command
from hub_demo.dates.england import DAY, moment, working_time_after
from hub_demo.groups.applications import apply, decide, find_place
from hub_demo.groups.recruitment import EnrolmentDays, enrol, give_place
from hub_demo.groups.sessions import withdraw
from hub_demo.people.acquaintances import Acquaintances
from hub_demo.people.participants import Participant
from hub_demo.people.staffroom import register
from hub_demo.present import waiting
from hub_demo.present.forming import Formed, Surroundings
from hub_demo.present.outlines import Part
from hub_kernel.england import day_in_england

APPLYING: Final = 3  # schools that apply for places on a group


@dataclass(frozen=True)
class Places:
    """Plans the places of one group."""

    formed: Formed
    days: Sequence[date]  # school days on which the group recruits
    around: Surroundings
    random: random.Random

    def give(self) -> Iterator[Command]:
        """Yield enrolments, and applications where schools apply."""
        group, part = self.formed.group, self.formed.part
        applying = [school.urn for school in group.schools[:APPLYING]] if part is Part.APPLIED_FOR else []
        asking = [one for one in self.formed.participants if one.person.urn not in applying]
        usual = self.days[: waiting.FULL_AFTER] if part is Part.WAITING else self.days
        closing = self.around.converting
        before = {closing.urn: [day for day in usual if day < self.around.converting_on] or usual}
        mistaken = self.formed.mistaken
        if mistaken is not None:
            before[mistaken.person.urn] = usual[: len(usual) // 2]
        first = [one if one is not mistaken else replace(one, suffix="") for one in asking]
        enrolling = enrol(group, first, self.people.newcomers, EnrolmentDays(usual, before), self.random)
        yield from enrolling
        if mistaken is not None:
            yield from self._enrolled_again(mistaken, enrolling)
        for number, urn in enumerate(applying):
            theirs = [one for one in self.formed.participants if one.person.urn == urn]
            yield from self._applies(urn, number, theirs)
        self.people.newcomers -= {one.person.key for one in self.formed.participants}

    @property
    def people(self) -> Acquaintances:
        """Registered people of last year."""
        return self.around.people

    def _enrolled_again(self, mistaken: Participant, enrolling: Sequence[Command]) -> Iterator[Command]:
        """Withdraw a participant by mistake, and enrol them again the next day, while it recruits."""
        group, first = self.formed.group, replace(mistaken, suffix="")
        enrolled_at = next(command.at for command in enrolling if command.key == first.key)
        noticed = working_time_after(moment(day_in_england(enrolled_at) + DAY, 10))
        yield withdraw(first, group.key, "other", noticed)
        yield give_place(group, mistaken, working_time_after(noticed + DAY))

    def _applies(self, urn: str, number: int, theirs: Sequence[Participant]) -> Iterator[Command]:
        """Yield a school's application, and the decision when the group is confirmed."""
        group = self.formed.group
        begins = moment(self.days[1 + number * len(self.days) // (APPLYING + 1)], 11, 10 * number)
        for one in theirs:
            if one.person.key in self.people.newcomers:
                yield register(one.person, begins - timedelta(hours=1), after=(f"connection/{urn}",))
        asked = [(one.person, one.role) for one in theirs]
        yield from apply(group, urn, asked, begins)
        decided_at = moment(group.season.confirmed_on, 8, number)
        yield decide(group, urn, len(asked), decided_at, {"decision": "accepted"})
        found_at = moment(group.season.confirmed_on, 8, 30)
        yield from (find_place(group, one, found_at) for one in theirs)
