"""A Work Group's sessions, who came to them, and who left on the way."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count, islice
from typing import Any, Final

from local.demonstration.commands import Command, Made
from local.demonstration.dates.england import ENGLAND, moment
from local.demonstration.dates.school_years import WEDNESDAY, SchoolYear
from local.demonstration.groups.forming import AT_THE_EDGE, FALLS_BELOW, Group
from local.demonstration.groups.recruitment import WORK_GROUPS
from local.demonstration.groups.year_end import YearEnd
from local.demonstration.people.participants import Participant

# Number of sessions → the half terms that they are held in.
AUTUMN_PATTERNS: Final = {
    3: ((1, 3, 5), (1, 2, 4)),
    4: ((1, 2, 4, 5), (1, 3, 4, 6)),
    5: ((1, 2, 3, 4, 5), (1, 2, 3, 5, 6)),
}
SPRING_PATTERNS: Final = {3: ((3, 4, 5), (3, 4, 6)), 4: ((3, 4, 5, 6),)}
LAST_GROUP: Final = 48  # its last session is the last of the year
ANNOUNCED_LATER: Final = 3  # of every so many groups, one gives the date of its last session in January only
IN_STEP: Final = 14  # the group that meets every so many weeks, always at the same time
WEEKS: Final = 6

MARKS: Final = {"present": 85, "late": 3, "left_early": 2, "apologies": 6, "absent": 4}
MARKS_OF_ABSENTEES: Final = {"apologies": 3, "absent": 2}
NOTICES: Final = (timedelta(days=12), timedelta(days=8), timedelta(days=2), timedelta(hours=3))
LEAVERS: Final = 0.4  # share of the groups that somebody leaves
REASONS: Final = ("left_school", "workload", "illness", "not_relevant", "other")


@dataclass(frozen=True)
class Meeting:
    """One session."""

    seq: int
    starts_at: datetime
    ends_at: datetime
    mode: str


@dataclass
class Diary:
    """Plans the sessions of all groups; knows which schools have been seen at one."""

    year: SchoolYear
    random: random.Random
    never_came: frozenset[str]
    seen: set[str] = field(default_factory=set)

    def meet(self, group: Group, participants: Sequence[Participant]) -> list[Command]:
        """All commands of a group's sessions."""
        meetings = self._meetings(group)
        leaver = self._leaver(group, participants)
        commands = [self._schedule(group, meeting, last=meeting is meetings[-1]) for meeting in meetings]
        left: datetime | None = None
        if leaver is not None:
            left = meetings[0].ends_at + timedelta(days=5, hours=1)
            commands.append(self._withdraw(leaver, left))
        for meeting in meetings:
            there = [p for p in participants if p is not leaver or left is None or meeting.starts_at < left]
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
        meetings = [self._meeting(seq, day) for seq, day in enumerate(days, start=1)]
        return in_step(meetings, self.year) if group.number == IN_STEP else meetings

    def _meeting(self, seq: int, day: date) -> Meeting:
        mode = self.random.choices(("in_person", "online", "school_hosted"), (4, 3, 3))[0]
        if mode == "online":
            return Meeting(seq, moment(day, 16), moment(day, 17, 30), mode)
        if self.random.random() < 0.5:
            return Meeting(seq, moment(day, 9, 15), moment(day, 15, 30), mode)
        return Meeting(seq, moment(day, 13, 15), moment(day, 16), mode)

    def _schedule(self, group: Group, meeting: Meeting, *, last: bool) -> Command:
        at = group.season.opened + timedelta(minutes=group.number, seconds=10 * meeting.seq)
        if last and not group.starts_in_spring and group.number % ANNOUNCED_LATER == 0:
            new_year = moment(self.year.half_term(3).day(2, WEDNESDAY), 10)
            at = min(new_year + timedelta(minutes=group.number), meeting.starts_at - timedelta(days=14))
        body: dict[str, Any] = {
            "starts_at": meeting.starts_at.isoformat(),
            "ends_at": meeting.ends_at.isoformat(),
            "mode": meeting.mode,
        }
        if meeting.mode == "school_hosted":
            body["host_urn"] = group.home.urn
        return Command(
            key=_session_key(group, meeting),
            at=at,
            service="enrolment",
            method="POST",
            path=f"{WORK_GROUPS}/{{{group.key}}}/sessions",
            body=body,
            lane=group.key,
            gives="session_id",
        )

    def _leaver(self, group: Group, participants: Sequence[Participant]) -> Participant | None:
        """Somebody whose school stays in the group; also the one participant of a school that never came."""
        if group.number in AT_THE_EDGE and group.number != FALLS_BELOW:
            return None
        absent = [p for p in participants if p.person.urn in self.never_came and p.person.number == 1]
        if absent and len(group.schools) > 7:
            return absent[0]
        seconds = [p for p in participants if not p.is_first]
        leaves = group.number == FALLS_BELOW or self.random.random() < LEAVERS
        return self.random.choice(seconds) if leaves and seconds else None

    def _withdraw(self, leaver: Participant, at: datetime) -> Command:
        return Command(
            key=f"withdrawal/{leaver.key}",
            at=at,
            service="enrolment",
            method="POST",
            path=f"/enrolment/v1/enrolments/{{{leaver.key}}}/withdrawal",
            body={"reason": self.random.choice(REASONS)},
            lane=f"group/{leaver.group_number:02}",
        )

    def _register(self, group: Group, meeting: Meeting, there: Sequence[Participant]) -> Command:
        at = meeting.ends_at + timedelta(minutes=self.random.randrange(30, 90))
        year_end = YearEnd(self.year)
        if group.number == LAST_GROUP and meeting.starts_at.date() == year_end.last_session:
            at = year_end.last_register
        key = _session_key(group, meeting)
        return Command(
            key=f"register/{group.number:02}/{meeting.seq}",
            at=at,
            service="enrolment",
            method="PUT",
            path=f"/enrolment/v1/sessions/{{{key}}}/register",
            body={"marks": self._marks(meeting, there)},
            lane=group.key,
            by=group.leads[0].key,
            match=key,
            look=f"/enrolment/v1/sessions/{{{key}}}",
            done={"status": "completed"},
        )

    def _marks(self, meeting: Meeting, there: Sequence[Participant]) -> list[dict[str, Any]]:
        marks = []
        for participant in there:
            urn = participant.person.urn
            weights = MARKS_OF_ABSENTEES if urn in self.never_came else MARKS
            mark = self.random.choices(list(weights), list(weights.values()))[0]
            if participant.is_first and urn not in self.seen | self.never_came:
                mark = "present"  # every other school that signed up was seen at least once
            if mark in {"present", "late"}:
                self.seen.add(urn)
            one: dict[str, Any] = {"enrolment_id": Made(participant.key), "mark": mark}
            if mark == "apologies":
                one["notified_at"] = (meeting.starts_at - self.random.choice(NOTICES)).isoformat()
            marks.append(one)
        return marks


def in_step(meetings: Sequence[Meeting], year: SchoolYear) -> list[Meeting]:
    """As many meetings every `WEEKS` weeks from the first one on, like it, on days with pupils in school."""
    first = meetings[0]
    open_days = frozenset(year.school_days())
    days = (first.starts_at.astimezone(ENGLAND).date() + timedelta(weeks=WEEKS * n) for n in count())
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


def _session_key(group: Group, meeting: Meeting) -> str:
    return f"session/{group.number:02}/{meeting.seq}"
