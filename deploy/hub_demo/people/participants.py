"""Participants of a Work Group: the maths lead of each school first, then colleagues."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from hub_demo.groups.forming import Group
from hub_demo.people.staffroom import Person, Staffroom
from hub_demo.register.schools import School

ASSISTANTS = 0.05  # share of the colleagues who are teaching assistants
SECOND_LEADS = 0.4  # share of the second participants of a school who are lead participants too


@dataclass(frozen=True, kw_only=True)
class Participant:
    """A teacher's place on a group."""

    person: Person
    group_label: str
    role: str
    is_first: bool  # the first participant of the school in this group
    suffix: str = ""  # distinguishes a second place on the group from the first

    @property
    def key(self) -> str:
        """Key of the place in the plan."""
        return f"enrolment/{self.group_label}/{self.person.urn}/{self.person.number}{self.suffix}"


@dataclass
class Recruiter:
    """Chooses the participants of groups."""

    staffroom: Staffroom
    maths_leads: dict[str, Person]  # URN → the maths lead, registered when the school was connected
    random: random.Random
    busy: set[str] = field(default_factory=set)  # maths leads with a place
    new: set[str] = field(default_factory=set)  # people who are not registered yet

    def recruit(self, group: Group) -> list[Participant]:
        """Return the participants of a group."""
        found = []
        for school, number in zip(group.schools, self._shares(group), strict=True):
            for index in range(number):
                person = self._person(school, first=index == 0)
                leads = index == 0 or (index == 1 and self.random.random() < SECOND_LEADS)
                role = "lead_participant" if leads else "participant"
                found.append(
                    Participant(person=person, group_label=group.label, role=role, is_first=index == 0)
                )
        return found

    def _shares(self, group: Group) -> Sequence[int]:
        """Return the number of teachers of each school."""
        shares = [1] * len(group.schools)
        most = group.programme.max_per_school or group.teachers_n
        for _ in range(group.teachers_n - len(shares)):
            fewest = min(shares)
            able = [n for n, share in enumerate(shares) if share < most and share <= fewest + 1]
            shares[self.random.choice(able)] += 1
        return shares

    def _person(self, school: School, *, first: bool) -> Person:
        lead = self.maths_leads.get(school.urn)
        if first and lead is not None and lead.key not in self.busy:
            self.busy.add(lead.key)
            return lead
        assistant = not first and school.kind == "primary" and self.random.random() < ASSISTANTS
        person = self.staffroom.hire(school.urn, "ta" if assistant else "class_teacher", school.kind)
        self.new.add(person.key)
        return person
