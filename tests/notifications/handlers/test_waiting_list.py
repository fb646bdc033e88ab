"""A place that is offered: told with its last day, and not any more once it is taken or over."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.notifications.factories import (
    cause,
    know_the_basics,
    messages,
    participant_enrolled,
    place_offered,
)
from tests.notifications.fakes import NOW, FakeOffice

from hub_contracts.enrolment import ParticipantEnrolled, ParticipantWithdrawn, PlaceOffered, PlaceOfferExpired
from hub_notifications.commands import ResendMessage
from hub_notifications.handlers import messages as post
from hub_notifications.handlers import waiting_list, work_groups
from hub_platform.database import Sessions

ENDS = datetime(2026, 9, 14, 23, 0, tzinfo=UTC)  # midnight in England, in summer
INSTANT = timedelta.resolution
LATER = NOW + timedelta(hours=1)


def hear(sessions: Sessions, *told: Callable[[Session], None]) -> None:
    for tell in told:
        with sessions.begin() as session:
            tell(session)


def offers(
    event: PlaceOffered, *, now: datetime = NOW, happened_at: datetime = NOW
) -> Callable[[Session], None]:
    told = cause(1, happened_at=happened_at, now=now)
    return lambda session: waiting_list.on_place_offered(session, event, told)


def expires(event: PlaceOffered, *, happened_at: datetime = ENDS) -> Callable[[Session], None]:
    told = cause(2, happened_at=happened_at, now=happened_at)
    expired = PlaceOfferExpired(**asdict(event))
    return lambda session: waiting_list.on_place_offer_expired(session, expired, told)


def enrols(event: ParticipantEnrolled, happened_at: datetime = LATER) -> Callable[[Session], None]:
    told = cause(1, happened_at=happened_at)
    return lambda session: work_groups.on_participant_enrolled(session, event, told)


def withdraws(event: ParticipantEnrolled, happened_at: datetime) -> Callable[[Session], None]:
    facts = {name: getattr(event, name) for name in ("enrolment_id", "work_group_id", "teacher_id", "urn")}
    left = ParticipantWithdrawn(**facts, reason="workload", withdrawn_on=happened_at.date())
    told = cause(2, happened_at=happened_at)
    return lambda session: work_groups.on_participant_withdrawn(session, left, told)


def said(sessions: Sessions) -> list[tuple[str, str, str | None]]:
    return [(each.template, each.status, each.reason) for each in messages(sessions)]


def body(office: FakeOffice, n: int = 0) -> str:
    part: Any = office.mailer.letters[n][1].get_body(("plain",))
    content: str = part.get_content()
    return content


def test_an_offer_says_its_last_day_and_whom_to_answer(sessions: Sessions, office: FakeOffice) -> None:
    know_the_basics(sessions)
    event = place_offered(expires_at=ENDS)
    hear(sessions, offers(event), offers(event))
    [message] = messages(sessions)
    assert (message.template, message.recipient_ref) == ("place_offered", str(event.teacher_id))
    assert (message.dedupe_key, message.concerns) == (
        f"offer:{event.waiting_id}",
        f"waiting-list/{event.waiting_id}",
    )
    assert office.send() == 1
    assert office.subjects == [
        "A place is free for you on Fractions in Year 5: please answer by Monday 14 September 2026"
    ]
    assert "The last day to take it is Monday 14 September 2026." in body(office)
    assert "please tell Test Maths Hub by then" in body(office)


@pytest.mark.parametrize(("now", "told"), [(ENDS - INSTANT, 1), (ENDS, 0)])
def test_an_offer_that_is_heard_of_when_it_is_over_is_not_told(
    sessions: Sessions, now: datetime, told: int
) -> None:
    hear(sessions, offers(place_offered(expires_at=ENDS), now=now))
    assert len(messages(sessions)) == told


@pytest.mark.parametrize(
    ("until", "outcome"),
    [(ENDS - INSTANT, ("sent", None)), (ENDS, ("failed", "offer_over"))],
)
def test_an_offer_that_waited_until_it_was_over_is_not_sent(
    sessions: Sessions, office: FakeOffice, until: datetime, outcome: tuple[str, str | None]
) -> None:
    know_the_basics(sessions)
    hear(sessions, offers(place_offered(expires_at=ENDS)))
    office.now = until
    office.send()
    assert said(sessions) == [("place_offered", *outcome)]
    assert len(office.mailer.letters) == (outcome[0] == "sent")


def test_an_offer_is_not_sent_again_when_it_is_over(sessions: Sessions, office: FakeOffice) -> None:
    know_the_basics(sessions)
    hear(sessions, offers(place_offered(expires_at=ENDS)))
    office.send()
    [message] = messages(sessions)
    with sessions.begin() as session:
        post.resend_message(session, ResendMessage(message_id=message.id), now=ENDS, by="staff")
    office.now = ENDS
    office.send()
    assert [status for _, status, _ in said(sessions)] == ["sent", "failed"]
    assert len(office.mailer.letters) == 1


def test_who_has_taken_the_place_hears_that_it_is_theirs_and_not_of_the_offer(
    sessions: Sessions, office: FakeOffice
) -> None:
    know_the_basics(sessions)
    offer, other = place_offered(), place_offered()
    taken = participant_enrolled(teacher_id=offer.teacher_id)
    hear(sessions, offers(offer), offers(other), enrols(taken))
    office.send()
    assert said(sessions) == [
        ("place_offered", "suppressed", "offer_taken"),
        ("place_offered", "sent", None),
        ("place_confirmed", "sent", None),
    ]


def test_an_offer_that_was_sent_is_followed_by_the_confirmation_of_the_place(
    sessions: Sessions, office: FakeOffice
) -> None:
    know_the_basics(sessions)
    offer = place_offered()
    hear(sessions, offers(offer))
    office.send()
    hear(sessions, enrols(participant_enrolled(teacher_id=offer.teacher_id)))
    office.send()
    assert [template for template, status, _ in said(sessions) if status == "sent"] == [
        "place_offered",
        "place_confirmed",
    ]
    assert office.subjects[-1] == "Your place on Fractions in Year 5"


def test_a_place_on_another_group_takes_no_offer(sessions: Sessions) -> None:
    offer = place_offered()
    elsewhere = participant_enrolled(teacher_id=offer.teacher_id, work_group_id=uuid4())
    hear(sessions, offers(offer), enrols(elsewhere))
    assert ("place_offered", "due", None) in said(sessions)


def test_an_offer_that_comes_after_its_answer_is_not_told(sessions: Sessions) -> None:
    offer = place_offered()
    hear(sessions, enrols(participant_enrolled(teacher_id=offer.teacher_id)), offers(offer))
    assert said(sessions) == [("place_confirmed", "due", None)]


def test_who_gave_a_place_up_and_waited_again_is_told_in_whatever_order_it_is_heard(
    sessions: Sessions,
) -> None:
    """The offer is later than the place that was given up, of which anything may be heard last."""
    offer = place_offered()
    before = participant_enrolled(teacher_id=offer.teacher_id)
    history: Sequence[Callable[[Session], None]] = (
        enrols(before, NOW - timedelta(days=2)),
        withdraws(before, NOW - timedelta(days=1)),
        offers(offer),
    )
    for order in permutations(history):
        with sessions.begin() as session:
            session.execute(text("TRUNCATE places, messages"))
        hear(sessions, *order)
        assert ("place_offered", "due", None) in said(sessions)


def test_who_did_not_answer_is_told_once_that_the_offer_has_passed(
    sessions: Sessions, office: FakeOffice
) -> None:
    know_the_basics(sessions)
    event = place_offered(expires_at=ENDS)
    hear(sessions, offers(event))
    office.send()
    hear(sessions, expires(event), expires(event))
    office.now = ENDS
    office.send()
    assert said(sessions) == [("place_offered", "sent", None), ("place_offer_expired", "sent", None)]
    assert office.subjects[-1] == "Your offer of a place on Fractions in Year 5 has passed"
    assert "The last day to take it was Monday 14 September 2026" in body(office, 1)
    assert messages(sessions)[-1].dedupe_key == f"offer-expired:{event.waiting_id}"


def test_an_offer_that_has_passed_is_not_made_any_more(sessions: Sessions) -> None:
    event, other = place_offered(expires_at=ENDS), place_offered(expires_at=ENDS)
    hear(sessions, offers(event), offers(other), expires(event))
    assert said(sessions) == [
        ("place_offered", "suppressed", "offer_over"),
        ("place_offered", "due", None),
        ("place_offer_expired", "due", None),
    ]


def test_an_offer_that_is_heard_of_after_its_end_is_not_made(sessions: Sessions) -> None:
    event = place_offered(expires_at=ENDS)
    hear(sessions, expires(event), offers(event, now=ENDS))
    assert said(sessions) == [("place_offer_expired", "due", None)]


@pytest.mark.parametrize("first", [0, 1])
def test_who_was_given_a_place_after_all_is_not_told_that_an_offer_has_passed(
    sessions: Sessions, first: int
) -> None:
    event = place_offered(expires_at=ENDS)
    place = participant_enrolled(teacher_id=event.teacher_id)
    told = [expires(event), enrols(place, ENDS + timedelta(hours=9))]
    hear(sessions, told[first], told[1 - first])
    assert ("place_offer_expired", "due", None) not in said(sessions)
    assert ("place_confirmed", "due", None) in said(sessions)
