"""The commands of a session: schedule, register, cancel; and withdrawals."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from hub_demo.commands import Command, Made
from hub_demo.dates.england import moment, working_time_before
from hub_demo.groups.forming import Group
from hub_demo.groups.recruitment import WORK_GROUPS, where
from hub_demo.people.participants import Participant
from hub_kernel.england import day_in_england

SESSIONS: Final = "/enrolment/v1/sessions"
MARKS: Final = {"present": 85, "late": 3, "left_early": 2, "apologies": 6, "absent": 4}
MARKS_OF_ABSENTEES: Final = {"apologies": 3, "absent": 2}
NOTICES: Final = (timedelta(days=12), timedelta(days=8), timedelta(days=2), timedelta(hours=3))
REASONS: Final = ("left_school", "workload", "illness", "not_relevant", "other")


@dataclass(frozen=True)
class Meeting:
    """A session of a Work Group."""

    seq: int
    starts_at: datetime
    ends_at: datetime
    mode: str

    @property
    def day(self) -> date:
        """Its date in England."""
        return day_in_england(self.starts_at)


@dataclass
class Attendance:
    """Draws attendance at random; records which schools have attended."""

    random: random.Random
    never_came: frozenset[str]
    seen: set[str] = field(default_factory=set)

    def marks(self, meeting: Meeting, there: Sequence[Participant]) -> list[dict[str, object]]:
        """Return the marks of a register; nearly every school attends at least once."""
        marks = []
        for participant in there:
            urn = participant.person.urn
            weights = MARKS_OF_ABSENTEES if urn in self.never_came else MARKS
            mark = self.random.choices(list(weights), list(weights.values()))[0]
            if participant.is_first and urn not in self.seen | self.never_came:
                mark = "present"
            if mark in {"present", "late"}:
                self.seen.add(urn)
            one: dict[str, object] = {"enrolment_id": Made(participant.key), "mark": mark}
            if mark == "apologies":
                notified = working_time_before(meeting.starts_at - self.random.choice(NOTICES))
                one["notified_at"] = notified.isoformat()
            marks.append(one)
        return marks


def meeting_on(day: date, seq: int, r: random.Random) -> Meeting:
    """Return a session on a day: online after school, or in person for a day or an afternoon."""
    mode = r.choices(("in_person", "online", "school_hosted"), (4, 3, 3))[0]
    if mode == "online":
        return Meeting(seq, moment(day, 16), moment(day, 17, 30), mode)
    if r.random() < 0.5:
        return Meeting(seq, moment(day, 9, 15), moment(day, 15, 30), mode)
    return Meeting(seq, moment(day, 13, 15), moment(day, 16), mode)


def session_key(group: Group, meeting: Meeting) -> str:
    """Return the key of a session in the plan."""
    return f"session/{group.label}/{meeting.seq}"


def schedule(group: Group, meeting: Meeting, at: datetime) -> Command:
    """Return the command that schedules a session."""
    body: dict[str, object] = {
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "mode": meeting.mode,
    }
    if meeting.mode == "school_hosted":
        body["host_urn"] = group.home.urn
    elif meeting.mode != group.mode:  # otherwise the group's own venue or link applies
        body |= where(group, meeting.mode)
    return Command(
        key=session_key(group, meeting),
        at=at,
        service="enrolment",
        method="POST",
        path=f"{WORK_GROUPS}/{{{group.key}}}/sessions",
        body=body,
        lane=group.key,
        gives="session_id",
    )


def take_register(group: Group, meeting: Meeting, marks: list[dict[str, object]], at: datetime) -> Command:
    """Return the command with which the group's lead records a register."""
    key = session_key(group, meeting)
    return Command(
        key=f"register/{group.label}/{meeting.seq}",
        at=at,
        service="enrolment",
        method="PUT",
        path=f"{SESSIONS}/{{{key}}}/register",
        body={"marks": marks},
        lane=group.key,
        by=group.leads[0].key,
        match=key,
        look=f"{SESSIONS}/{{{key}}}",
        done={"status": "completed"},
    )


def cancel_session(group: Group, meeting: Meeting, reason: str, at: datetime) -> Command:
    """Return the command that cancels a session, before or after its day."""
    key = session_key(group, meeting)
    return Command(
        key=f"{key}/cancellation",
        at=at,
        service="enrolment",
        method="POST",
        path=f"{SESSIONS}/{{{key}}}/cancellation",
        body={"reason": reason},
        lane=group.key,
    )


def withdraw(leaver: Participant, lane: str, reason: str, at: datetime) -> Command:
    """Return the command that withdraws a participant."""
    return Command(
        key=f"withdrawal/{leaver.key}",
        at=at,
        service="enrolment",
        method="POST",
        path=f"/enrolment/v1/enrolments/{{{leaver.key}}}/withdrawal",
        body={"reason": reason},
        lane=lane,
    )
