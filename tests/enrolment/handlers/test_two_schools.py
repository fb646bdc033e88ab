"""A teacher who works at two schools: each request may say for which of them it counts."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, LATER, MEETS, NOW, TODAY, events, group, schools, teacher
from tests.enrolment.steps import apply, full, submit, tell, withdraw

from hub_enrolment.commands.applications import DecideApplication
from hub_enrolment.commands.enrolments import EnrolParticipant
from hub_enrolment.commands.pd_days import HoldPDDay, OpenPDDay, RegisterForPDDay
from hub_enrolment.commands.teachers import MoveTeacher
from hub_enrolment.commands.waiting_list import AcceptOffer, JoinWaitingList
from hub_enrolment.handlers import applications, moves, pd_days, waiting_list
from hub_enrolment.handlers.enrolments import enrol_participant
from hub_enrolment.models import Enrolment
from hub_enrolment.store.waiting_list import Described
from hub_kernel.refusals import Refused


def at_two_schools(session: Session) -> tuple[UUID, str, str]:
    """A teacher with the school joined first and the one joined last, today."""
    first, last = schools(session, 2)
    ada = teacher(session, first)
    joins = MoveTeacher(
        teacher_id=ada, from_urn=None, to_urn=last, role="class_teacher", moved_on=TODAY, keep_email=True
    )
    moves.move_teacher(session, joins, now=NOW, by=BY)
    return ada, first, last


def place(session: Session, teacher_id: UUID, urn: str | None) -> Enrolment:
    """Give a place on a new group."""
    command = EnrolParticipant(
        work_group_id=group(session).id, teacher_id=teacher_id, role="participant", urn=urn
    )
    return enrol_participant(session, command, now=NOW, by=BY)


def test_a_place_counts_for_the_school_that_the_request_names(session: Session) -> None:
    ada, first, last = at_two_schools(session)
    assert [place(session, ada, urn).urn for urn in (first, last, None)] == [first, last, last]


def test_a_school_of_others_is_refused_with_its_pointer(session: Session) -> None:
    ada, _, _ = at_two_schools(session)
    (other,) = schools(session)
    (full_group, _, _), day = full(session), open_day(session)
    requests = (
        lambda: place(session, ada, other),
        lambda: wait(session, full_group.id, ada, other),
        lambda: register(session, day, ada, other),
    )
    for request in requests:
        with pytest.raises(Refused) as caught:
            request()
        assert (caught.value.code, caught.value.kind, caught.value.pointer) == (
            "not_at_school",
            "rule",
            "/urn",
        )


def wait(session: Session, group_id: UUID, teacher_id: UUID, urn: str) -> Described:
    """Join a waiting list for a school."""
    command = JoinWaitingList(work_group_id=group_id, teacher_id=teacher_id, role="participant", urn=urn)
    return waiting_list.join_waiting_list(session, command, now=NOW, by=BY)


def test_an_offer_is_accepted_for_the_school_for_which_the_teacher_waits(session: Session) -> None:
    ada, first, _ = at_two_schools(session)
    opened, (held, _), _ = full(session, waiting_n=0)
    entry = wait(session, opened.id, ada, first).row
    for one in (
        held,
        *[row.id for row in session.query(Enrolment).filter_by(status="active") if row.id != held],
    ):
        withdraw(session, one, now=NOW)
    tell(session, entry, at=NOW)
    accepted = waiting_list.accept_offer(session, AcceptOffer(waiting_id=entry.id), now=LATER, by=BY)
    assert accepted.row.enrolment_id is not None
    assert session.get_one(Enrolment, accepted.row.enrolment_id).urn == first


def test_a_school_applies_for_a_teacher_who_works_elsewhere_too(session: Session) -> None:
    ada, first, _ = at_two_schools(session)
    opened = group(session)
    application = apply(session, opened.id, first, [ada]).row
    submit(session, application.id)
    decision = DecideApplication(application_id=application.id, decision="accepted", reason=None)
    applications.decide_application(session, decision, now=NOW, by=BY)
    assert [data["urn"] for _, data in events(session, "ParticipantEnrolled")] == [first]


def open_day(session: Session) -> UUID:
    """Open a PD day of the day on which sessions meet."""
    command = OpenPDDay(
        kind="pd_day",
        theme="fluency",
        title=None,
        on=MEETS.date(),
        starts_at=None,
        venue=None,
        capacity=None,
        registration_closes_at=None,
    )
    return pd_days.open_pd_day(session, command, now=NOW, by=BY).id


def register(session: Session, day: UUID, teacher_id: UUID, urn: str | None) -> None:
    """Register for the day."""
    command = RegisterForPDDay(pd_day_id=day, teacher_id=teacher_id, urn=urn)
    pd_days.register_for_pd_day(session, command, now=NOW, by=BY)


@pytest.mark.parametrize("asked", [0, 1, None])
def test_a_pd_day_counts_for_the_school_of_the_registration(session: Session, asked: int | None) -> None:
    ada, *urns = at_two_schools(session)
    day = open_day(session)
    register(session, day, ada, None if asked is None else urns[asked])
    held = HoldPDDay(pd_day_id=day, teacher_ids=[ada])
    pd_days.hold_pd_day(session, held, expected=0, now=MEETS, by=BY)
    expected = urns[1 if asked is None else asked]
    told = events(session, "PDDayRegistered", "PDDayHeld")
    assert told[0][1]["urn"] == told[1][1]["attendances"][0]["urn"] == expected
    assert date.fromisoformat(told[1][1]["held_on"]) == MEETS.date()
