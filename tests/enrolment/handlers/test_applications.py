"""Schools' applications: all of one is granted or nothing."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, CLOSES, NOW, enrol, events, group, teacher
from tests.enrolment.steps import AGREED, apply, school_with, submit

from hub_enrolment.commands.applications import (
    DecideApplication,
    WithdrawApplication,
)
from hub_enrolment.handlers import applications
from hub_enrolment.models import Application, Enrolment
from hub_enrolment.store.applications import WithParticipants
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions


def decide(session: Session, application_id: UUID, decision: str, *, now: datetime = NOW) -> WithParticipants:
    command = DecideApplication(application_id=application_id, decision=decision, reason=None)
    return applications.decide_application(session, command, now=now, by=BY)


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


def test_acceptance_enrols_all_participants_or_none(database: Sessions) -> None:
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


def test_participant_who_left_the_school_is_not_enrolled(session: Session) -> None:
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
