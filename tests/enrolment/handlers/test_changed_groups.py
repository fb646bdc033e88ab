"""Commands about groups, places and requests for them say who changed what, and change no more.

Two groups alike are there: only one of them, and what belongs to it, may change.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.enrolment import steps
from tests.enrolment.changes import CHANGER, Case, assert_tracked, given, two
from tests.enrolment.factories import (
    LATER,
    MEETS,
    MONTH,
    NOW,
    fill,
    group,
    leader,
    meeting,
    schools,
    teacher,
)
from tests.enrolment.messages import offer_sent

from hub_enrolment.commands.applications import DecideApplication, SubmitApplication, WithdrawApplication
from hub_enrolment.commands.enrolments import WithdrawParticipant
from hub_enrolment.commands.waiting_list import AcceptOffer, LeaveWaitingList
from hub_enrolment.commands.work_groups import (
    CancelWorkGroup,
    ChangeWorkGroup,
    CloseWorkGroup,
    ConfirmWorkGroup,
    OpenDraft,
)
from hub_enrolment.handlers import applications, endings, offers, terms, waiting_list, work_groups
from hub_enrolment.handlers.enrolments import withdraw_participant
from hub_enrolment.models import WaitingEntry
from hub_messaging.testing import delivered
from hub_platform.reaction_context import ReactionContext


def recruiting(session: Session) -> tuple[UUID, list[UUID], list[UUID]]:
    """A full group: its places, and who waits for one."""
    opened, places, entries = steps.full(session)
    return opened.id, places, [entry.id for entry in entries]


def cancel_group(session: Session) -> Case:
    def make(session: Session) -> UUID:
        group_id, _, _ = recruiting(session)
        meeting(session, group_id)
        urn, people = steps.school_with(session)
        steps.apply(session, group_id, urn, people)
        return group_id

    command = CancelWorkGroup(work_group_id=two(session, make), reason="too_few_teachers")
    return Case(
        lambda: endings.cancel_work_group(session, command, **given()),
        {"work_groups": 1, "sessions": 1, "enrolments": 2, "waiting_list": 2, "applications": 1},
    )


def close_group(session: Session) -> Case:
    def make(session: Session) -> UUID:
        opened, places, (first,) = steps.running(session, sessions_n=1)
        steps.register(session, first, steps.marks(places))
        return opened.id

    at = MEETS + 2 * MONTH
    command = CloseWorkGroup(work_group_id=two(session, make), evaluation_submitted_on=at.date())
    return Case(
        lambda: endings.close_work_group(session, command, **given(at)),
        {"work_groups": 1, "enrolments": 3},
        at,
    )


def confirm_group(session: Session) -> Case:
    group_id = two(session, lambda session: recruiting(session)[0])
    command = ConfirmWorkGroup(work_group_id=group_id, override_reason="a small group")
    return Case(lambda: work_groups.confirm_work_group(session, command, **given()), {"work_groups": 1})


def open_draft(session: Session) -> Case:
    opened = two(session, lambda session: group(session, draft=True))
    command = OpenDraft(work_group_id=opened.id)
    return Case(lambda: terms.open_draft(session, command, **given()), {"work_groups": 1})


def change_leads(session: Session) -> Case:
    leads = [teacher(session, schools(session)[0]) for _ in range(2)]
    for one in leads:
        leader(session, one)
    opened = two(session, lambda session: group(session, lead_ids=leads))
    command = ChangeWorkGroup(work_group_id=opened.id, changes={"lead_ids": leads[:1]})
    return Case(
        lambda: terms.change_work_group(session, command, expected=1, **given()),
        {"work_groups": 1, "work_group_leads": 1},
        touched="work_groups",
    )


def withdraw(session: Session) -> Case:
    _, places, _ = two(session, recruiting)
    command = WithdrawParticipant(enrolment_id=places[0], reason="workload")
    return Case(
        lambda: withdraw_participant(session, command, **given()),
        {"enrolments": 1, "waiting_list": 1},
    )


def fall_short(session: Session) -> Case:
    """A confirmed group that is too small after a withdrawal is at risk."""

    def make(session: Session) -> UUID:
        opened = group(session, of={"min_schools": 1, "min_teachers": 2})
        places = fill(session, opened.id, teachers_n=2, schools_n=2)
        steps.confirm(session, opened.id)
        return places[0]

    command = WithdrawParticipant(enrolment_id=two(session, make), reason="workload")
    return Case(
        lambda: withdraw_participant(session, command, **given()),
        {"enrolments": 1, "work_groups": 1},
    )


def offered(session: Session) -> UUID:
    """An entry on a waiting list that has an offer."""
    _, places, (first, _) = recruiting(session)
    steps.withdraw(session, places[0], now=NOW)
    return first


def accept_offer(session: Session) -> Case:
    command = AcceptOffer(waiting_id=two(session, offered))
    return Case(lambda: waiting_list.accept_offer(session, command, **given()), {"waiting_list": 1})


def leave_waiting_list(session: Session) -> Case:
    command = LeaveWaitingList(waiting_id=two(session, offered))
    return Case(
        lambda: waiting_list.leave_waiting_list(session, command, **given()),
        {"waiting_list": 2},  # the place is offered to the next
    )


def expire_offers(session: Session) -> Case:
    def make(session: Session) -> UUID:
        opened, places, (first, _) = steps.full(session)
        steps.withdraw(session, places[0], now=NOW)
        steps.tell(session, first)
        return opened.id

    at = NOW + timedelta(days=14)
    group_id = two(session, make)
    return Case(lambda: offers.expire_offers(session, group_id, now=at, by=CHANGER), {"waiting_list": 2}, at)


def follow_message(session: Session) -> Case:
    def make(session: Session) -> WaitingEntry:
        _, places, (first, _) = steps.full(session)
        steps.withdraw(session, places[0], now=NOW)
        return first

    offered = two(session, make)
    event = offer_sent(offered.id, offered.teacher_id)
    sent = delivered(event, at=LATER)
    return Case(
        lambda: offers.on_message_sent(session, sent, ReactionContext(**given())), {"waiting_list": 1}
    )


def applied(session: Session, *, submitted: bool) -> UUID:
    group_id = group(session).id
    urn, people = steps.school_with(session)
    row = steps.apply(session, group_id, urn, people).row
    if submitted:
        steps.submit(session, row.id)
    return row.id


def submit_application(session: Session) -> Case:
    application_id = two(session, lambda session: applied(session, submitted=False))
    command = SubmitApplication(application_id=application_id, agreement=None)
    return Case(lambda: applications.submit_application(session, command, **given()), {"applications": 1})


def decide_application(session: Session) -> Case:
    application_id = two(session, lambda session: applied(session, submitted=True))
    command = DecideApplication(application_id=application_id, decision="accepted", reason=None)
    return Case(lambda: applications.decide_application(session, command, **given()), {"applications": 1})


def withdraw_application(session: Session) -> Case:
    application_id = two(session, lambda session: applied(session, submitted=True))
    command = WithdrawApplication(application_id=application_id)
    return Case(lambda: applications.withdraw_application(session, command, **given()), {"applications": 1})


CASES = (
    cancel_group,
    close_group,
    confirm_group,
    open_draft,
    change_leads,
    withdraw,
    fall_short,
    accept_offer,
    leave_waiting_list,
    expire_offers,
    follow_message,
    submit_application,
    decide_application,
    withdraw_application,
)


@pytest.mark.parametrize("prepare", CASES, ids=lambda prepare: str(prepare.__name__).replace("_", " "))
def test_a_command_says_who_changed_what_and_when_and_changes_no_more(
    session: Session, prepare: Callable[[Session], Case]
) -> None:
    assert_tracked(session, prepare(session))
