"""Rules about a school's application for places on a work group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_enrolment.domain import enrolments
from hub_kernel.refusals import Conflict, Refused


class ApplicationStatus(StrEnum):
    """Stored statuses, from the school's draft to the hub's decision."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


# A school has at most one such application for a group.
OPEN: Final = (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED)
DECISIONS: Final = (ApplicationStatus.ACCEPTED, ApplicationStatus.WAITLISTED, ApplicationStatus.DECLINED)


@dataclass(frozen=True, kw_only=True)
class Recruitment:
    """When a Work Group accepts applications."""

    status: str  # of the group
    opens_at: datetime
    closes_at: datetime  # an application at this instant is already late


def check_participants(urn: str, participants: Sequence[UUID], schools: Iterable[str | None]) -> None:
    """Raise unless every participant teaches at the school that applies, and is named once.

    `schools`: the URN of each participant's school, None for an unknown teacher.

    Raises:
        Refused: `participant_named_twice`, `unknown_teacher`, `not_of_school`.
    """
    for index, (teacher_id, school) in enumerate(zip(participants, schools, strict=True)):
        pointer = f"/participants/{index}/teacher_id"
        if teacher_id in participants[:index]:
            raise Refused(
                "participant_named_twice", "This participant is named twice; name each once.", pointer
            )
        if school is None:
            raise Refused("unknown_teacher", "The hub has no teacher with this id.", pointer)
        if school != urn:
            detail = f"This teacher does not teach at {urn}; record their move first, or leave them out."
            raise Refused("not_of_school", detail, pointer)


def check_agreement(agreed_at: datetime | None, *, now: datetime) -> None:
    """Raise if the head teacher's agreement is dated after now.

    Raises:
        Refused: `agreed_in_future`.
    """
    if agreed_at is not None and agreed_at > now:
        raise Refused("agreed_in_future", "The agreement is dated in the future.", "/head_agreed_at")


def submit(status: str, recruitment: Recruitment, *, agreed: bool, at: datetime) -> None:
    """Raise unless an application is a draft with the head teacher's agreement and recruitment is open.

    Raises:
        Conflict: `not_draft`, `work_group_not_recruiting`.
        Refused: `agreement_missing`, `recruitment_not_open`, `recruitment_closed`.
    """
    if status != ApplicationStatus.DRAFT:
        raise Conflict("not_draft", f"The application is {status}; only a draft can be submitted.")
    if not agreed:
        detail = "Say who agreed for the school, when, and to which version of the agreement."
        raise Refused("agreement_missing", detail, "/head_agreed_by")
    enrolments.check_recruiting(recruitment.status)
    enrolments.check_window(recruitment.opens_at, recruitment.closes_at, at=at)


def decide(status: str, decision: str) -> None:
    """Raise unless an application is submitted or waitlisted; a waitlisted one may be accepted or declined.

    Raises:
        Conflict: `not_undecided`, `already_waitlisted`.
    """
    if status not in {ApplicationStatus.SUBMITTED, ApplicationStatus.WAITLISTED}:
        raise Conflict("not_undecided", f"The application is {status}, so it cannot be decided.")
    if status == decision:
        raise Conflict("already_waitlisted", "The application is waitlisted already.", "/decision")


def withdraw(status: str) -> None:
    """Raise unless an application is a draft, submitted or waitlisted.

    Raises:
        Conflict: `not_open`.
    """
    if status not in OPEN:
        raise Conflict("not_open", f"The application is {status}; it cannot be withdrawn.")
