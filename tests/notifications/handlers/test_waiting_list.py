"""A place that is offered: told with its last day, and not any more once it is taken or over."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from tests.notifications.factories import (
    know_the_basics,
    messages,
    participant_enrolled,
    place_offered,
    published,
    react,
)
from tests.notifications.fakes import NOW, OutgoingMail

from hub_contracts.enrolment import (
    ParticipantEnrolled,
    ParticipantWithdrawn,
    PlaceOffered,
    PlaceOfferExpired,
    PlaceOfferExtended,
    WaitingListJoined,
    WaitingListLeft,
)
from hub_contracts.vocabulary import WaitingListExitCause, WithdrawalReason
from hub_notifications.handlers import places, waiting_list
from hub_platform.database import Sessions

ENDS = datetime(2026, 9, 14, 23, 0, tzinfo=UTC)  # midnight in England, in summer
MORNING = datetime(2026, 9, 15, 6, 30, tzinfo=UTC)  # the next decent hour
LATER = NOW + timedelta(hours=1)
Step = Callable[[Session], None]


@pytest.fixture(name="known", autouse=True)
def _known(sessions: Sessions) -> Sessions:
    know_the_basics(sessions)
    return sessions


def receive(sessions: Sessions, *steps: Step) -> None:
    for step in steps:
        with sessions.begin() as session:
            step(session)


def offers(event: PlaceOffered, *, now: datetime = NOW, revision: int = 1) -> Step:
    handler = waiting_list.on_waiting_list_changed
    return lambda session: react(handler, session, event, revision, happened_at=now, now=now)


def expires(event: PlaceOffered, *, happened_at: datetime = ENDS) -> Step:
    expired = PlaceOfferExpired(**asdict(event))
    handler = waiting_list.on_waiting_list_changed
    return lambda session: react(handler, session, expired, 3, happened_at=happened_at, now=happened_at)


def leaves(event: PlaceOffered, why: str, *, happened_at: datetime = LATER) -> Step:
    facts = {name: getattr(event, name) for name in ("waiting_id", "work_group_id", "teacher_id", "urn")}
    left = WaitingListLeft(**facts, cause=WaitingListExitCause(why))
    handler = waiting_list.on_waiting_list_changed
    return lambda session: react(handler, session, left, 3, happened_at=happened_at, now=happened_at)


def enrols(event: ParticipantEnrolled, happened_at: datetime = LATER) -> Step:
    handler = places.on_participant_enrolled
    return lambda session: react(handler, session, event, happened_at=happened_at, now=happened_at)


def withdraws(event: ParticipantEnrolled, happened_at: datetime) -> Step:
    facts = {name: getattr(event, name) for name in ("enrolment_id", "work_group_id", "teacher_id", "urn")}
    left = ParticipantWithdrawn(**facts, reason=WithdrawalReason.WORKLOAD, withdrawn_on=happened_at.date())
    handler = places.on_place_ended
    return lambda session: react(handler, session, left, 2, happened_at=happened_at)


def said(sessions: Sessions) -> list[tuple[str, str, str | None]]:
    return [(each.template, each.status, each.reason) for each in messages(sessions)]


def body(outgoing: OutgoingMail, n: int = -1) -> str:
    part: Any = outgoing.mailer.sent[n][1].get_body(("plain",))
    content: str = part.get_content()
    return " ".join(content.split())


def test_offer_names_its_last_day(sessions: Sessions, outgoing: OutgoingMail) -> None:
    event = place_offered(expires_at=ENDS)
    receive(sessions, offers(event), offers(event))
    [message] = messages(sessions)
    assert (message.template, message.recipient_ref) == ("place_offered", str(event.teacher_id))
    outgoing.send_all()
    [subject] = outgoing.subjects
    assert "Fractions in Year 5" in subject
    assert "14 September" in subject
    assert "Monday 14 September 2026" in body(outgoing)
    [row] = published(sessions)
    assert row.data["concerns"] == f"waiting-list/{event.waiting_id}"
    assert datetime.fromisoformat(row.data["expires_at"]) == ENDS


def test_late_e_mail_of_an_offer_names_the_later_last_day(sessions: Sessions, outgoing: OutgoingMail) -> None:
    """The five working days count from the e-mail; MessageSent tells enrolment."""
    receive(sessions, offers(place_offered(expires_at=ENDS)))
    outgoing.later(days=2)
    outgoing.send_all()
    assert "Wednesday 16 September 2026" in body(outgoing)
    [row] = published(sessions)
    assert datetime.fromisoformat(row.data["expires_at"]) == ENDS + timedelta(days=2)


def test_extension_of_an_offer_causes_no_second_e_mail(sessions: Sessions, outgoing: OutgoingMail) -> None:
    offer = place_offered(expires_at=ENDS)
    receive(sessions, offers(offer))
    outgoing.later(days=2)
    outgoing.send_all()
    later = PlaceOfferExtended(**(asdict(offer) | {"expires_at": ENDS + timedelta(days=2)}))
    handler, now = waiting_list.on_waiting_list_changed, outgoing.now
    receive(sessions, lambda session: react(handler, session, later, 2, happened_at=now, now=now))
    outgoing.send_all()
    assert len(outgoing.subjects) == 1


def test_joining_a_waiting_list_causes_no_e_mail(sessions: Sessions) -> None:
    offer = place_offered()
    facts = {name: getattr(offer, name) for name in ("waiting_id", "work_group_id", "teacher_id", "urn")}
    joined = WaitingListJoined(**facts)
    receive(sessions, lambda session: react(waiting_list.on_waiting_list_changed, session, joined))
    assert messages(sessions) == []


def test_accepted_place_is_confirmed_without_an_offer_e_mail(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    offer, other = place_offered(), place_offered()
    taken = participant_enrolled(teacher_id=offer.teacher_id)
    receive(sessions, offers(offer), offers(other), enrols(taken))
    outgoing.later(hours=1)
    outgoing.send_all()
    assert sorted(said(sessions)) == [("place_confirmed", "sent", None), ("place_offered", "sent", None)]
    by_recipient = {each.recipient_ref: each.template for each in messages(sessions)}
    assert by_recipient[str(offer.teacher_id)] == "place_confirmed"


def test_an_offer_that_was_sent_is_followed_by_the_confirmation_of_the_place(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    offer = place_offered()
    receive(sessions, offers(offer))
    outgoing.send_all()
    receive(sessions, enrols(participant_enrolled(teacher_id=offer.teacher_id)))
    outgoing.later(hours=1)
    outgoing.send_all()
    assert said(sessions) == [("place_offered", "sent", None), ("place_confirmed", "sent", None)]
    assert outgoing.subjects[-1] == "You have a place on Fractions in Year 5"


def test_place_on_another_group_does_not_affect_an_offer(sessions: Sessions) -> None:
    offer = place_offered()
    elsewhere = participant_enrolled(teacher_id=offer.teacher_id, work_group_id=uuid4())
    receive(sessions, offers(offer), enrols(elsewhere))
    assert said(sessions) == [("place_offered", "due", None)]


def test_offer_received_after_its_answer_is_not_notified(sessions: Sessions) -> None:
    offer = place_offered()
    receive(sessions, enrols(participant_enrolled(teacher_id=offer.teacher_id)), offers(offer))
    assert said(sessions) == [("place_confirmed", "due", None)]


@pytest.mark.parametrize("offer_at", [0, 1, 2])
def test_offer_after_a_withdrawal_is_notified_in_any_order(
    sessions: Sessions, outgoing: OutgoingMail, offer_at: int
) -> None:
    """The offer is later than the ended place; their events arrive in any order."""
    offer = place_offered()
    before = participant_enrolled(teacher_id=offer.teacher_id)
    history = [enrols(before, NOW - timedelta(days=2)), withdraws(before, NOW - timedelta(days=1))]
    history.insert(offer_at, offers(offer))
    receive(sessions, *history)
    outgoing.send_all()
    assert said(sessions)[-1] == ("place_offered", "sent", None)


def test_expired_offer_is_notified_once(sessions: Sessions, outgoing: OutgoingMail) -> None:
    event = place_offered(expires_at=ENDS)
    receive(sessions, offers(event))
    outgoing.send_all()
    receive(sessions, expires(event), expires(event))
    outgoing.now = MORNING
    outgoing.send_all()
    assert said(sessions) == [("place_offered", "sent", None), ("place_offer_expired", "sent", None)]
    assert "Monday 14 September 2026" in body(outgoing)


def test_expiry_of_an_offer_waits_for_sending_hours(sessions: Sessions, outgoing: OutgoingMail) -> None:
    event = place_offered(expires_at=ENDS)
    receive(sessions, offers(event), expires(event))
    outgoing.now = ENDS
    outgoing.send_all()
    assert outgoing.subjects == []
    [message] = messages(sessions)
    assert message.due_at == MORNING


@pytest.mark.parametrize("received_first", ["offer", "end"])
def test_expired_offer_is_not_notified_as_an_offer(
    sessions: Sessions, outgoing: OutgoingMail, received_first: str
) -> None:
    """The end says everything, also to a person whose offer had not been sent yet."""
    event, other = place_offered(expires_at=ENDS), place_offered(expires_at=ENDS)
    steps = [offers(event), expires(event)]
    receive(sessions, offers(other), *(steps if received_first == "offer" else reversed(steps)))
    mine = [each.template for each in messages(sessions) if each.recipient_ref == str(event.teacher_id)]
    assert mine == ["place_offer_expired"]
    assert ("place_offered", "due", None) in said(sessions)


@pytest.mark.parametrize("why", ["accepted", "declined", "left"])
def test_answered_offer_causes_no_e_mail(sessions: Sessions, outgoing: OutgoingMail, why: str) -> None:
    event = place_offered()
    receive(sessions, offers(event), leaves(event, why))
    outgoing.later(hours=1)
    outgoing.send_all()
    assert said(sessions) == [("place_offered", "suppressed", "nothing_to_tell")]


@pytest.mark.parametrize("first", [0, 1])
def test_participant_is_not_notified_of_an_expired_offer(sessions: Sessions, first: int) -> None:
    event = place_offered(expires_at=ENDS)
    place = participant_enrolled(teacher_id=event.teacher_id)
    steps = [expires(event), enrols(place, ENDS + timedelta(hours=9))]
    receive(sessions, steps[first], steps[1 - first])
    assert [template for template, status, _ in said(sessions) if status == "due"] == ["place_confirmed"]
