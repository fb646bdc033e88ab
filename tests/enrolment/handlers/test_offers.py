"""Waiting for a place: saved with its events, or nothing; a free place is offered to the first."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, CLOSES, INSTANT, NOW, enrol, events, group, schools, teacher
from tests.enrolment.steps import full, join, stands, tell, withdraw

from hub_enrolment.commands.mergers import AnonymiseTeacher, MergeTeachers
from hub_enrolment.commands.waiting_list import AcceptOffer, LeaveWaitingList, OfferPlaces
from hub_enrolment.handlers import erasures, mergers, offers, waiting_list
from hub_enrolment.models import Enrolment, WaitingEntry
from hub_enrolment.store.waiting_list import Described
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

ENDS = datetime(2025, 9, 26, 23, 0, tzinfo=UTC)  # of an offer made at NOW, a Saturday


def accept(session: Session, waiting_id: UUID, *, now: datetime = NOW) -> Described:
    return waiting_list.accept_offer(session, AcceptOffer(waiting_id=waiting_id), now=now, by=BY)


def leave(session: Session, waiting_id: UUID) -> str:
    command = LeaveWaitingList(waiting_id=waiting_id)
    return waiting_list.leave_waiting_list(session, command, now=NOW, by=BY).row.status


def test_who_waits_stands_in_the_order_of_joining(session: Session) -> None:
    opened, _, entries = full(session, waiting_n=3)
    listed = [waiting_list.find_entry(session, entry.id) for entry in entries]
    assert [(one.position, one.row.seq, one.row.status) for one in listed] == [
        (1, 1, "waiting"),
        (2, 2, "waiting"),
        (3, 3, "waiting"),
    ]
    leave(session, entries[1].id)
    assert waiting_list.find_entry(session, entries[2].id).position == 2
    assert join(session, opened.id, entries[1].teacher_id).position == 3
    assert events(session, "PlaceOffered") == []


def test_a_place_given_back_is_offered_to_the_first(session: Session) -> None:
    opened, places, entries = full(session)
    withdraw(session, places[0])
    assert stands(session, *entries) == ["offered", "waiting"]
    assert events(session, "PlaceOffered") == [
        (
            "PlaceOffered",
            {
                "waiting_id": str(entries[0].id),
                "work_group_id": str(opened.id),
                "teacher_id": str(entries[0].teacher_id),
                "urn": entries[0].urn,
                "expires_at": "2025-09-26T23:00:00Z",
            },
        )
    ]


def test_waiting_list_and_offers_come_before_other_enrolments(session: Session) -> None:
    opened, places, entries = full(session)
    newcomer = teacher(session, schools(session)[0])
    for _ in range(2):
        with pytest.raises(Refused, match="waiting_list_first"):
            enrol(session, opened.id, newcomer)
        withdraw(session, places.pop())
    assert stands(session, *entries) == ["offered", "offered"]
    with pytest.raises(Refused, match="waiting_list_first"):
        enrol(session, opened.id, newcomer)


def test_an_accepted_offer_is_a_place(session: Session) -> None:
    _, places, (first, second) = full(session)
    withdraw(session, places[0])
    tell(session, first)
    accepted = accept(session, first.id, now=ENDS - INSTANT)
    place = session.get_one(Enrolment, accepted.row.enrolment_id)
    assert (accepted.row.status, place.teacher_id, place.urn) == ("accepted", first.teacher_id, first.urn)
    assert place.enrolled_at == ENDS - INSTANT
    told = events(session, "ParticipantEnrolled")[-1][1]
    assert (told["teacher_id"], told["role"]) == (str(first.teacher_id), "participant")
    assert stands(session, second) == ["waiting"]
    with pytest.raises(Refused, match="not_offered"):
        accept(session, second.id)


def test_an_offer_is_accepted_after_recruitment_has_closed(session: Session) -> None:
    _, places, (first, _) = full(session)
    withdraw(session, places[0], now=CLOSES)
    assert accept(session, first.id, now=CLOSES + timedelta(days=1)).row.status == "accepted"


def test_waiting_list_closes_with_recruitment(session: Session) -> None:
    opened, _, _ = full(session)
    newcomer = teacher(session, schools(session)[0])
    with pytest.raises(Refused, match="recruitment_closed"):
        join(session, opened.id, newcomer, now=CLOSES)
    assert join(session, opened.id, newcomer, now=CLOSES - INSTANT).position == 3


def test_an_offer_ends_at_its_instant_and_the_next_is_asked(session: Session) -> None:
    opened, places, (first, second) = full(session)
    withdraw(session, places[0])
    tell(session, first)
    offers.expire_offers(session, opened.id, now=ENDS - INSTANT, by=BY)
    assert stands(session, first, second) == ["offered", "waiting"]
    offers.expire_offers(session, opened.id, now=ENDS, by=BY)
    offers.expire_offers(session, opened.id, now=ENDS, by=BY)
    assert stands(session, first, second) == ["expired", "offered"]
    told = events(session, "PlaceOffered", "PlaceOfferExpired")
    assert [(type_, data["waiting_id"]) for type_, data in told] == [
        ("PlaceOffered", str(first.id)),
        ("PlaceOfferExpired", str(first.id)),
        ("PlaceOffered", str(second.id)),
    ]
    assert [data["expires_at"] for _, data in told[1:]] == ["2025-09-26T23:00:00Z", "2025-10-03T23:00:00Z"]


def test_an_answer_after_the_end_is_refused_before_the_timer_comes(session: Session) -> None:
    _, places, (first, _) = full(session)
    withdraw(session, places[0])
    tell(session, first)
    with pytest.raises(Refused, match="offer_expired"):
        accept(session, first.id, now=ENDS)


def test_a_declined_place_is_offered_to_the_next(session: Session) -> None:
    _, places, (first, second) = full(session)
    withdraw(session, places[0])
    assert leave(session, first.id) == "declined"
    assert stands(session, second) == ["offered"]
    assert leave(session, second.id) == "declined"
    assert events(session, "PlaceOfferExpired") == []


def test_a_larger_group_offers_its_places_on_request(session: Session) -> None:
    opened, _, entries = full(session, waiting_n=3)
    command = OfferPlaces(work_group_id=opened.id)
    with pytest.raises(Refused, match="no_place_free"):
        waiting_list.offer_places(session, command, now=NOW, by=BY)
    opened.capacity = 4
    session.flush()
    offered = waiting_list.offer_places(session, command, now=NOW, by=BY)
    assert [one.row.id for one in offered] == [entry.id for entry in entries[:2]]
    assert stands(session, *entries) == ["offered", "offered", "waiting"]


def test_whose_school_has_all_its_places_waits_on(session: Session) -> None:
    opened = group(session, capacity=2, of={"max_per_school": 1})
    crowded, other, third = schools(session, 3)
    held = enrol(session, opened.id, teacher(session, crowded))
    given_up = enrol(session, opened.id, teacher(session, other))
    same = join(session, opened.id, teacher(session, crowded)).row
    withdraw(session, given_up)
    assert stands(session, same) == ["waiting"]
    newcomer = join(session, opened.id, teacher(session, third))
    assert (newcomer.row.status, newcomer.position) == ("offered", None)
    withdraw(session, held)
    assert stands(session, same) == ["offered"]


def test_the_timer_ends_offers_group_by_group(database: Sessions) -> None:
    with database.begin() as session:
        listed = [full(session, waiting_n=1) for _ in range(2)]
        for _, places, listed_entries in listed:
            withdraw(session, places[0])
            tell(session, *listed_entries)
        entries = [entries[0] for _, _, entries in listed]
        session.flush()
        session.expunge_all()
    offers.expire_all(database, now=ENDS, by="enrolment")
    with database() as session:
        assert stands(session, *entries) == ["expired", "expired"]
        assert len(events(session, "PlaceOfferExpired")) == 2


def test_a_refused_request_to_wait_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        opened = group(session, capacity=2)
        teacher_id = teacher(session, schools(session)[0])
        group_id = opened.id
    with pytest.raises(Refused, match="place_free"), database.begin() as session:
        join(session, group_id, teacher_id)
    with database() as session:
        assert session.scalar(select(func.count(WaitingEntry.id))) == 0


def test_a_withdrawal_that_fails_offers_nothing(database: Sessions) -> None:
    with database.begin() as session:
        _, places, (first, _) = full(session)
        waiting_id = first.id
    with pytest.raises(RuntimeError), database.begin() as session:
        withdraw(session, places[0])
        raise RuntimeError
    with database() as session:
        assert waiting_list.find_entry(session, waiting_id).row.status == "waiting"
        assert events(session, "PlaceOffered") == []


def test_two_records_of_one_person_wait_once_and_first(session: Session) -> None:
    opened, _, (first, other) = full(session)
    again = join(session, opened.id, teacher(session, schools(session)[0])).row
    merge = MergeTeachers(from_id=first.teacher_id, into_id=again.teacher_id, dry_run=False)
    mergers.merge_teachers(session, merge, now=NOW, by=BY)
    assert stands(session, first, other, again) == ["waiting", "waiting", "left"]
    assert first.teacher_id == again.teacher_id


def test_who_is_erased_waits_no_longer(session: Session) -> None:
    _, _, (first, other) = full(session)
    command = AnonymiseTeacher(teacher_id=first.teacher_id, reason="asked_for")
    erasures.anonymise_teacher(session, command, now=NOW, by=BY)
    assert stands(session, first, other) == ["left", "waiting"]
