"""Rules about classroom tasks: their two sessions, the participants who report, and the order of statuses."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hub_contracts.vocabulary import TaskStatus
from hub_enrolment.domain.sessions import Place, SessionStatus
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict, Refused

STATUSES: Final = tuple(TaskStatus)  # in order
REPORTED: Final = (TaskStatus.REPORTED, TaskStatus.DISCUSSED)  # these count as done


@dataclass(frozen=True, kw_only=True)
class Between:
    """The session in which a task is set, or before which it is due."""

    work_group_id: UUID
    status: str
    starts_at: datetime


@dataclass(frozen=True, kw_only=True)
class Report:
    """One participant's progress with a task."""

    status: str
    note: str | None  # observations in the classroom, without pupils' names
    pupils_n: int | None  # the number of pupils with whom it was tried


def check_sessions(work_group_id: UUID, set_in: Between | None, due_before: Between | None) -> None:
    """Raise unless a task is set in one session of the group and due before a later one.

    Raises:
        Refused: `session_of_other_group`, `due_before_set`; Conflict: `session_cancelled`.
    """
    for one, pointer in ((set_in, "/set_in_session_id"), (due_before, "/due_before_session_id")):
        if one is None or one.work_group_id != work_group_id:
            raise Refused("session_of_other_group", "This session is not one of the Work Group.", pointer)
        if one.status == SessionStatus.CANCELLED:
            raise Conflict("session_cancelled", "This session is cancelled; choose another one.", pointer)
    if set_in is not None and due_before is not None and due_before.starts_at <= set_in.starts_at:
        detail = "The session before which the task is due must be later than the one in which it is set."
        raise Refused("due_before_set", detail, "/due_before_session_id")


def check_place(place: Place | None, *, set_at: datetime, due_at: datetime) -> None:
    """Raise unless the participant had a place between the starts of a task's two sessions.

    A place given on the day of the later session counts.

    Raises:
        Refused: `not_on_task`.
    """
    left = place is not None and place.withdrawn_at is not None and place.withdrawn_at <= set_at
    if place is None or place.enrolled_on > day_in_england(due_at) or left:
        raise Refused("not_on_task", "This enrolment had no place between the task's sessions.")


def check_report(known: Report | None, asked: Report, *, may_go_back: bool) -> None:
    """Raise if a report puts the status back.

    Args:
        known: the present report; None without one.
        asked: the new report.
        may_go_back: the reporter is hub staff, who may correct a status.

    Raises:
        Conflict: `status_backwards`.
    """
    if known is None or may_go_back:
        return
    if STATUSES.index(TaskStatus(asked.status)) < STATUSES.index(TaskStatus(known.status)):
        detail = f"The task is {known.status}; only hub staff can put it back to {asked.status}."
        raise Conflict("status_backwards", detail, "/status")
