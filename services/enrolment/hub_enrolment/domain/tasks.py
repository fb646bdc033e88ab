"""Rules about classroom tasks: which sessions they lie between, who reports on them, and how far they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hub_enrolment.domain.sessions import Place
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict, Refused

STATUSES: Final = ("not_started", "tried", "reported", "discussed")  # in the order in which they come
REPORTED: Final = ("reported", "discussed")  # with these a participant has done what was asked


@dataclass(frozen=True, kw_only=True)
class Between:
    """A session, as the end of a task."""

    work_group_id: UUID
    status: str
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class Report:
    """How far one participant has come."""

    status: str
    note: str | None  # what happened in the classroom, without pupils' names
    pupils_n: int | None  # with how many pupils it was tried


def check_sessions(work_group_id: UUID, set_in: Between | None, due_before: Between | None) -> None:
    """Let a task pass that is set in one session of the group and due before a later one.

    Raises:
        Refused: `session_of_other_group`, `due_before_set`; Conflict: `session_cancelled`.
    """
    for one, pointer in ((set_in, "/set_in_session_id"), (due_before, "/due_before_session_id")):
        if one is None or one.work_group_id != work_group_id:
            raise Refused("session_of_other_group", "This is no session of the work group.", pointer)
        if one.status == "cancelled":
            raise Conflict("session_cancelled", "This session will not take place.", pointer)
    if set_in is not None and due_before is not None and due_before.starts_at <= set_in.starts_at:
        detail = "A task is due before a session later than the one in which it is set."
        raise Refused("due_before_set", detail, "/due_before_session_id")


def check_place(place: Place | None, *, set_at: datetime, due_at: datetime) -> None:
    """Raise unless the participant held a place between the starts of a task's two sessions.

    A place that was given on the day of the later session counts.

    Raises:
        Refused: `not_on_task`.
    """
    left = place is not None and place.withdrawn_at is not None and place.withdrawn_at <= set_at
    if place is None or place.enrolled_on > day_in_england(due_at) or left:
        raise Refused("not_on_task", "This enrolment held no place between the task's sessions.")


def check_report(known: Report | None, asked: Report, *, may_go_back: bool) -> None:
    """Let a report pass that goes on from the one before.

    Args:
        known: the one before, if there is one.
        asked: the new one.
        may_go_back: whether whoever reports may put a status right that was too far on.

    Raises:
        Conflict: `status_backwards`.
    """
    if known is None or may_go_back:
        return
    if STATUSES.index(asked.status) < STATUSES.index(known.status):
        detail = f"The task is {known.status}; only hub staff put it back."
        raise Conflict("status_backwards", detail, "/status")
