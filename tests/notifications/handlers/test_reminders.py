"""Reminders: 7 days and 1 day before a session, and on the last day of an offer; never twice."""

# Long: every rule of both kinds of reminder, with the days of a year that matter.

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.notifications.factories import (
    GROUP,
    enrol,
    know_the_basics,
    messages,
    place_offered,
    react,
    schedule,
)
from tests.notifications.fakes import NOW, OutgoingMail

from hub_contracts.enrolment import (
    ParticipantEnrolled,
    ParticipantWithdrawn,
    PlaceOffered,
    PlaceOfferExtended,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
    WaitingListLeft,
)
from hub_contracts.vocabulary import WaitingListExitCause, WithdrawalReason
from hub_notifications.handlers import places, waiting_list, work_groups
from hub_notifications.handlers.reminders import schedule_reminders
from hub_notifications.models import SchoolYear
from hub_platform.database import Sessions

STARTS = datetime(2026, 10, 6, 15, 0, tzinfo=UTC)  # a Tuesday
INSTANT = timedelta.resolution
DAY = timedelta(days=1)


@pytest.fixture(name="place")
def _place(sessions: Sessions, outgoing: OutgoingMail) -> ParticipantEnrolled:
    """Enrol one participant, and return the event."""
    know_the_basics(sessions)
    [event] = enrol(sessions)
    return event


def announced(sessions: Sessions, outgoing: OutgoingMail, starts_at: datetime = STARTS) -> SessionScheduled:
    """A session of which the participant was notified."""
    event = schedule(sessions, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    outgoing.send_all()
    outgoing.mailer.sent.clear()
    return event


def go_to(sessions: Sessions, outgoing: OutgoingMail, at: datetime) -> int:
    """Move both clocks, write down what is to be remembered, and send; gives how many are new."""
    outgoing.now = outgoing.real_now = at
    with sessions.begin() as session:
        new = schedule_reminders(session, now=at)
    outgoing.send_all()
    return new


def reminders(sessions: Sessions) -> list[tuple[str, str | None]]:
    return [
        (each.status, each.reason)
        for each in messages(sessions)
        if each.template in {"session_reminder", "offer_last_day"}
    ]


def change(sessions: Sessions, kind: type[Any], event: SessionScheduled, now: datetime, **more: Any) -> None:
    facts = asdict(event) | {"ics_sequence": event.ics_sequence + 1} | more
    with sessions.begin() as session:
        react(work_groups.on_session_changed, session, kind(**facts), 2, happened_at=now, now=now)


@pytest.mark.parametrize("days", [7, 1])
def test_a_participant_is_reminded_at_the_instant_and_not_before(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled, days: int
) -> None:
    announced(sessions, outgoing)
    due_at = STARTS - days * DAY
    go_to(sessions, outgoing, due_at - 6 * timedelta(days=days // 7) - INSTANT)
    outgoing.mailer.sent.clear()
    before = len(reminders(sessions))
    assert go_to(sessions, outgoing, due_at - INSTANT) == 0
    assert go_to(sessions, outgoing, due_at) == 1
    assert reminders(sessions)[before:] == [("sent", None)]
    [subject] = outgoing.subjects
    assert "Fractions in Year 5" in subject
    assert "text/calendar" not in [part.get_content_type() for part in outgoing.mailer.sent[0][1].walk()]


def test_each_reminder_is_sent_once(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    announced(sessions, outgoing)
    at = STARTS - 8 * DAY
    while at < STARTS + DAY:
        go_to(sessions, outgoing, at)
        at += timedelta(hours=3)
    assert reminders(sessions) == [("sent", None)] * 2


@pytest.mark.parametrize(
    ("told_at", "n"),
    [
        (STARTS - 7 * DAY, 2),
        (STARTS - 7 * DAY + INSTANT, 1),
        (STARTS - DAY - timedelta(hours=1), 1),
        (STARTS - DAY + INSTANT, 0),
    ],
)
def test_participant_notified_recently_is_not_reminded(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled, told_at: datetime, n: int
) -> None:
    outgoing.send_all()
    outgoing.now = outgoing.real_now = told_at
    announced(sessions, outgoing)
    for at in (told_at, STARTS - DAY, STARTS - INSTANT):
        go_to(sessions, outgoing, max(at, told_at))
    assert reminders(sessions) == [("sent", None)] * n


def test_the_reminders_of_a_moved_session_follow_it(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    event = announced(sessions, outgoing)
    go_to(sessions, outgoing, STARTS - 7 * DAY)
    now, later = STARTS - 6 * DAY, STARTS + 14 * DAY
    change(sessions, SessionRescheduled, event, now, starts_at=later, ends_at=later + timedelta(hours=2))
    go_to(sessions, outgoing, now)
    assert go_to(sessions, outgoing, STARTS - DAY) == 0
    assert go_to(sessions, outgoing, later - 7 * DAY) == 1
    assert go_to(sessions, outgoing, later - DAY) == 1
    assert reminders(sessions) == [("sent", None)] * 3


@pytest.mark.parametrize("what", ["moved", "cancelled", "withdrawn"])
def test_reminder_waiting_overnight_is_suppressed_by_a_change(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled, what: str
) -> None:
    starts_at = STARTS + timedelta(hours=5)  # 20:00 UTC, so that reminders are due in the evening
    event = announced(sessions, outgoing, starts_at)
    evening = starts_at - 7 * DAY
    assert go_to(sessions, outgoing, evening) == 1
    assert reminders(sessions) == [("due", None)]
    if what == "moved":
        later = starts_at + 30 * DAY
        change(
            sessions, SessionRescheduled, event, evening, starts_at=later, ends_at=later + timedelta(hours=1)
        )
    elif what == "cancelled":
        change(sessions, SessionCancelled, event, evening, reason="weather")
    else:
        facts = {
            name: getattr(place, name) for name in ("enrolment_id", "work_group_id", "teacher_id", "urn")
        }
        left = ParticipantWithdrawn(**facts, reason=WithdrawalReason.WORKLOAD, withdrawn_on=date(2026, 9, 30))
        with sessions.begin() as session:
            react(places.on_place_ended, session, left, 2, happened_at=evening, now=evening)
    go_to(sessions, outgoing, evening + timedelta(hours=12))
    assert reminders(sessions) == [("suppressed", "nothing_to_tell")]
    assert any(row.status == "sent" and row.sent_at == outgoing.now for row in messages(sessions))


def half_terms(sessions: Sessions, *spans: tuple[str, str]) -> None:
    with sessions.begin() as session:
        session.add(
            SchoolYear(academic_year="2026/27", half_terms=[list(span) for span in spans], revision=1)
        )


def test_after_a_holiday_only_the_nearer_reminder_is_sent(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    """Both wait for the first day of term: the session is on the day after it."""
    starts_at = datetime(2026, 11, 3, 7, 30, tzinfo=UTC)
    announced(sessions, outgoing, starts_at)
    half_terms(sessions, ("2026-09-02", "2026-10-23"), ("2026-11-02", "2026-12-18"))
    for at in (starts_at - 7 * DAY, datetime(2026, 11, 2, 7, 30, tzinfo=UTC), starts_at - DAY):
        go_to(sessions, outgoing, at)
    sent = [row for row in messages(sessions) if row.template == "session_reminder" and row.status == "sent"]
    assert [row.sent_at for row in sent] == [datetime(2026, 11, 2, 7, 30, tzinfo=UTC)]


def test_reminder_precedes_a_session_on_the_first_morning_of_term(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    starts_at = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)
    announced(sessions, outgoing, starts_at)
    half_terms(sessions, ("2026-09-02", "2026-10-23"), ("2026-11-02", "2026-12-18"))
    go_to(sessions, outgoing, starts_at - 7 * DAY)
    go_to(sessions, outgoing, starts_at - 3 * DAY)  # Friday in the holidays: an invitation may go
    assert reminders(sessions) == [("sent", None)]


def test_a_reminder_for_monday_waits_for_its_morning(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    monday = datetime(2026, 10, 5, 15, 0, tzinfo=UTC)
    announced(sessions, outgoing, monday)
    go_to(sessions, outgoing, monday - 7 * DAY)
    go_to(sessions, outgoing, monday - DAY)  # Sunday
    assert reminders(sessions) == [("sent", None), ("due", None)]
    go_to(sessions, outgoing, datetime(2026, 10, 5, 6, 30, tzinfo=UTC))
    assert reminders(sessions) == [("sent", None)] * 2


LAST_DAY = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)


@pytest.fixture(name="offer")
def _offer(sessions: Sessions, outgoing: OutgoingMail) -> PlaceOffered:
    """An offer that is notified on 7 September and expires after 14 September."""
    know_the_basics(sessions)
    event = place_offered()
    with sessions.begin() as session:
        react(waiting_list.on_waiting_list_changed, session, event)
    outgoing.send_all()
    outgoing.mailer.sent.clear()
    return event


def test_last_day_of_an_offer_is_notified_once(
    sessions: Sessions, outgoing: OutgoingMail, offer: PlaceOffered
) -> None:
    assert go_to(sessions, outgoing, LAST_DAY - DAY) == 0
    assert go_to(sessions, outgoing, datetime(2026, 9, 13, 22, 59, tzinfo=UTC)) == 0
    assert go_to(sessions, outgoing, datetime(2026, 9, 13, 23, 0, tzinfo=UTC)) == 1  # the day begins
    assert reminders(sessions) == [("due", None)]
    for at in (datetime(2026, 9, 14, 6, 30, tzinfo=UTC), LAST_DAY, LAST_DAY + timedelta(hours=8)):
        go_to(sessions, outgoing, at)
    assert reminders(sessions) == [("sent", None)]
    assert len(outgoing.subjects) == 1


@pytest.mark.parametrize("what", ["answered", "extended"])
def test_no_last_day_reminder_after_a_later_expiry(
    sessions: Sessions, outgoing: OutgoingMail, offer: PlaceOffered, what: str
) -> None:
    go_to(sessions, outgoing, datetime(2026, 9, 13, 23, 0, tzinfo=UTC))
    if what == "answered":
        facts = {name: getattr(offer, name) for name in ("waiting_id", "work_group_id", "teacher_id", "urn")}
        event: Any = WaitingListLeft(**facts, cause=WaitingListExitCause.DECLINED)
    else:
        event = PlaceOfferExtended(**(asdict(offer) | {"expires_at": offer.expires_at + 2 * DAY}))
    with sessions.begin() as session:
        react(waiting_list.on_waiting_list_changed, session, event, 2, now=outgoing.now)
    go_to(sessions, outgoing, LAST_DAY)
    assert reminders(sessions) == [("suppressed", "offer_over")]
    if what == "extended":
        go_to(sessions, outgoing, LAST_DAY + 2 * DAY)
        assert reminders(sessions)[-1] == ("sent", None)


def test_offer_notified_on_its_last_day_has_no_reminder(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    event = place_offered(work_group_id=GROUP, waiting_id=UUID(int=5))
    with sessions.begin() as session:
        react(waiting_list.on_waiting_list_changed, session, event)
    outgoing.send_all()
    last_day = LAST_DAY
    assert go_to(sessions, outgoing, NOW) == 0
    assert go_to(sessions, outgoing, last_day) == 1
