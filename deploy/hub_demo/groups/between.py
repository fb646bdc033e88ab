"""Additions to sessions: apologies, a change of time, a classroom task, a lesson study.

They are planned after the sessions, with random numbers of their own, so that attendance does not change.
"""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from hub_demo.commands import Command, Made
from hub_demo.dates.england import DAY, moment, working_time_after, working_time_before
from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.forming import Group
from hub_demo.groups.recruitment import WORK_GROUPS, group_command, where
from hub_demo.groups.sessions import SESSIONS
from hub_demo.groups.tasks import task
from hub_demo.people.participants import Participant

REPORTERS: Final = 3  # participants of each group who report on its task
# (n, remainder): one of every n groups; different remainders spread the additions over groups.
SENDS_APOLOGIES, MOVES, CALLS_OFF, CORRECTS, STUDIES_A_LESSON = (3, 0), (12, 5), (24, 7), (16, 3), (4, 1)


@dataclass(frozen=True)
class Met:
    """A planned session: the commands that schedule it and record its register."""

    scheduled: Command
    register: Command

    @property
    def starts_at(self) -> datetime:
        """Start of the session."""
        return datetime.fromisoformat(self.scheduled.facts["starts_at"])

    @property
    def ends_at(self) -> datetime:
        """End of the session."""
        return datetime.fromisoformat(self.scheduled.facts["ends_at"])

    @property
    def path(self) -> str:
        """Path of the session."""
        return f"{SESSIONS}/{{{self.scheduled.key}}}"


@dataclass(frozen=True)
class Between:
    """Adds commands to the sessions of groups."""

    year: SchoolYear
    random: random.Random
    closing: Collection[str]  # schools that close during the year

    def enrich(
        self, group: Group, participants: Sequence[Participant], planned: Sequence[Command]
    ) -> Iterator[Command]:
        """Return the commands of a group's sessions with all additions."""
        registers = {command.match: command for command in planned if command.path.endswith("/register")}
        met = [Met(one, registers[one.key]) for one in planned if one.key in registers]
        left = [one for one in planned if one.path.endswith("/withdrawal")]
        yield from left
        gone = {key for one in left for key in one.needs()}
        stay = [one for one in participants if one.key not in gone]
        for number, one in enumerate(met):
            yield from self._session(group, one, later=number > 0)
        reporters = self.random.sample(stay, min(REPORTERS, len(stay)))
        yield from task(group, met[0].scheduled, met[1].scheduled, reporters, self.random)
        if _is(group, CALLS_OFF):
            yield from self._called_off(group, met)
        if _is(group, STUDIES_A_LESSON):
            yield from self._lesson_study(group, met, [one for one in stay if self._stays_open(one)])

    def _stays_open(self, participant: Participant) -> bool:
        return participant.person.urn not in self.closing

    def _session(self, group: Group, met: Met, *, later: bool) -> Iterator[Command]:
        """Yield the commands of one session; the register has the ETag of the last command before it."""
        match = met.scheduled.key
        if later and _is(group, MOVES) and met.scheduled.key.endswith("/2"):
            early = {name: (at - timedelta(hours=1)).isoformat() for name, at in _times(met)}
            yield replace(met.scheduled, body={**met.scheduled.facts, **early})
            moved = self._moved(met)
            match = moved.key
            yield moved
        else:
            yield met.scheduled
        sorry = [mark for mark in _marks(met) if "notified_at" in mark]
        if later and sorry and _is(group, SENDS_APOLOGIES):
            sent = self._apologies(met, min(sorry, key=lambda mark: str(mark["notified_at"])))
            match = sent.key
            yield sent
        yield replace(met.register, match=match)
        if _is(group, CORRECTS):
            yield from self._correction(met)

    def _moved(self, met: Met) -> Command:
        at = max(met.scheduled.at + timedelta(minutes=30), working_time_before(met.starts_at - 20 * DAY))
        mode = {name: value for name, value in met.scheduled.facts.items() if name in {"mode", "host_urn"}}
        return _command(
            met, "reschedule", at, {name: t.isoformat() for name, t in _times(met)} | mode, gives="session_id"
        )

    def _apologies(self, met: Met, mark: Mapping[str, object]) -> Command:
        at = datetime.fromisoformat(str(mark["notified_at"]))
        return _command(met, "apologies", at, {"enrolment_id": mark["enrolment_id"]}, gives="session_id")

    def _correction(self, met: Met) -> Iterator[Command]:
        """Yield the correction of a mark from present to late, a week later."""
        present = [mark for mark in _marks(met) if mark["mark"] == "present"]
        if not present or not met.scheduled.key.endswith("/1"):
            return
        place = self.random.choice(present)["enrolment_id"]
        body = {"enrolment_id": place, "mark": "late", "reason": "register_mistake"}
        yield _command(met, "corrections", working_time_after(met.ends_at + 8 * DAY), body)

    def _called_off(self, group: Group, met: Sequence[Met]) -> Iterator[Command]:
        """Yield an additional session that is cancelled because of the weather."""
        day = next(one for one in self.year.school_days() if one >= met[1].starts_at.date() + 14 * DAY)
        starts_at = moment(day, 16)
        key = f"session/{group.label}/more"
        times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=1)).isoformat()}
        mode = {"mode": "online"} | where(group, "online")
        path, at = f"{WORK_GROUPS}/{{{group.key}}}/sessions", met[1].ends_at + timedelta(hours=2)
        yield group_command(group, key, path, times | mode, at=at, gives="session_id")
        path, at = f"{SESSIONS}/{{{key}}}/cancellation", working_time_before(starts_at - DAY)
        yield group_command(group, f"{key}/off", path, {"reason": "weather"}, at=at)

    def _lesson_study(
        self, group: Group, met: Sequence[Met], able: Sequence[Participant]
    ) -> Iterator[Command]:
        """Yield a lesson study: planned after the second session, taught a week later, then reviewed."""
        planners = self.random.sample(able, 3)
        planned = met[1].ends_at + timedelta(hours=2)
        day = next(one for one in self.year.school_days() if one >= met[1].starts_at.date() + 7 * DAY)
        lesson = moment(day, 10)
        key = f"lesson-study/{group.label}"
        places = [Made(one.key) for one in planners]
        studied = {
            "host_urn": planners[0].person.urn,
            "teacher_enrolment_id": places[0],
            "planner_enrolment_ids": places,
            "focus": "reasoning",
            "lesson_at": lesson.isoformat(),
        }
        path = f"{WORK_GROUPS}/{{{group.key}}}/lesson-studies"
        yield group_command(group, key, path, studied, at=planned, gives="cycle_id")
        path = f"/enrolment/v1/lesson-studies/{{{key}}}"
        taught = lesson + timedelta(hours=2)
        yield group_command(group, f"{key}/taught", f"{path}/taught", {}, at=taught, announces=0)
        learned = {"learning_note": "Waiting longer after the question brought more pupils into the talk."}
        reviewed = working_time_after(lesson + DAY)
        yield group_command(group, f"{key}/review", f"{path}/review", learned, at=reviewed)


def _is(group: Group, one_of: tuple[int, int]) -> bool:
    every, which = one_of
    return group.number % every == which


def _marks(met: Met) -> list[dict[str, object]]:
    return list(met.register.facts["marks"])


def _times(met: Met) -> tuple[tuple[str, datetime], tuple[str, datetime]]:
    return ("starts_at", met.starts_at), ("ends_at", met.ends_at)


def _command(met: Met, word: str, at: datetime, body: Mapping[str, object], *, gives: str = "") -> Command:
    return Command(
        key=f"{met.scheduled.key}/{word}",
        at=at,
        service="enrolment",
        method="POST",
        path=f"{met.path}/{word}",
        body=body,
        lane=met.scheduled.lane,
        gives=gives,
    )
