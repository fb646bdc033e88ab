"""A place moves to another group of its programme."""

from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, CLOSES, DAY, enrol, events, fill, group, schools, teacher
from tests.enrolment.steps import confirm, move

from hub_enrolment.models import Enrolment, WorkGroup
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

MOVED_AT = CLOSES + DAY  # a transfer works after recruitment has closed


def two_groups(session: Session) -> tuple[WorkGroup, WorkGroup]:
    """Two groups of one programme."""
    first = group(session)
    return first, group(session, programme_id=first.programme_id)


def test_transfer_is_published_as_a_withdrawal_and_an_enrolment(session: Session) -> None:
    (left, joined), (school,) = two_groups(session), schools(session)
    ada = teacher(session, school)
    place = enrol(session, left.id, ada, role="lead_participant")
    before = len(events(session))
    moved = move(session, place, joined.id)
    told = events(session)[before:]
    assert [type_ for type_, _ in told] == [
        "ParticipantWithdrawn",
        "SchoolEnrolled",
        "ParticipantEnrolled",
        "SchoolEnrolled",
    ]
    (left_with, joined_with) = (data for type_, data in told if type_ == "SchoolEnrolled")
    assert (left_with["lead_participants_n"], joined_with["lead_participants_n"]) == (0, 1)
    told = [one for one in told if one[0] != "SchoolEnrolled"]
    assert told[0][1] == {
        "enrolment_id": str(place),
        "work_group_id": str(left.id),
        "teacher_id": str(ada),
        "urn": school,
        "reason": "other",
        "cause": "transferred",
        "withdrawn_on": "2025-10-02",
    }
    assert (told[1][1]["enrolment_id"], told[1][1]["role"]) == (str(moved.id), "lead_participant")
    assert told[1][1]["transferred_from"] == str(place)
    assert [told.get("transferred_from") for _, told in events(session, "ParticipantEnrolled")] == [
        None,
        str(place),
    ]
    old = session.get_one(Enrolment, place)
    assert (old.status, old.withdrawn_at, old.changed_by) == ("transferred", MOVED_AT, BY)
    assert (moved.transferred_from, moved.status, moved.urn) == (place, "active", school)
    with pytest.raises(Refused, match="not_active"):
        move(session, place, joined.id)


def test_a_move_puts_one_group_at_risk_and_confirms_the_other(session: Session) -> None:
    left, joined = two_groups(session)
    places, others = (fill(session, one.id, teachers_n=10, schools_n=6) for one in (left, joined))
    confirm(session, left.id)
    confirm(session, joined.id)
    move(session, others[0], left.id)
    assert (left.status, joined.status) == ("confirmed", "at_risk")
    move(session, places[0], joined.id)
    assert (left.status, joined.status) == ("confirmed", "confirmed")
    move(session, places[1], joined.id)
    assert (left.status, joined.status) == ("at_risk", "confirmed")


def test_a_refused_move_changes_neither_group(database: Sessions) -> None:
    with database.begin() as session:
        left, other = group(session), group(session)
        full = group(session, programme_id=left.programme_id, capacity=1)
        fill(session, full.id, teachers_n=1, schools_n=1)
        (place,) = fill(session, left.id, teachers_n=1, schools_n=1)
        before = events(session)
    for group_id, code in (
        (full.id, "work_group_full"),
        (other.id, "other_programme"),
        (left.id, "same_work_group"),
        (uuid4(), "unknown_work_group"),
    ):
        with pytest.raises(Refused, match=code), database.begin() as session:
            move(session, place, group_id)
    with database() as session:
        assert session.get_one(Enrolment, place).status == "active"
        assert events(session) == before
