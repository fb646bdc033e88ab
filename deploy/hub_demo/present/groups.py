"""All commands about the present year's Work Groups, from draft to closure."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from hub_demo.commands import Command
from hub_demo.dates.england import DAY, moment, working_time_after
from hub_demo.dates.school_years import WEDNESDAY, SchoolYear
from hub_demo.groups.endings import close_group
from hub_demo.groups.recruitment import (
    WORK_GROUPS,
    confirm,
    days_of,
    draft_first,
    group_command,
    open_group,
)
from hub_demo.groups.sessions import (
    Attendance,
    cancel_session,
    schedule,
    take_register,
    withdraw,
)
from hub_demo.groups.tasks import task
from hub_demo.groups.year_end import YearEnd
from hub_demo.people.participants import Participant
from hub_demo.present import waiting
from hub_demo.present.forming import Formed, Surroundings, form_groups
from hub_demo.present.meetings import Planned, plan_meetings
from hub_demo.present.outlines import Part
from hub_demo.present.places import Places
from hub_kernel.england import day_in_england

REPORTERS: Final = 2  # on each task
FALLS_BELOW: Final = timedelta(days=3)  # after a group at risk was confirmed
EVALUATED: Final = timedelta(weeks=3)  # after a group's last session


def plan_groups(year: SchoolYear, around: Surroundings, seed: str) -> Iterator[Command]:
    """Yield the commands of all groups of a year."""
    formed = form_groups(year, around, seed)
    meetings = plan_meetings(year, formed, seed)
    r = random.Random(f"{seed}/present {year}")
    attendance, turns = Attendance(r, frozenset()), waiting.turns(year)
    lists: Counter[str] = Counter()
    for one, planned in zip(formed, meetings, strict=True):
        turn = None
        if one.part is Part.WAITING:
            turn = turns[one.outline.season, lists[one.outline.season]]
            lists[one.outline.season] += 1
        yield from Planner(year, around, one, planned, turn, attendance, r).plan()


@dataclass(frozen=True)
class Planner:
    """Plans the commands of one group."""

    year: SchoolYear
    around: Surroundings
    formed: Formed
    planned: Sequence[Planned]
    turn: waiting.Turn | None
    attendance: Attendance
    random: random.Random

    def plan(self) -> Iterator[Command]:
        """Yield all commands about the group."""
        group, part = self.formed.group, self.formed.part
        opening = open_group(group)
        yield from draft_first(group, opening) if part is Part.DRAFTED else [opening]
        scheduled = {
            one.meeting.seq: schedule(
                group, one.meeting, opening.at + timedelta(seconds=10 * one.meeting.seq)
            )
            for one in self.planned
        }
        if part is not Part.CANCELLED:  # see setbacks/cancelled.py
            yield from scheduled.values()
        yield from self._places()
        yield confirm(group)
        if part is Part.CANCELLED:
            yield self._cancelled()
        else:
            yield from self._held(scheduled)
            yield self._closed()

    def _places(self) -> Iterator[Command]:
        """Yield the commands of enrolments and of the waiting list."""
        group = self.formed.group
        school_days = [*self.year.before.school_days(), *self.year.school_days()]
        days = [day for day in days_of(group.season, school_days) if day < group.season.confirmed_on]
        yield from Places(self.formed, days, self.around, self.random).give()
        if self.turn is not None:
            yield from waiting.wait(group, waiting.choose_waiting(self.formed, self.turn, self.around), days)

    def _cancelled(self) -> Command:
        """Return the command that cancels the confirmed group, because its lead is ill."""
        group = self.formed.group
        at = moment(self.year.half_term(1).day(6, WEDNESDAY), 10)
        path, body = f"{WORK_GROUPS}/{{{group.key}}}/cancellation", {"reason": "lead_unavailable"}
        return group_command(group, f"{group.key}/cancellation", path, body, at=at)

    def _held(self, scheduled: Mapping[int, Command]) -> Iterator[Command]:
        """Yield registers, cancellations of sessions, and tasks from one session to the next."""
        group, gone = self.formed.group, self._gone()
        if gone is not None:
            yield withdraw(gone[0], group.key, "workload", gone[1])
        for one in self.planned:
            if one.register_at is not None:
                marks = self.attendance.marks(one.meeting, self._there(one, gone))
                yield take_register(group, one.meeting, marks, one.register_at)
            if one.cancelled_at is not None:
                yield cancel_session(group, one.meeting, "lead_unavailable", one.cancelled_at)
        held = [one for one in self.planned if one.cancelled_at is None]
        for first, second in pairwise(held):
            reporters = self.random.sample(self._there(second, gone), REPORTERS)
            sessions = scheduled[first.meeting.seq], scheduled[second.meeting.seq]
            yield from task(group, *sessions, reporters, self.random)

    def _there(self, one: Planned, gone: tuple[Participant, datetime] | None) -> list[Participant]:
        """Return the participants with a place on the day of a session."""
        return [
            participant
            for participant in self.formed.participants
            if gone is None or participant is not gone[0] or one.meeting.day < day_in_england(gone[1])
        ]

    def _gone(self) -> tuple[Participant, datetime] | None:
        """Return the participant who withdraws, with the instant; None in a group where none does."""
        leaver = waiting.who_gives_up(self.formed)
        if self.turn is not None:
            return leaver, moment(self.turn.gives_up_on, 10)
        if self.formed.part is Part.AT_RISK:
            return leaver, moment(self.formed.group.season.confirmed_on + FALLS_BELOW, 11)
        return None

    def _closed(self) -> Command:
        """Close the group three weeks after its last session, or with the others at the end of the year."""
        group, last, end = self.formed.group, self.planned[-1], YearEnd(self.year)
        at = working_time_after(moment(last.meeting.day + EVALUATED, 11, group.number))
        if day_in_england(at) > end.last_day:
            at = end.closing + timedelta(minutes=5 * group.number)
        for one in self.planned:
            done = one.register_at or one.cancelled_at
            at = max(at, working_time_after(done + DAY)) if done is not None else at
        return close_group(group, at, day_in_england(at))
