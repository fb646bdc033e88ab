"""Free places are offered to the waiting list; an ended group has no waiting list and no applications."""

from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import events, group, schools, teacher
from tests.enrolment.steps import (
    apply,
    call_off,
    change,
    full,
    join,
    marks,
    move,
    register,
    running,
    school_with,
    shut,
    stands,
    submit,
    withdraw,
)

from hub_enrolment.handlers import applications
from hub_kernel.refusals import Refused


def status_of(session: Session, application_id: UUID) -> str:
    return applications.find_application(session, application_id).row.status


def test_a_larger_group_offers_its_new_places(session: Session) -> None:
    opened, _, (first, second) = full(session)
    change(session, opened, expected=opened.revision, capacity=3)
    assert stands(session, first, second) == ["offered", "waiting"]
    assert [type_ for type_, _ in events(session)][-1] == "PlaceOffered"


def test_a_place_that_moves_to_another_group_is_offered(session: Session) -> None:
    opened, (place, _), (first, second) = full(session)
    move(session, place, group(session, programme_id=opened.programme_id).id)
    assert stands(session, first, second) == ["offered", "waiting"]


def test_cancellation_ends_waiting_list_and_applications(session: Session) -> None:
    opened, (place, _), (first, second) = full(session)
    withdraw(session, place)
    asked, drafted = (apply(session, opened.id, *school_with(session)).row.id for _ in range(2))
    submit(session, asked)
    before = len(events(session))
    call_off(session, opened.id)
    assert stands(session, first, second) == ["left", "left"]
    assert (status_of(session, asked), status_of(session, drafted)) == ("declined", "withdrawn")
    told = [type_ for type_, _ in events(session)[before:]]
    assert told.count("ApplicationDeclined") == 1
    assert "ApplicationWithdrawn" not in told
    assert "PlaceOffered" not in told
    with pytest.raises(Refused):
        join(session, opened.id, teacher(session, schools(session)[0]))


def test_closing_ends_applications(session: Session) -> None:
    opened, places, (met,) = running(session, sessions_n=1)
    asked = apply(session, opened.id, *school_with(session)).row.id
    submit(session, asked)
    register(session, met, marks(places))
    shut(session, opened.id)
    assert status_of(session, asked) == "declined"
