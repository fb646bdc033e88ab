"""A refused sender: all messages wait, operators are notified, retries become rarer."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.notifications.factories import enrol, know_the_basics, messages, published
from tests.notifications.fakes import NOW, OutgoingMail
from tests.notifications.mail_server import WAITS, MailServer, mail_server
from tests.support.waiting import wait_until

from hub_notifications.domain.failures import SENDER_TROUBLES, describe_sender_trouble
from hub_notifications.gateways import SmtpMailer, SmtpServer, Tls
from hub_notifications.models import Message
from hub_notifications.store import sender
from hub_platform.database import Sessions

QUOTA = "550 5.4.5 daily quota exceeded"


@pytest.fixture(name="server")
def _server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(name="outgoing")
def _office(sessions: Sessions, server: MailServer) -> OutgoingMail:
    """Sends to the server."""
    outgoing = OutgoingMail(sessions)
    outgoing.real_mailer = SmtpMailer(SmtpServer(host="127.0.0.1", port=server.port, tls=Tls.NONE))
    return outgoing


def notified(sessions: Sessions) -> tuple[str, int] | None:
    with sessions() as session:
        noted = sender.trouble(session)
        return None if noted is None else (noted.reason, noted.times)


def test_pause_increases_and_uses_real_time(
    sessions: Sessions, outgoing: OutgoingMail, server: MailServer
) -> None:
    know_the_basics(sessions)
    enrol(sessions, 2)
    server.replies["mail"] = QUOTA
    for times, minutes in enumerate((1, 2, 4, 8, 15, 15), start=1):
        assert outgoing.send() == 0
        assert notified(sessions) == ("quota_exceeded", times)
        tried = server.connections
        outgoing.real_now += timedelta(minutes=minutes) - timedelta(microseconds=1)
        outgoing.now += timedelta(minutes=20)
        assert outgoing.send() == 0
        assert server.connections == tried
        outgoing.real_now += timedelta(microseconds=1)
    assert [(row.status, row.attempts, row.reason) for row in messages(sessions)] == [
        ("due", 0, "quota_exceeded")
    ] * 2
    assert published(sessions) == []
    server.behave()
    assert outgoing.send() == 2
    assert notified(sessions) is None


def test_messages_due_during_the_pause_wait(
    sessions: Sessions, outgoing: OutgoingMail, server: MailServer
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    server.replies["mail"] = QUOTA
    outgoing.send()
    enrol(sessions)
    server.behave()
    outgoing.later(seconds=59)
    assert outgoing.send() == 0
    outgoing.later(seconds=1)
    assert outgoing.send() == 2


def test_restart_ends_the_pause(sessions: Sessions, outgoing: OutgoingMail, server: MailServer) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    server.replies["mail"] = QUOTA
    outgoing.started_at = NOW
    outgoing.send()
    outgoing.later(seconds=10)
    assert outgoing.send() == 0
    assert server.connections == 1
    outgoing.started_at = outgoing.real_now
    outgoing.send()
    assert notified(sessions) == ("quota_exceeded", 2)
    outgoing.later(seconds=10)
    assert outgoing.send() == 0  # the pause is this process's own
    assert server.connections == 2


def test_clock_set_back_does_not_extend_the_pause(
    sessions: Sessions, outgoing: OutgoingMail, server: MailServer
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    server.replies["mail"] = QUOTA
    outgoing.send()
    server.behave()
    outgoing.real_now -= timedelta(hours=1)
    assert outgoing.send() == 1


@pytest.fixture(name="idle")
def _idle(sessions: Sessions, outgoing: OutgoingMail, server: MailServer) -> OutgoingMail:
    """A recorded trouble whose pause has expired, without waiting messages."""
    know_the_basics(sessions)
    enrol(sessions)
    server.replies["connect"] = "554 5.7.1 blocked"
    outgoing.send()
    with sessions.begin() as session:
        session.execute(sa.update(Message).values(status="suppressed", reason="cancelled"))
    assert outgoing.send() == 0
    assert server.connections == 1, "not before the pause has expired"
    outgoing.later(minutes=1)
    return outgoing


def test_trouble_of_an_idle_sender_ends_with_a_connection(
    sessions: Sessions, idle: OutgoingMail, server: MailServer
) -> None:
    server.behave()
    assert idle.send() == 0
    assert notified(sessions) is None
    tried = server.connections
    assert idle.send() == 0
    assert server.connections == tried, "without trouble and without a message nothing is asked"


def test_an_idle_sender_that_is_still_refused_waits_longer(
    sessions: Sessions, idle: OutgoingMail, server: MailServer
) -> None:
    assert idle.send() == 0
    assert notified(sessions) == ("service_refused", 2)
    tried = server.connections
    idle.later(minutes=1)
    assert idle.send() == 0
    assert server.connections == tried


def test_unreachable_mail_server_does_not_end_the_trouble(sessions: Sessions, idle: OutgoingMail) -> None:
    idle.real_mailer = None
    idle.mailer.away = True
    assert idle.send() == 0
    assert notified(sessions) == ("service_refused", 1)
    idle.mailer.away = False
    assert idle.send() == 0
    assert notified(sessions) is not None, "for some seconds"
    idle.later(seconds=10)
    assert idle.send() == 0
    assert notified(sessions) is None


def test_each_trouble_has_its_own_start(
    sessions: Sessions, outgoing: OutgoingMail, server: MailServer
) -> None:
    know_the_basics(sessions)
    enrol(sessions)
    described = []
    for reply in (QUOTA, QUOTA, "550 5.1.8 no such sender"):
        server.replies["mail"] = reply
        outgoing.send()
        with sessions() as session:
            noted = sender.trouble(session)
            assert noted is not None
            described.append(describe_sender_trouble(noted.reason, noted.since))
        outgoing.later(minutes=10)
    assert described[0] == described[1]
    assert described[0].startswith(SENDER_TROUBLES["quota_exceeded"])
    assert "2026-09-07T09:00:00Z" in described[0]
    assert described[2].startswith(SENDER_TROUBLES["sender_refused"])
    assert "2026-09-07T09:20:00Z" in described[2]


def test_refused_recipient_is_distinguished_from_refused_relaying(
    sessions: Sessions, outgoing: OutgoingMail, server: MailServer
) -> None:
    """While it is alone the two look the same: it waits; another message shows whose refusal it is."""
    know_the_basics(sessions)
    enrol(sessions)
    [inside] = messages(sessions)
    server.bad_recipient, server.bad_replies = inside.recipient_ref[-12:], {"rcpt": "550 5.7.1 members only"}
    assert outgoing.send() == 0
    assert notified(sessions) == ("relay_denied", 1)
    enrol(sessions)
    outgoing.later(minutes=1)
    assert outgoing.send() == 2
    assert [(row.status, row.reason) for row in messages(sessions)] == [("failed", "refused"), ("sent", None)]
    assert notified(sessions) is None


def test_slow_reply_does_not_delay_other_messages(
    sessions: Sessions, outgoing: OutgoingMail, server: MailServer
) -> None:
    """The server answers when the turn is long over: the rest is let go at once, nothing is sent twice."""
    know_the_basics(sessions)
    enrol(sessions, 5)
    server.bad_recipient = messages(sessions)[0].recipient_ref[-12:]
    server.bad_replies = {"body": WAITS}

    def answer_once_the_turn_has_ended() -> None:
        wait_until(lambda: server.mails)
        server.released.set()

    answering = threading.Thread(target=answer_once_the_turn_has_ended)
    answering.start()
    outgoing.closing = server.released.is_set
    assert outgoing.send() == 0
    answering.join()
    assert sorted(row.status for row in messages(sessions)) == ["due"] * 4 + ["sent"]
    assert {row.attempts for row in messages(sessions) if row.status == "due"} == {0}
    outgoing.closing = False
    assert outgoing.send() == 4
    assert len(server.mails) == len({recipient for recipient, _ in server.mails}) == 5
