"""Commands about a group, given to the handlers as the routes give them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    CLOSES,
    DAY,
    HELD_ON,
    LATER,
    MEETS,
    MONTH,
    NOW,
    fill,
    group,
    meeting,
    schools,
    teacher,
)
from tests.enrolment.messages import offer_sent

from hub_enrolment.commands.applications import Agreement, Apply, Asked, SubmitApplication
from hub_enrolment.commands.enrolments import TransferParticipant, WithdrawParticipant
from hub_enrolment.commands.sessions import TakeRegister
from hub_enrolment.commands.tasks import ReportTask, SetTask
from hub_enrolment.commands.waiting_list import JoinWaitingList
from hub_enrolment.commands.work_groups import (
    CancelWorkGroup,
    ChangeWorkGroup,
    CloseWorkGroup,
    ConfirmWorkGroup,
)
from hub_enrolment.domain.sessions import Mark
from hub_enrolment.handlers import (
    applications,
    endings,
    enrolments,
    offers,
    sessions,
    tasks,
    terms,
    waiting_list,
    work_groups,
)
from hub_enrolment.handlers.enrolments import withdraw_participant
from hub_enrolment.models import ClassroomTask, Enrolment, GroupSession, TaskReport, WaitingEntry, WorkGroup
from hub_enrolment.store import work_groups as store
from hub_enrolment.store.applications import WithParticipants
from hub_enrolment.store.waiting_list import Described
from hub_messaging.testing import delivered
from hub_platform.reaction_context import ReactionContext

AGREED = Agreement(head_agreed_by="Grace Head", head_agreed_at=NOW, agreement_version="2025.1")


def confirm(session: Session, group_id: UUID, override_reason: str | None = None) -> None:
    """Confirm a group as a hub lead."""
    command = ConfirmWorkGroup(work_group_id=group_id, override_reason=override_reason)
    work_groups.confirm_work_group(session, command, now=NOW, by=BY)


def change(
    session: Session, group: WorkGroup, *, expected: int | None = 1, **changes: Any
) -> store.Described:
    """Change a group."""
    reason = changes.pop("override_reason", None)
    command = ChangeWorkGroup(work_group_id=group.id, changes=changes, override_reason=reason)
    return terms.change_work_group(session, command, expected=expected, now=LATER, by="changer")


def call_off(session: Session, group_id: UUID, reason: str = "too_few_teachers") -> None:
    """Cancel a group."""
    command = CancelWorkGroup(work_group_id=group_id, reason=reason)
    endings.cancel_work_group(session, command, now=NOW + DAY, by=BY)


def shut(session: Session, group_id: UUID, *, submitted_on: date = HELD_ON + 4 * MONTH) -> None:
    """Close a group after its evaluation."""
    command = CloseWorkGroup(work_group_id=group_id, evaluation_submitted_on=submitted_on)
    endings.close_work_group(session, command, now=MEETS + 5 * MONTH, by=BY)


def running(session: Session, sessions_n: int = 4) -> tuple[WorkGroup, list[UUID], list[UUID]]:
    """A confirmed group with its places, and its sessions a month apart."""
    opened = group(session)
    places = fill(session, opened.id, teachers_n=3, schools_n=3)
    confirm(session, opened.id, "a small group for a test")
    ids = [meeting(session, opened.id, starts_at=MEETS + n * MONTH).id for n in range(sessions_n)]
    return opened, places, ids


def withdraw(session: Session, enrolment_id: UUID, *, now: datetime = LATER) -> None:
    """Give a place back."""
    command = WithdrawParticipant(enrolment_id=enrolment_id, reason="workload")
    withdraw_participant(session, command, now=now, by=BY)


def move(session: Session, enrolment_id: UUID, group_id: UUID) -> Enrolment:
    """Move a place to another group, after recruitment."""
    command = TransferParticipant(enrolment_id=enrolment_id, work_group_id=group_id)
    return enrolments.transfer_participant(session, command, now=CLOSES + DAY, by=BY)


def join(session: Session, group_id: UUID, teacher_id: UUID, *, now: datetime = NOW) -> Described:
    """Wait for a place."""
    command = JoinWaitingList(work_group_id=group_id, teacher_id=teacher_id, role="participant")
    return waiting_list.join_waiting_list(session, command, now=now, by=BY)


def tell(session: Session, *entries: WaitingEntry, at: datetime = NOW, **changes: Any) -> None:
    """React to the e-mails about offers having been sent."""
    for entry in entries:
        event = offer_sent(entry.id, entry.teacher_id, **changes)
        offers.on_message_sent(session, delivered(event, at=at), ReactionContext(now=at, by="enrolment"))


def stands(session: Session, *entries: WaitingEntry) -> list[str]:
    """Return the status of entries on the waiting list."""
    return [waiting_list.find_entry(session, entry.id).row.status for entry in entries]


def full(
    session: Session, *, waiting_n: int = 2, max_per_school: int | None = None
) -> tuple[WorkGroup, list[UUID], list[WaitingEntry]]:
    """A group of two places, who holds them, and who waits, each of a school of their own."""
    opened = group(session, capacity=2, of={"max_per_school": max_per_school})
    places = fill(session, opened.id, teachers_n=2, schools_n=2)
    entries = [
        join(session, opened.id, teacher(session, urn)).row for urn in schools(session, max(waiting_n, 1))
    ]
    return opened, places, entries[:waiting_n]


def school_with(session: Session, teachers_n: int = 2) -> tuple[str, list[UUID]]:
    """A school and so many of its teachers."""
    (urn,) = schools(session)
    return urn, [teacher(session, urn) for _ in range(teachers_n)]


def apply(
    session: Session, group_id: UUID, urn: str, teacher_ids: list[UUID], agreement: Agreement | None = AGREED
) -> WithParticipants:
    """The second teacher is the lead participant."""
    roles = ["participant", "lead_participant", *["participant"] * len(teacher_ids)]
    asked = [Asked(teacher_id=id_, role=role) for id_, role in zip(teacher_ids, roles, strict=False)]
    command = Apply(work_group_id=group_id, urn=urn, participants=asked, agreement=agreement)
    return applications.apply(session, command, now=NOW, by=BY)


def submit(session: Session, application_id: UUID, agreement: Agreement | None = None) -> WithParticipants:
    """Submit an application."""
    command = SubmitApplication(application_id=application_id, agreement=agreement)
    return applications.submit_application(session, command, now=NOW, by=BY)


def put_task(session: Session, group_id: UUID, set_in: UUID, due_before: UUID) -> ClassroomTask:
    """Set a task between two sessions."""
    command = SetTask(
        work_group_id=group_id,
        set_in_session_id=set_in,
        due_before_session_id=due_before,
        prompt="Try a bar model.",
    )
    return tasks.set_task(session, command, now=NOW, by=BY)


def say(
    session: Session, task_id: UUID, place: UUID, status: str, *, expected: int | None = 0, **changes: Any
) -> TaskReport:
    """Report on a task."""
    may_go_back = changes.pop("may_go_back", False)
    values = {"note": None, "pupils_n": None} | changes
    command = ReportTask(task_id=task_id, enrolment_id=place, status=status, **values)
    reporter = tasks.Reporter(may_go_back=may_go_back, expected=expected)
    return tasks.report_task(session, command, reporter, now=NOW, by=BY)


def marks(places: list[UUID], *words: str) -> list[Mark]:
    """Mark places with these words, the others as present."""
    said = [*words, *["present"] * (len(places) - len(words))]
    return [Mark(enrolment_id=id_, mark=word) for id_, word in zip(places, said, strict=True)]


def register(session: Session, session_id: UUID, given_marks: list[Mark]) -> None:
    """Take a register on the day after."""
    met = session.get_one(GroupSession, session_id)
    command = TakeRegister(session_id=session_id, held_on=None, marks=given_marks)
    sessions.take_register(session, command, expected=met.revision, now=met.starts_at + DAY, by=BY)
