"""Due times use hub time; claims and retries use real time."""

from datetime import timedelta

import pytest
from tests.notifications.factories import enrol, know_the_basics, messages
from tests.notifications.fakes import NOW, OutgoingMail

from hub_notifications.gateways import Failure, Undelivered
from hub_notifications.handlers import sending
from hub_notifications.models import Message
from hub_notifications.queries.messages import count_due
from hub_platform.database import Sessions


def due_at_hub_time(sessions: Sessions, days: int) -> None:
    with sessions.begin() as session:
        for row in session.query(Message):
            row.due_at = NOW + timedelta(days=days)


def test_a_message_waits_for_its_hub_time(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    due_at_hub_time(sessions, days=3)
    outgoing.now = NOW + timedelta(days=3) - timedelta(seconds=1)
    assert outgoing.send() == 0
    outgoing.now = NOW + timedelta(days=3)
    assert outgoing.send() == 1
    [row] = messages(sessions)
    assert (row.status, row.sent_at) == ("sent", NOW + timedelta(days=3))
    [(_, mail)] = outgoing.mailer.sent
    assert mail["Date"].datetime == NOW + timedelta(days=3)


def test_a_retry_waits_in_real_time_however_far_hub_time_is_moved(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    [row] = messages(sessions)
    outgoing.mailer.undelivered[row.id] = Undelivered("put_off", Failure.TEMPORARY)
    assert outgoing.send() == 1
    outgoing.now += timedelta(days=100)
    assert outgoing.send() == 0
    outgoing.real_now += timedelta(minutes=1)
    assert outgoing.send() == 1


def test_claim_expires_in_real_time_only(
    sessions: Sessions, outgoing: OutgoingMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sending, "_send", dies)
        outgoing.send()
    assert [row.status for row in messages(sessions)] == ["sending"]
    outgoing.now += timedelta(days=1)
    assert outgoing.send() == 0
    outgoing.real_now += timedelta(minutes=5, seconds=1)
    assert outgoing.send() == 1


def dies(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_the_next_attempt_is_the_later_of_both(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    outgoing.mailer.away = True
    outgoing.send()
    [row] = messages(sessions)
    assert row.next_attempt_at == row.retry_at == NOW + timedelta(seconds=10)
    due_at_hub_time(sessions, days=1)
    [row] = messages(sessions)
    assert row.next_attempt_at == row.due_at == NOW + timedelta(days=1)


def test_only_due_messages_count_as_remaining_work(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    enrol(sessions, 3)
    due_at_hub_time(sessions, days=1)
    with sessions() as session:
        assert count_due(session, now=NOW) == 0
        assert count_due(session, now=NOW + timedelta(days=1)) == 3
    outgoing.later(days=1)
    assert outgoing.send() == 3
    with sessions() as session:
        assert count_due(session, now=NOW + timedelta(days=1)) == 0
