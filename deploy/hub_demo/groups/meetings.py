"""The sessions of last year's Work Groups, their attendance, and withdrawals."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Final

from hub_demo.commands import Command
from hub_demo.dates.england import moment, working_time_after, working_time_before
from hub_demo.dates.school_years import WEDNESDAY, SchoolYear
from hub_demo.groups.forming import AT_THE_EDGE, FALLS_BELOW, Group
from hub_demo.groups.sessions import (
    REASONS,
    Attendance,
    Meeting,
    meeting_on,
    schedule,
    take_register,
    withdraw,
)
from hub_demo.groups.year_end import YearEnd
from hub_demo.people.participants import Participant
from hub_kernel.england import ENGLAND, day_in_england

# Number of sessions → the half terms in which they are held.
AUTUMN_PATTERNS: Final = {
    3: ((1, 3, 5), (1, 2, 4)),
    4: ((1, 2, 4, 5), (1, 3, 4, 6)),
    5: ((1, 2, 3, 4, 5), (1, 2, 3, 5, 6)),
}
SPRING_PATTERNS: Final = {3: ((3, 4, 5), (3, 4, 6)), 4: ((3, 4, 5, 6),)}
LAST_GROUP: Final = 48  # its last session is the last of the year
ANNOUNCED_LATER: Final = 3  # one of this many groups schedules its last session in January only
IN_STEP: Final = 14  # the group that meets at regular intervals
WEEKS: Final = 6
LEAVERS: Final = 0.4  # share of the groups from which a participant withdraws


@dataclass
class Diary:
    """Plans the sessions of groups."""

    year: SchoolYear
    random: random.Random
    never_came: frozenset[str]
    attendance: Attendance = field(init=False)

    def __post_init__(self) -> None:
        self.attendance = Attendance(self.random, self.never_came)

    def meet(self, group: Group, participants: Sequence[Participant]) -> list[Command]:
        """Return all commands of a group's sessions."""
        meetings = self._meetings(group)
        leaver = self._leaver(group, participants)
        commands = [
            schedule(group, meeting, self._announced(group, meeting, last=meeting is meetings[-1]))
            for meeting in meetings
        ]
        left: datetime | None = None
        if leaver is not None:
            left = working_time_after(meetings[0].ends_at + timedelta(days=5, hours=1))
            commands.append(withdraw(leaver, group.key, self.random.choice(REASONS), left))
        for meeting in meetings:
            there = [
                p
                for p in participants
                if p is not leaver or left is None or meeting.day < day_in_england(left)
            ]
            commands.append(self._register(group, meeting, there))
        return commands

    def _meetings(self, group: Group) -> list[Meeting]:
        r = self.random
        patterns = SPRING_PATTERNS if group.starts_in_spring else AUTUMN_PATTERNS
        pattern = r.choice(patterns[r.choices(list(patterns), [1, 2, 1][: len(patterns)])[0]])
        first = group.season.confirmed_on + timedelta(days=1)
        days = []
        for n in pattern:
            able = [
                d
                for d in self.year.half_term(n).school_days()
                if first <= d <= YearEnd(self.year).last_usual_day and 0 < d.weekday() < 4
            ]
            days.append(r.choice(able))
        if group.number == LAST_GROUP:
            days[-1] = YearEnd(self.year).last_session
        meetings = [meeting_on(day, seq, r) for seq, day in enumerate(days, start=1)]
        return in_step(meetings, self.year) if group.number == IN_STEP else meetings

    def _announced(self, group: Group, meeting: Meeting, *, last: bool) -> datetime:
        """Return the instant at which a session is scheduled: with the group, or the last one in January."""
        if last and not group.starts_in_spring and group.number % ANNOUNCED_LATER == 0:
            new_year = moment(self.year.half_term(3).day(2, WEDNESDAY), 10)
            at = min(new_year + timedelta(minutes=group.number), meeting.starts_at - timedelta(days=14))
            return working_time_before(at)
        return group.season.opened + timedelta(minutes=group.number, seconds=10 * meeting.seq)

    def _leaver(self, group: Group, participants: Sequence[Participant]) -> Participant | None:
        """Return the participant who withdraws; a colleague stays, or the school has not attended yet."""
        if group.number in AT_THE_EDGE and group.number != FALLS_BELOW:
            return None
        absent = [p for p in participants if p.person.urn in self.never_came and p.person.number == 1]
        if absent and len(group.schools) > 7:
            return absent[0]
        seconds = [p for p in participants if not p.is_first]
        leaves = group.number == FALLS_BELOW or self.random.random() < LEAVERS
        return self.random.choice(seconds) if leaves and seconds else None

    def _register(self, group: Group, meeting: Meeting, there: Sequence[Participant]) -> Command:
        at = meeting.ends_at + timedelta(minutes=self.random.randrange(30, 90))
        end = YearEnd(self.year)
        if group.number == LAST_GROUP and meeting.day == end.last_session:
            at = end.last_register
        return take_register(group, meeting, self.attendance.marks(meeting, there), at)


def in_step(meetings: Sequence[Meeting], year: SchoolYear) -> list[Meeting]:
    """Return as many sessions at intervals of `WEEKS` weeks, like the first one, on school days."""
    first = meetings[0]
    open_days = frozenset(year.school_days())
    days = (first.day + timedelta(weeks=WEEKS * n) for n in count())
    able = islice((day for day in days if day in open_days), len(meetings))
    begins, ends = (at.astimezone(ENGLAND).time() for at in (first.starts_at, first.ends_at))
    return [
        replace(
            first,
            seq=seq,
            starts_at=moment(day, begins.hour, begins.minute),
            ends_at=moment(day, ends.hour, ends.minute),
        )
        for seq, day in enumerate(able, start=1)
    ]
