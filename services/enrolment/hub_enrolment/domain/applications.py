"""Rules about a school's application for places on a work group."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hub_enrolment.domain import enrolments
from hub_enrolment.domain.refusals import Conflict, Refused

STATUSES: Final = ("draft", "submitted", "waitlisted", "accepted", "declined", "withdrawn")
OPEN: Final = ("draft", "submitted", "waitlisted")  # a school has one such application for a group
DECISIONS: Final = ("accepted", "waitlisted", "declined")


def check_participants(urn: str, participants: Sequence[UUID], schools: Iterable[str | None]) -> None:
    """Let participants pass that are all of the school, each named once.

    `schools`: where each of them teaches, None for somebody unknown.

    Raises:
        Refused: `participant_named_twice`, `unknown_teacher`, `not_of_school`.
    """
    for index, (teacher_id, school) in enumerate(zip(participants, schools, strict=True)):
        pointer = f"/participants/{index}/teacher_id"
        if teacher_id in participants[:index]:
            raise Refused("participant_named_twice", "Each participant is named once.", pointer)
        if school is None:
            raise Refused("unknown_teacher", "There is no such teacher.", pointer)
        if school != urn:
            raise Refused("not_of_school", f"This teacher does not teach at {urn}.", pointer)


def check_agreement(agreed_at: datetime | None, *, now: datetime) -> None:
    """Let an agreement pass that has been given.

    Raises:
        Refused: `agreed_in_future`.
    """
    if agreed_at is not None and agreed_at > now:
        raise Refused("agreed_in_future", "The head has agreed now or before.", "/head_agreed_at")


def submit(
    status: str, *, agreed: bool, group_status: str, opens_at: datetime, closes_at: datetime, at: datetime
) -> None:
    """Let a draft be submitted in time, with the head's agreement.

    Raises:
        Conflict: `not_draft`, `work_group_not_recruiting`.
        Refused: `agreement_missing`, `recruitment_not_open`, `recruitment_closed`.
    """
    if status != "draft":
        raise Conflict("not_draft", f"The application is {status}; only a draft is submitted.")
    if not agreed:
        detail = "Say who agreed for the school, when, and to which version of the agreement."
        raise Refused("agreement_missing", detail, "/head_agreed_by")
    enrolments.check_recruiting(group_status)
    enrolments.check_window(opens_at, closes_at, at=at)


def decide(status: str, decision: str) -> None:
    """Let an application be decided that waits for it; one that was put off is decided again.

    Raises:
        Conflict: `not_undecided`, `already_waitlisted`.
    """
    if status not in {"submitted", "waitlisted"}:
        raise Conflict("not_undecided", f"The application is {status}; there is nothing to decide.")
    if status == decision:
        raise Conflict("already_waitlisted", "The application is waitlisted.", "/decision")


def withdraw(status: str) -> None:
    """Let an application be withdrawn that has not been decided for good.

    Raises:
        Conflict: `not_open`.
    """
    if status not in OPEN:
        raise Conflict("not_open", f"The application is {status}; it cannot be withdrawn.")
