"""Sending: once, with patience, and without keeping an address."""

# Long: what becomes of a message, from due to sent or failed.

import re
from datetime import timedelta
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.notifications.factories import (
    enrol,
    group_opened,
    know_the_basics,
    messages,
    plan,
    published,
    react,
    schedule,
)
from tests.notifications.fakes import NOW, OutgoingMail

from hub_kernel.refusals import Conflict, Unknown
from hub_notifications.commands import ResendMessage
from hub_notifications.gateways import Failure, Undelivered
from hub_notifications.handlers import messages as handlers
from hub_notifications.handlers import work_groups
from hub_notifications.models import Base, Message
from hub_notifications.steps import composing, preparing
from hub_platform.database import Sessions


def statuses(sessions: Sessions) -> list[str]:
    return [each.status for each in messages(sessions)]


def test_due_message_is_sent_recorded_and_published(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    schedule(sessions)
    [participant], visit = enrol(sessions), plan(sessions)
    assert outgoing.send() == 2
    assert outgoing.subjects == [
        "You have a place on Fractions in Year 5",
        "Visit to St Ives & Fen <Primary> on Friday 20 November, 09:30",
    ]
    rows = messages(sessions)
    assert [(row.status, row.attempts, row.sent_at) for row in rows] == [("sent", 1, NOW)] * 2
    events = published(sessions)
    assert [event.type for event in events] == ["MessageSent", "MessageSent"]
    row = rows[0]
    assert events[0].data == {
        "message_id": str(rows[0].id),
        "template": "place_confirmed",
        "recipient_ref": str(participant.teacher_id),
        "dedupe_key": row.dedupe_key,
        "concerns": row.concerns,
    }
    assert events[1].subject == f"messages/{rows[1].id}"
    assert outgoing.contacts.asked == [frozenset({str(participant.teacher_id), str(visit.pd_lead_id)})]
    assert outgoing.send() == 0


def test_database_holds_no_address_and_no_name(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    enrol(sessions, 3)
    rows = messages(sessions)
    outgoing.mailer.undelivered = {
        rows[0].id: Undelivered("refused", Failure.RECIPIENT),
        rows[1].id: Undelivered("put_off", Failure.TEMPORARY),
    }
    outgoing.send()
    assert all("@school.example" in str(mail["To"]) for _, mail in outgoing.mailer.sent)
    with sessions() as session:
        for table in [*Base.metadata.tables, "outbox", "outbox_subjects", "inbox"]:
            dump = str(session.execute(text(f"SELECT json_agg({table}) FROM {table}")).scalar())  # noqa: S608
            assert "@" not in dump, table
            assert not re.search("Lovelace|Ada", dump), table


def test_addresses_of_a_batch_are_one_request(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    enrol(sessions, 130)
    assert [outgoing.send(), outgoing.send(), outgoing.send()] == [100, 30, 0]
    assert [len(asked) for asked in outgoing.contacts.asked] == [100, 30]
    assert len({message_id for message_id, _ in outgoing.mailer.sent}) == 130
    assert set(statuses(sessions)) == {"sent"}


@pytest.mark.parametrize("away", ["contacts", "mailer"])
def test_messages_wait_without_an_attempt_during_an_outage(
    sessions: Sessions, outgoing: OutgoingMail, away: str
) -> None:
    know_the_basics(sessions)
    enrol(sessions, 2)
    part = getattr(outgoing, away)
    part.away = True
    assert outgoing.send() == 0
    [row, _] = messages(sessions)
    assert (row.status, row.attempts, row.next_attempt_at) == ("due", 0, NOW + timedelta(seconds=10))
    assert row.reason == ("contacts_away" if away == "contacts" else "mail_away")
    part.away = False
    outgoing.later(seconds=9)
    assert outgoing.send() == 0
    outgoing.later(seconds=1)
    assert outgoing.send() == 2
    assert [(row.status, row.reason) for row in messages(sessions)] == [("sent", None)] * 2


def test_broken_connection_repeats_only_unaccepted_messages(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    know_the_basics(sessions)
    enrol(sessions, 30)
    outgoing.mailer.dies_after = 25
    assert outgoing.send() == 0
    assert sorted(statuses(sessions)) == ["due"] * 5 + ["sent"] * 25
    outgoing.mailer.dies_after = None
    outgoing.later(minutes=1)
    assert outgoing.send() == 5
    assert len({message_id for message_id, _ in outgoing.mailer.sent}) == len(outgoing.mailer.sent) == 30
    assert len(published(sessions)) == 30


def test_deferred_message_is_retried_for_more_than_a_day_then_fails(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    know_the_basics(sessions)
    [participant] = enrol(sessions)
    [row] = messages(sessions)
    outgoing.mailer.undelivered[row.id] = Undelivered("put_off", Failure.TEMPORARY)
    for _ in range(60):
        outgoing.send()
        outgoing.later(hours=3)  # in decent hours only, so that eight attempts take some days
    assert len(outgoing.mailer.sent) == 8
    [row] = messages(sessions)
    assert (row.status, row.attempts, row.reason) == ("failed", 8, "put_off")
    [event] = published(sessions)
    assert event.type == "MessageFailed"
    assert event.data == {
        "message_id": str(row.id),
        "template": "place_confirmed",
        "recipient_ref": str(participant.teacher_id),
        "dedupe_key": row.dedupe_key,
        "concerns": row.concerns,
        "reason": "put_off",
        "attempts": 8,
    }


def test_undeliverable_message_fails_at_once_and_blocks_no_other(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    know_the_basics(sessions)
    events = enrol(sessions, 4)
    rows = {row.recipient_ref: row for row in messages(sessions)}
    gone, odd, refused, fine = (str(event.teacher_id) for event in events)
    outgoing.contacts.unknown = {gone}
    outgoing.contacts.email = lambda who: "a@b\nBcc: c@d" if who == odd else "ada@school.example"
    outgoing.mailer.undelivered = {rows[refused].id: Undelivered("refused", Failure.RECIPIENT)}
    assert outgoing.send() == 4
    now = {row.recipient_ref: (row.status, row.reason) for row in messages(sessions)}
    assert now == {
        gone: ("failed", "no_address"),
        odd: ("failed", "bad_address"),
        refused: ("failed", "refused"),
        fine: ("sent", None),
    }
    assert sorted(event.type for event in published(sessions)) == ["MessageFailed"] * 3 + ["MessageSent"]


def test_message_waits_for_missing_events(sessions: Sessions, outgoing: OutgoingMail) -> None:
    """The Work Group's title is needed to decide, the name of a school to write."""
    enrol(sessions)
    schedule(sessions)
    assert outgoing.send() == 0
    with sessions.begin() as session:
        react(work_groups.on_group_changed, session, group_opened())
    outgoing.send()
    [row] = messages(sessions)
    assert (row.status, row.attempts, row.reason) == ("due", 1, "facts_missing")
    know_the_basics(sessions)
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert statuses(sessions) == ["sent"]


def test_a_visit_waits_for_the_name_of_its_school(sessions: Sessions, outgoing: OutgoingMail) -> None:
    plan(sessions)
    outgoing.send()
    [row] = messages(sessions)
    assert (row.status, row.attempts, row.reason) == ("due", 1, "facts_missing")
    know_the_basics(sessions)
    outgoing.later(minutes=1)
    outgoing.send()
    assert statuses(sessions) == ["sent"]


def test_closing_turn_releases_the_remaining_messages(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    enrol(sessions, 3)
    outgoing.closing = True
    assert outgoing.send() == 0
    assert [(row.status, row.attempts, row.reason) for row in messages(sessions)] == [("due", 0, None)] * 3
    outgoing.closing = False
    assert outgoing.send() == 3


@pytest.mark.parametrize(("module", "function"), [(composing, "compose"), (preparing, "_decide")])
def test_bug_in_one_message_blocks_no_other(
    sessions: Sessions,
    outgoing: OutgoingMail,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    function: str,
) -> None:
    know_the_basics(sessions)
    enrol(sessions, 3)
    poison = messages(sessions)[1].id
    right = getattr(module, function)

    def broken(first: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(first, "message", first).id == poison:
            raise ZeroDivisionError
        return right(first, *args, **kwargs)

    monkeypatch.setattr(module, function, broken)
    assert outgoing.send() == 3
    assert [(row.status, row.reason) for row in messages(sessions)] == [
        ("sent", None),
        ("due", "bug"),
        ("sent", None),
    ]


def test_resend_is_a_message_of_its_own(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    [first] = messages(sessions)
    with pytest.raises(Conflict), sessions.begin() as session:
        resend(session, first.id)
    outgoing.send()
    for _ in range(2):
        with sessions.begin() as session:
            assert resend(session, first.id).resend_by == "admin"
    assert outgoing.send() == 2
    assert [each.dedupe_key for each in messages(sessions)] == [
        first.dedupe_key,
        f"{first.dedupe_key}:resend:1",
        f"{first.dedupe_key}:resend:2",
    ]
    assert len(published(sessions)) == 3
    with pytest.raises(Unknown), sessions.begin() as session:
        resend(session, UUID(int=1))


def resend(session: Session, message_id: UUID) -> Message:
    return handlers.resend_message(
        session,
        ResendMessage(message_id=message_id),
        now=NOW,
        by="admin",
    )
