"""Schools' applications: what may be asked, when, and that all of it is granted or nothing."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, CLOSES, INSTANT, NOW, OPENS, enrol, events, group, teacher
from tests.enrolment.steps import AGREED, apply, school_with, submit

from hub_enrolment.commands.applications import (
    DecideApplication,
    WithdrawApplication,
)
from hub_enrolment.domain import applications as rules
from hub_enrolment.domain.refusals import Refused
from hub_enrolment.handlers import applications
from hub_enrolment.models import Application, Enrolment
from hub_enrolment.store.applications import WithParticipants
from hub_platform.database import Sessions


def decide(session: Session, application_id: UUID, decision: str, *, now: datetime = NOW) -> WithParticipants:
    command = DecideApplication(application_id=application_id, decision=decision, reason=None)
    return applications.decide_application(session, command, now=now, by=BY)


def outcome(
    status: str = "draft", *, at: datetime = NOW, agreed: bool = True, group: str = "recruiting"
) -> str:
    """How submitting ends."""
    try:
        rules.submit(status, agreed=agreed, group_status=group, opens_at=OPENS, closes_at=CLOSES, at=at)
    except Refused as refusal:
        return refusal.code
    return "submitted"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (OPENS - INSTANT, "recruitment_not_open"),
        (OPENS, "submitted"),
        (CLOSES - INSTANT, "submitted"),
        (CLOSES, "recruitment_closed"),
        (CLOSES + INSTANT, "recruitment_closed"),
    ],
)
def test_an_application_comes_before_the_close(at: datetime, code: str) -> None:
    assert outcome(at=at) == code


@given(st.datetimes(OPENS.replace(tzinfo=None), CLOSES.replace(tzinfo=None)))
def test_without_the_heads_agreement_no_moment_is_right(at: datetime) -> None:
    assert outcome(at=at.replace(tzinfo=OPENS.tzinfo), agreed=False) == "agreement_missing"


def test_only_a_draft_is_submitted_to_a_group_that_recruits() -> None:
    others = [status for status in rules.STATUSES if status != "draft"]
    assert {outcome(status) for status in others} == {"not_draft"}
    assert outcome(group="cancelled") == "work_group_not_recruiting"


@pytest.mark.parametrize(("agreed_at", "fine"), [(NOW, True), (NOW - INSTANT, True), (NOW + INSTANT, False)])
def test_an_agreement_has_been_given(agreed_at: datetime, fine: bool) -> None:
    if fine:
        rules.check_agreement(agreed_at, now=NOW)
    else:
        with pytest.raises(Refused, match="agreed_in_future"):
            rules.check_agreement(agreed_at, now=NOW)


@pytest.mark.parametrize(
    ("status", "decision", "code"),
    [
        ("submitted", "accepted", None),
        ("waitlisted", "accepted", None),
        ("submitted", "waitlisted", None),
        ("waitlisted", "declined", None),
        ("waitlisted", "waitlisted", "already_waitlisted"),
        ("draft", "accepted", "not_undecided"),
        ("accepted", "declined", "not_undecided"),
        ("declined", "accepted", "not_undecided"),
        ("withdrawn", "accepted", "not_undecided"),
    ],
)
def test_what_is_decided(status: str, decision: str, code: str | None) -> None:
    if code is None:
        rules.decide(status, decision)
    else:
        with pytest.raises(Refused, match=code):
            rules.decide(status, decision)


@pytest.mark.parametrize("status", ["accepted", "declined", "withdrawn"])
def test_what_has_ended_is_not_withdrawn(status: str) -> None:
    with pytest.raises(Refused, match="not_open"):
        rules.withdraw(status)


def test_accepted_all_participants_have_places(session: Session) -> None:
    opened = group(session)
    urn, teachers = school_with(session)
    found = apply(session, opened.id, urn, teachers)
    assert submit(session, found.row.id).row.status == "submitted"
    # The application was in time; that the hub decides later is not the school's fault.
    decide(session, found.row.id, "accepted", now=CLOSES + timedelta(days=3))
    places = session.scalars(select(Enrolment).where(Enrolment.work_group_id == opened.id)).all()
    assert {place.teacher_id for place in places} == set(teachers)
    told = events(
        session, "ApplicationSubmitted", "ApplicationAccepted", "ParticipantEnrolled", "SchoolEnrolled"
    )
    assert [type_ for type_, _ in told] == [
        "ApplicationSubmitted",
        "ApplicationAccepted",
        "ParticipantEnrolled",
        "SchoolEnrolled",
        "ParticipantEnrolled",
    ]
    assert (told[0][1]["agreement_version"], told[1][1]["teachers_n"]) == ("2025.1", 2)
    joined = told[3][1]
    assert (joined["lead_participants_n"], joined["agreement_version"]) == (1, "2025.1")
    assert "Grace Head" not in str(events(session))


def test_where_one_gets_no_place_nobody_does(database: Sessions) -> None:
    with database.begin() as session:
        opened = group(session, capacity=2)
        urn, teachers = school_with(session)
        enrol(session, opened.id, teacher(session, urn))
        application_id = apply(session, opened.id, urn, teachers).row.id
        submit(session, application_id)
    with pytest.raises(Refused, match="work_group_full"), database.begin() as session:
        decide(session, application_id, "accepted")
    with database() as session:
        assert applications.find_application(session, application_id).row.status == "submitted"
        assert session.scalar(select(func.count(Enrolment.id))) == 1
        assert events(session, "ApplicationAccepted") == []


def test_somebody_who_has_left_the_school_gets_no_place_by_it(session: Session) -> None:
    opened = group(session)
    urn, teachers = school_with(session)
    other, _ = school_with(session, 0)
    with pytest.raises(Refused, match="not_of_school"):
        apply(session, opened.id, other, teachers)
    with pytest.raises(Refused, match="unknown_teacher"):
        apply(session, opened.id, urn, [uuid4()])
    with pytest.raises(Refused, match="participant_named_twice"):
        apply(session, opened.id, urn, [teachers[0], teachers[0]])
    with pytest.raises(Refused, match="unknown_school"):
        apply(session, opened.id, "999999", teachers)


def test_put_off_then_declined(session: Session) -> None:
    opened = group(session)
    urn, teachers = school_with(session, 1)
    application_id = apply(session, opened.id, urn, teachers, agreement=None).row.id
    with pytest.raises(Refused, match="agreement_missing"):
        submit(session, application_id)
    submit(session, application_id, AGREED)
    decide(session, application_id, "waitlisted")
    decide(session, application_id, "declined")
    told = events(session, "ApplicationWaitlisted", "ApplicationDeclined")
    assert [type_ for type_, _ in told] == ["ApplicationWaitlisted", "ApplicationDeclined"]
    assert [data["teacher_ids"] for _, data in told] == [[str(one) for one in teachers]] * 2
    assert apply(session, opened.id, urn, teachers).row.status == "draft"


def test_a_draft_is_withdrawn_without_a_word(session: Session) -> None:
    opened = group(session)
    urn, teachers = school_with(session, 1)
    for submitted in (False, True):
        application_id = apply(session, opened.id, urn, teachers).row.id
        if submitted:
            submit(session, application_id)
        command = WithdrawApplication(application_id=application_id)
        applications.withdraw_application(session, command, now=NOW, by=BY)
        assert len(events(session, "ApplicationWithdrawn")) == int(submitted)


def test_a_school_has_one_open_application_for_a_group(database: Sessions) -> None:
    with database.begin() as session:
        opened = group(session)
        group_id = opened.id
        urn, teachers = school_with(session)
        apply(session, group_id, urn, teachers)
    with pytest.raises(Refused, match="application_open"), database.begin() as session:
        apply(session, group_id, urn, teachers)
    with database() as session:
        assert session.scalar(select(func.count(Application.id))) == 1
