"""Two spring Work Groups that are cancelled: one without participants, and one with 14 participants."""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hub_demo.commands import Command, Made
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import MONDAY, THURSDAY, SchoolYear
from hub_demo.groups.applications import apply
from hub_demo.groups.forming import Group, metres
from hub_demo.groups.offers import join_list
from hub_demo.groups.recruitment import (
    WORK_GROUPS,
    EnrolmentDays,
    confirm,
    days_of,
    enrol,
    group_command,
    open_group,
)
from hub_demo.groups.sessions import withdraw
from hub_demo.people.participants import Participant
from hub_demo.people.staffroom import Staffroom, register
from hub_demo.register.schools import School

UNWANTED: Final = 49
UNWANTED_TITLE: Final = "Twilight Reading Group"
CANCELLED: Final = 50
CANCELLED_TITLE: Final = "Twilight Bar Models"
CAPACITY: Final = 15
SCHOOLS: Final = 7
WAITING: Final = 2
FULL_AFTER: Final = 15  # school days of recruitment
VENUE: Final = "The Old Corn Exchange"


def unwanted(like: Group) -> Iterator[Command]:
    """Yield the commands of a group without participants, whose leads have another group too."""
    group = _group(like, UNWANTED, UNWANTED_TITLE, 20)
    yield open_group(group)
    path = f"{WORK_GROUPS}/{{{group.key}}}/cancellation"
    at = moment(group.season.confirmed_on, 15)
    yield group_command(group, f"{group.key}/cancellation", path, {"reason": "too_few_teachers"}, at=at)


@dataclass(frozen=True)
class FullGroup:
    """A group that is cancelled with 14 participants and three sessions to come.

    It has an open offer, a teacher on the waiting list, and a school's application.
    """

    year: SchoolYear
    like: Group
    schools: Mapping[str, School]
    able: Collection[str]  # schools that may take part
    staffroom: Staffroom
    random: random.Random

    def plan(self) -> Iterator[Command]:
        """Yield the commands that open, fill, confirm and cancel the group before its first session."""
        group = _group(self.like, CANCELLED, CANCELLED_TITLE, CAPACITY)
        near = sorted(
            (school for urn in self.able if (school := self.schools[urn]).kind == "primary"),
            key=lambda school: (metres(group.home, school), school.urn),
        )
        group.schools += near[1 : SCHOOLS + 1]
        yield open_group(group)
        days = days_of(group.season, self.year.school_days())
        participants = [self._hire(group, n) for n in range(CAPACITY)]
        new = {one.person.key for one in participants}
        yield from enrol(group, participants, new, EnrolmentDays(days[:FULL_AFTER]), self.random)
        yield from self._others(group, near[SCHOOLS + 1 :], days[FULL_AFTER:])
        yield confirm(group)
        yield from self._sessions(group)
        yield from self._ends(group, participants[-1])

    def _hire(self, group: Group, n: int) -> Participant:
        school = group.schools[n % SCHOOLS]
        person = self.staffroom.hire(school.urn, "class_teacher", school.kind)
        role = "lead_participant" if n < SCHOOLS else "participant"
        return Participant(person=person, group_label=group.label, role=role, is_first=n < SCHOOLS)

    def _others(self, group: Group, near: Sequence[School], days: Sequence[date]) -> Iterator[Command]:
        """Yield the commands of two teachers who join the waiting list, and of a school that applies."""
        for n in range(WAITING + 1):
            school, at = near[n], moment(days[1 + n], 10)
            person = self.staffroom.hire(school.urn, "class_teacher", school.kind)
            yield register(person, at - timedelta(minutes=20), after=(f"connection/{school.urn}",))
            if n < WAITING:
                body = {"teacher_id": Made(person.key), "role": "participant"}
                yield join_list(group, f"waiting/{group.label}/{person.key}", body, at)
            else:
                yield from apply(group, school.urn, [(person, "participant")], at)

    def _sessions(self, group: Group) -> Iterator[Command]:
        """Yield three sessions after the day on which the group is cancelled."""
        third, fourth = self.year.half_term(3), self.year.half_term(4)
        days = (third.day(5, THURSDAY), fourth.day(2, THURSDAY), fourth.day(4, THURSDAY))
        for seq, day in enumerate(days, start=1):
            yield group_command(
                group,
                f"session/{group.label}/{seq}",
                f"{WORK_GROUPS}/{{{group.key}}}/sessions",
                {
                    "starts_at": moment(day, 16).isoformat(),
                    "ends_at": moment(day, 18).isoformat(),
                    "mode": "in_person",
                    "venue": VENUE,
                },
                at=moment(group.season.confirmed_on, 16, seq),
                gives="session_id",
            )

    def _ends(self, group: Group, leaver: Participant) -> Iterator[Command]:
        """Yield a withdrawal, after which the place is offered, and the cancellation three days later."""
        third = self.year.half_term(3)
        yield withdraw(leaver, group.key, "workload", moment(third.day(3, MONDAY), 10))
        path, at = f"{WORK_GROUPS}/{{{group.key}}}/cancellation", moment(third.day(3, THURSDAY), 15)
        yield group_command(group, f"{group.key}/cancellation", path, {"reason": "funding"}, at=at)


def _group(like: Group, number: int, title: str, capacity: int) -> Group:
    return Group(
        number=number,
        programme=like.programme,
        title=title,
        leads=like.leads,
        home=like.home,
        season=like.season,
        places=Counter(),
        teachers_n=capacity,
        capacity=capacity,
    )
