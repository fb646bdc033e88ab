"""Joining a waiting list and the end of an entry are published in the transaction of the change."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, CLOSES, DAY, NOW, enrol, events, group, meeting, schools, teacher
from tests.enrolment.steps import (
    call_off,
    confirm,
    full,
    join,
    marks,
    register,
    shut,
    stands,
    tell,
    withdraw,
)

from hub_enrolment.commands.mergers import AnonymiseTeacher, MergeTeachers
from hub_enrolment.commands.waiting_list import AcceptOffer, LeaveWaitingList
from hub_enrolment.handlers import erasures, mergers, offers, waiting_list
from hub_enrolment.models import WaitingEntry
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

ENDS = datetime(2025, 9, 26, 23, 0, tzinfo=UTC)  # of an offer made and told at NOW, a Saturday


def about(session: Session, entry: WaitingEntry) -> list[str]:
    """Return the events about an entry in order, with the cause of its end."""
    return [
        data.get("cause", type_) for type_, data in events(session) if data.get("waiting_id") == str(entry.id)
    ]


def facts(entry: WaitingEntry, **more: Any) -> dict[str, Any]:
    return {
        "waiting_id": str(entry.id),
        "work_group_id": str(entry.work_group_id),
        "teacher_id": str(entry.teacher_id),
        "urn": entry.urn,
        **more,
    }


def leave(session: Session, entry: WaitingEntry) -> None:
    waiting_list.leave_waiting_list(session, LeaveWaitingList(waiting_id=entry.id), now=NOW, by=BY)


def erase(session: Session, entry: WaitingEntry) -> None:
    command = AnonymiseTeacher(teacher_id=entry.teacher_id, reason="asked_for")
    erasures.anonymise_teacher(session, command, now=NOW, by=BY)


def test_joining_the_list_is_published(session: Session) -> None:
    _, _, (first, second) = full(session)
    assert events(session, "WaitingListJoined") == [
        ("WaitingListJoined", facts(first)),
        ("WaitingListJoined", facts(second)),
    ]


def test_joining_is_published_before_the_offer_that_follows_at_once(session: Session) -> None:
    opened = group(session, capacity=2, of={"max_per_school": 1})
    crowded, other, third = schools(session, 3)
    enrol(session, opened.id, teacher(session, crowded))
    given_up = enrol(session, opened.id, teacher(session, other))
    join(session, opened.id, teacher(session, crowded))
    withdraw(session, given_up)
    newcomer = join(session, opened.id, teacher(session, third)).row
    assert about(session, newcomer) == ["WaitingListJoined", "PlaceOffered"]


def test_an_accepted_offer_ends_the_waiting(session: Session) -> None:
    _, places, (first, _) = full(session)
    withdraw(session, places[0])
    waiting_list.accept_offer(session, AcceptOffer(waiting_id=first.id), now=NOW, by=BY)
    assert about(session, first) == ["WaitingListJoined", "PlaceOffered", "accepted"]
    assert events(session)[-1] == ("WaitingListLeft", facts(first, cause="accepted"))


def test_who_declines_an_offer_or_leaves_the_list_waits_no_longer(session: Session) -> None:
    _, places, (first, second) = full(session)
    leave(session, second)
    withdraw(session, places[0])
    leave(session, first)
    assert about(session, second) == ["WaitingListJoined", "left"]
    assert about(session, first) == ["WaitingListJoined", "PlaceOffered", "declined"]


def test_end_of_an_entry_is_published_before_the_next_offer(session: Session) -> None:
    _, places, (first, second) = full(session)
    withdraw(session, places[0])
    leave(session, first)
    assert [(type_, data["waiting_id"]) for type_, data in events(session)[-2:]] == [
        ("WaitingListLeft", str(first.id)),
        ("PlaceOffered", str(second.id)),
    ]


def test_expired_offer_publishes_no_withdrawal_from_the_list(session: Session) -> None:
    opened, places, (first, _) = full(session)
    withdraw(session, places[0])
    tell(session, first)
    offers.expire_offers(session, opened.id, now=ENDS, by=BY)
    assert about(session, first) == ["WaitingListJoined", "PlaceOffered", "PlaceOfferExpired"]


def test_a_cancelled_group_ends_offers_and_list_after_it_has_been_published(session: Session) -> None:
    opened, (place, _), (first, second) = full(session)
    withdraw(session, place)
    before = len(events(session))
    call_off(session, opened.id)
    told = [type_ for type_, _ in events(session)[before:]]
    assert told[0] == "WorkGroupCancelled"
    assert told.count("WaitingListLeft") == 2
    assert about(session, first) == ["WaitingListJoined", "PlaceOffered", "group_cancelled"]
    assert about(session, second) == ["WaitingListJoined", "group_cancelled"]
    call_off(session, opened.id)
    assert len(about(session, second)) == 2


def test_a_closed_group_ends_offers_and_list_after_it_has_been_published(session: Session) -> None:
    opened, places, (first, second) = full(session)
    confirm(session, opened.id, "a small group for a test")
    met = meeting(session, opened.id).id
    register(session, met, marks(places))
    before = len(events(session))
    shut(session, opened.id)
    told = [type_ for type_, _ in events(session)[before:]]
    assert told[0] == "WorkGroupClosed"
    assert (about(session, first)[-1], about(session, second)[-1]) == ("group_closed", "group_closed")


def test_of_two_records_of_one_person_the_later_entry_ends_and_its_place_is_offered_on(
    session: Session,
) -> None:
    opened, (place, _), (first, second) = full(session)
    withdraw(session, place)
    again = join(session, opened.id, teacher(session, schools(session)[0])).row
    other = join(session, opened.id, teacher(session, schools(session)[0])).row
    leave(session, second)
    merge = MergeTeachers(from_id=again.teacher_id, into_id=first.teacher_id, dry_run=False)
    mergers.merge_teachers(session, merge, now=NOW, by=BY)
    assert stands(session, first, again, other) == ["offered", "left", "waiting"]
    assert about(session, again) == ["WaitingListJoined", "left"]
    told = [type_ for type_, _ in events(session)]
    assert told.index("WaitingListLeft", told.index("PlaceOffered")) < told.index("TeacherMerged")


def test_a_merger_that_ends_an_open_offer_offers_the_place_to_the_next(session: Session) -> None:
    opened = group(session, capacity=2, of={"max_per_school": 1})
    crowded, other, third, fourth = schools(session, 4)
    enrol(session, opened.id, teacher(session, crowded))
    given_up = enrol(session, opened.id, teacher(session, other))
    first = join(session, opened.id, teacher(session, crowded)).row
    second = join(session, opened.id, teacher(session, third)).row
    following = join(session, opened.id, teacher(session, fourth)).row
    withdraw(session, given_up)
    assert stands(session, first, second, following) == ["waiting", "offered", "waiting"]
    merge = MergeTeachers(from_id=second.teacher_id, into_id=first.teacher_id, dry_run=False)
    mergers.merge_teachers(session, merge, now=NOW, by=BY)
    assert stands(session, first, second, following) == ["waiting", "left", "offered"]


def test_an_erased_teacher_waits_no_longer_and_the_place_is_offered_to_the_next(session: Session) -> None:
    _, places, (first, second) = full(session)
    withdraw(session, places[0])
    erase(session, first)
    assert stands(session, first, second) == ["left", "offered"]
    assert about(session, first) == ["WaitingListJoined", "PlaceOffered", "left"]
    told = [type_ for type_, _ in events(session)]
    assert told.index("WaitingListLeft") < told.index("TeacherAnonymised")


def test_an_erased_teacher_leaves_every_list_and_entries_that_have_ended_stay(session: Session) -> None:
    _, _, (first, bystander) = full(session)
    other, *_ = full(session)
    ended, *_ = full(session)
    entries = [join(session, one.id, first.teacher_id).row for one in (other, ended)]
    leave(session, entries[1])
    erase(session, first)
    assert stands(session, first, *entries, bystander) == ["left", "left", "left", "waiting"]
    assert [about(session, one) for one in (first, *entries)] == [["WaitingListJoined", "left"]] * 3


def test_a_refused_answer_publishes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        _, _, (first, _) = full(session)
        waiting_id = first.id
    with database() as session:
        before = events(session)
    with pytest.raises(Refused, match="not_offered"), database.begin() as session:
        waiting_list.accept_offer(session, AcceptOffer(waiting_id=waiting_id), now=CLOSES + DAY, by=BY)
    with database() as session:
        assert events(session) == before
