"""What is due goes by hub time; claims and retries go by real time."""

from datetime import timedelta

import pytest
from tests.notifications.factories import enrol, know_the_basics, messages
from tests.notifications.fakes import NOW, FakeOffice

from hub_notifications.gateways import Failure, Undelivered
from hub_notifications.handlers import messages as handlers
from hub_notifications.handlers import sending
from hub_notifications.models import Message
from hub_platform.database import Sessions


def due_at_hub_time(sessions: Sessions, days: int) -> None:
    with sessions.begin() as session:
        for row in session.query(Message):
            row.due_at = NOW + timedelta(days=days)


def test_a_message_waits_for_its_hub_time(sessions: Sessions, office: FakeOffice) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    due_at_hub_time(sessions, days=3)
    office.now = NOW + timedelta(days=3) - timedelta(seconds=1)
    assert office.send() == 0
    office.now = NOW + timedelta(days=3)
    assert office.send() == 1
    [row] = messages(sessions)
    assert (row.status, row.sent_at) == ("sent", NOW + timedelta(days=3))
    [(_, mail)] = office.mailer.letters
    assert mail["Date"].datetime == NOW + timedelta(days=3)


def test_a_retry_waits_in_real_time_however_far_hub_time_is_moved(
    sessions: Sessions, office: FakeOffice
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    [row] = messages(sessions)
    office.mailer.undelivered[row.id] = Undelivered("put_off", Failure.LATER)
    assert office.send() == 1
    office.now += timedelta(days=100)
    assert office.send() == 0
    office.real_now += timedelta(minutes=1)
    assert office.send() == 1


def test_a_claim_is_kept_in_real_time_however_far_hub_time_is_moved(
    sessions: Sessions, office: FakeOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sending, "_send", dies)
        office.send()
    assert [row.status for row in messages(sessions)] == ["sending"]
    office.now += timedelta(days=1)
    assert office.send() == 0
    office.real_now += timedelta(minutes=5, seconds=1)
    assert office.send() == 1


def dies(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_the_next_attempt_is_the_later_of_both(sessions: Sessions, office: FakeOffice) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    office.mailer.away = True
    office.send()
    [row] = messages(sessions)
    assert row.next_attempt_at == row.retry_at == NOW + timedelta(seconds=10)
    due_at_hub_time(sessions, days=1)
    [row] = messages(sessions)
    assert row.next_attempt_at == row.due_at == NOW + timedelta(days=1)


def test_only_what_is_to_be_sent_by_now_counts_as_work_that_is_left(
    sessions: Sessions, office: FakeOffice
) -> None:
    know_the_basics(sessions)
    enrol(sessions, 3)
    due_at_hub_time(sessions, days=1)
    with sessions() as session:
        assert handlers.due(session, now=NOW) == 0
        assert handlers.due(session, now=NOW + timedelta(days=1)) == 3
    office.later(days=1)
    assert office.send() == 3
    with sessions() as session:
        assert handlers.due(session, now=NOW + timedelta(days=1)) == 0
