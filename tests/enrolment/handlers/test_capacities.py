"""A group that takes place has at most its programme's teachers, or as many as a hub lead allows."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, DAY, LATER, NOW, enrol, events, fill, group, schools, teacher
from tests.enrolment.steps import apply, change, confirm, join, move, school_with, stands, submit, withdraw

from hub_enrolment.commands.applications import DecideApplication
from hub_enrolment.commands.enrolments import EnrolParticipant, UndoWithdrawal
from hub_enrolment.commands.waiting_list import AcceptOffer, OfferPlaces
from hub_enrolment.handlers import applications, waiting_list, withdrawals
from hub_enrolment.handlers.enrolments import enrol_participant
from hub_enrolment.models import Enrolment, WorkGroup
from hub_enrolment.steps.offers import offer_free_places
from hub_enrolment.store.work_groups import lock_work_group
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

OF = {"max_teachers": 3, "min_teachers": 2, "min_schools": 1}
REASON = "The hall is large, and the school sends two more."


def at_its_maximum(session: Session, **changes: object) -> WorkGroup:
    """A confirmed group of three, which is the most of its programme, with a capacity of five."""
    opened = group(session, of=OF | dict(changes), capacity=5)
    fill(session, opened.id, teachers_n=3, schools_n=3)
    confirm(session, opened.id)
    return opened


def by_enrolment(session: Session, opened: WorkGroup) -> None:
    enrol(session, opened.id, teacher(session, schools(session)[0]), now=LATER)


def by_transfer(session: Session, opened: WorkGroup) -> None:
    other = group(session, programme_id=opened.programme_id)
    (place,) = fill(session, other.id, teachers_n=1, schools_n=1)
    move(session, place, opened.id)


def by_application(session: Session, opened: WorkGroup) -> None:
    urn, teachers = school_with(session)
    asked = apply(session, opened.id, urn, teachers).row.id
    submit(session, asked)
    command = DecideApplication(application_id=asked, decision="accepted", reason=None)
    applications.decide_application(session, command, now=LATER, by=BY)


def by_undoing(session: Session, opened: WorkGroup) -> None:
    held = session.query(Enrolment).filter_by(work_group_id=opened.id, status="active").all()
    withdraw(session, held[0].id)
    by_enrolment(session, opened)
    command = UndoWithdrawal(enrolment_id=held[0].id, reason="The wrong Ada was withdrawn.")
    withdrawals.undo_withdrawal(session, command, now=LATER + DAY, by=BY)


WAYS: dict[str, Callable[[Session, WorkGroup], None]] = {
    "enrolment": by_enrolment,
    "transfer": by_transfer,
    "application": by_application,
    "undone withdrawal": by_undoing,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("running", [False, True])
def test_no_command_exceeds_the_maximum(database: Sessions, way: str, running: bool) -> None:
    with database.begin() as session:
        opened = at_its_maximum(session)
        if running:  # it has met
            opened.status = "running"
    with pytest.raises(Refused, match="work_group_full") as caught, database.begin() as session:
        WAYS[way](session, session.get_one(WorkGroup, opened.id))
    assert caught.value.detail == (
        "All 3 places are taken; add the teacher to the waiting list."
        " A hub lead can allow more places, with a reason."
    )
    with database() as session:
        held = session.query(Enrolment).filter_by(work_group_id=opened.id, status="active")
        assert held.count() == 3


@pytest.mark.parametrize("way", WAYS)
def test_every_command_enrols_once_a_hub_lead_has_allowed_more(session: Session, way: str) -> None:
    opened = at_its_maximum(session)
    change(session, opened, expected=opened.revision, override_reason=REASON)
    WAYS[way](session, opened)


def test_no_place_beyond_the_maximum_is_offered(session: Session) -> None:
    opened = at_its_maximum(session)
    entry = join(session, opened.id, teacher(session, schools(session)[0])).row
    with pytest.raises(Refused, match="no_place_free"):
        waiting_list.offer_places(session, OfferPlaces(work_group_id=opened.id), now=LATER, by=BY)
    assert stands(session, entry) == ["waiting"]
    change(session, opened, expected=opened.revision, override_reason=REASON)
    assert stands(session, entry) == ["offered"]
    waiting_list.accept_offer(session, AcceptOffer(waiting_id=entry.id), now=LATER, by=BY)


def test_a_smaller_change_of_a_capacity_that_is_too_large_needs_no_reason(session: Session) -> None:
    opened = at_its_maximum(session)
    assert change(session, opened, expected=opened.revision, capacity=4, title="Ratio").row.capacity == 4
    with pytest.raises(Refused, match="too_many_teachers"):
        change(session, opened, expected=opened.revision, capacity=5)
    with pytest.raises(Refused, match="capacity_below_taken"):
        change(session, opened, expected=opened.revision, capacity=2)


def test_what_a_hub_lead_allows_is_saved_with_who_when_why_and_published(session: Session) -> None:
    opened = at_its_maximum(session)
    change(session, opened, expected=opened.revision, capacity=6, override_reason=REASON)
    assert (opened.capacity, opened.allowed_teachers, opened.allowed_reason) == (6, 6, REASON)
    assert (opened.allowed_by, opened.allowed_at) == ("changer", LATER)
    told = events(session, "WorkGroupConfirmed", "WorkGroupChanged")[-2:]
    assert [type_ for type_, _ in told] == ["WorkGroupConfirmed", "WorkGroupChanged"]
    assert (told[0][1]["teachers_n"], told[0][1]["overridden"], told[1][1]["capacity"]) == (3, True, 6)


def test_a_refused_capacity_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        opened = at_its_maximum(session)
        revision, before = opened.revision, events(session)
    with pytest.raises(Refused, match="too_many_teachers"), database.begin() as session:
        change(session, session.get_one(WorkGroup, opened.id), expected=revision, capacity=6)
    with database() as session:
        saved = session.get_one(WorkGroup, opened.id)
        assert (saved.capacity, saved.allowed_teachers, saved.revision) == (5, None, revision)
        assert events(session) == before


def test_a_confirmation_of_too_many_allows_so_many_and_no_more(session: Session) -> None:
    opened = group(session, of=OF, capacity=6)
    fill(session, opened.id, teachers_n=4, schools_n=4)
    with pytest.raises(Refused, match="too_many_teachers"):
        confirm(session, opened.id)
    confirm(session, opened.id, REASON)
    assert (opened.allowed_teachers, opened.allowed_reason) == (4, REASON)
    with pytest.raises(Refused, match="work_group_full"):
        by_enrolment(session, opened)


def test_an_override_for_too_few_allows_no_more(session: Session) -> None:
    opened = group(session, of=OF, capacity=5)
    fill(session, opened.id, teachers_n=1, schools_n=1)
    confirm(session, opened.id, "a small group for a test")
    assert (opened.override_reason is not None, opened.allowed_teachers) == (True, None)


def test_an_open_offer_is_counted_when_a_group_is_confirmed(session: Session) -> None:
    opened = group(session, of=OF, capacity=3)
    first, *_ = fill(session, opened.id, teachers_n=3, schools_n=3)
    entry = join(session, opened.id, teacher(session, schools(session)[0])).row
    withdraw(session, first)
    assert stands(session, entry) == ["offered"]
    confirm(session, opened.id)
    waiting_list.accept_offer(session, AcceptOffer(waiting_id=entry.id), now=LATER, by=BY)
    locked = lock_work_group(session, opened.id)
    assert offer_free_places(session, locked, now=LATER, by=BY) == []


def test_a_hub_leads_reason_with_one_place_is_kept_with_it(session: Session) -> None:
    opened, ada = at_its_maximum(session), teacher(session, schools(session)[0])
    place = give(session, opened.id, ada, REASON)
    assert place.override_reason == REASON
    eve = teacher(session, schools(session)[0], given="Eve")
    assert give(session, opened.id, eve, REASON).override_reason == REASON
    with pytest.raises(Refused, match="work_group_full"):  # there are five places, whatever the reason
        give(session, opened.id, teacher(session, schools(session)[0], given="Emmy"), REASON)


def give(session: Session, group_id: UUID, teacher_id: UUID, reason: str) -> Enrolment:
    command = EnrolParticipant(
        work_group_id=group_id, teacher_id=teacher_id, role="participant", override_reason=reason
    )
    return enrol_participant(session, command, now=NOW, by=BY)
