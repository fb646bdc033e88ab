"""Mail servers that misbehave: nothing is lost or sent more than twice, and operators are notified."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.notifications.certificates import Authority
from tests.notifications.factories import enrol, know_the_basics, messages, published
from tests.notifications.fakes import OutgoingMail
from tests.notifications.mail_cases import CASES, Case
from tests.notifications.mail_server import PASSWORD, USER, WAITS, MailServer, mail_server
from tests.support.waiting import wait_until

from hub_notifications.domain.messages import CLAIM_LASTS
from hub_notifications.gateways import SmtpMailer, SmtpServer, Tls
from hub_notifications.gateways.smtp import ANSWER_SECONDS, STEP_SECONDS
from hub_notifications.models import Message
from hub_notifications.store import sender
from hub_platform.database import Sessions

MESSAGES = 6
DAYS = 7  # after which each message is sent or has failed; some wait for decent hours each time
PATIENCE = 0.4  # seconds until this client takes a server for slow


@pytest.fixture(name="authority", scope="module")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(name="server")
def _server(case: Case, authority: Authority) -> Iterator[MailServer]:
    context = case.context(authority) if case.context else None
    with mail_server(context, encrypted=case.tls is Tls.TLS) as server:
        server.replies, server.bad_replies = dict(case.every), dict(case.bad)
        server.mails_on_a_connection = case.mails_on_a_connection
        server.wants_password = context is not None
        yield server


@pytest.fixture(name="settings")
def _settings(case: Case, server: MailServer, authority: Authority) -> SmtpServer:
    return SmtpServer(
        host="127.0.0.1",
        port=server.port,
        tls=case.tls,
        user=USER if server.wants_password else None,
        password="wrong" if case.wrong_password else PASSWORD,  # pragma: allowlist secret
        authorities=authority.pem,
        answer_seconds=ANSWER_SECONDS if WAITS in case.bad.values() else PATIENCE,
    )


def mend(case: Case, server: MailServer, settings: SmtpServer, authority: Authority) -> SmtpServer:
    """Let the server, or an operator, do what is right; what concerns one recipient may stay."""
    server.replies, server.mails_on_a_connection = {}, None
    if case.mended:
        server.bad_replies = {}
    if case.tls is not Tls.NONE:
        server.context, server.wants_password = authority.server(), True
    return replace(settings, user=USER if case.tls is not Tls.NONE else None, password=PASSWORD)


@contextmanager
def answering_late(server: MailServer) -> Iterator[None]:
    """Release an answer that is waited for, once the server has the message."""
    has_ended = threading.Event()

    def release() -> None:
        wait_until(lambda: has_ended.is_set() or server.copies(server.bad_recipient), deadline=60)
        server.released.set()

    releasing = threading.Thread(target=release)
    releasing.start()
    yield
    has_ended.set()
    releasing.join()


def turn(outgoing: OutgoingMail) -> None:
    """Send until there is nothing more to send now."""
    while outgoing.send():
        pass


def send_until_decided(sessions: Sessions, outgoing: OutgoingMail) -> None:
    """Let time pass until each message is sent or has failed."""
    for _ in range(DAYS * 8):
        turn(outgoing)
        if {row.status for row in messages(sessions)} <= {"sent", "failed"}:
            return
        outgoing.later(hours=3)


def address_of(message: Message) -> str:
    """Under which the server knows its recipient; see FakeContacts."""
    return f"{message.recipient_ref[-12:]}@school.example"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_misbehaving_mail_server_loses_no_message(
    case: Case,
    server: MailServer,
    settings: SmtpServer,
    authority: Authority,
    sessions: Sessions,
    outgoing: OutgoingMail,
) -> None:
    know_the_basics(sessions)
    enrol(sessions, MESSAGES)
    bad, *others = messages(sessions)
    server.bad_recipient = address_of(bad)
    outgoing.real_mailer = SmtpMailer(settings)

    with answering_late(server):
        turn(outgoing)

    ids = {each.id for each in others}
    notified = {row.status for row in messages(sessions) if row.id in ids}
    assert notified == ({"sent"} if case.others_at_once else {"due"})
    assert trouble(sessions) == case.trouble
    if case.trouble:
        assert {row.attempts for row in messages(sessions)} == {0}

    outgoing.later(hours=1)
    outgoing.real_mailer = SmtpMailer(mend(case, server, settings, authority))
    send_until_decided(sessions, outgoing)

    rows = {row.id: row for row in messages(sessions)}
    assert {rows[id_].status for id_ in ids} == {"sent"}
    assert {server.copies(address_of(each)) for each in others} == {1}
    assert (rows[bad.id].status, rows[bad.id].reason) == (case.status, case.reason)
    assert server.copies(address_of(bad)) == case.copies <= 2
    assert trouble(sessions) is None
    assert all(encrypted for _, encrypted in server.sign_ins)
    sent = MESSAGES if case.status == "sent" else MESSAGES - 1
    expected = Counter(MessageSent=sent, MessageFailed=MESSAGES - sent)
    assert Counter(event.type for event in published(sessions)) == +expected


def test_reply_after_25_seconds_is_within_the_claim() -> None:
    """Eight steps and the answer together end before the claim does: no other sender begins."""
    assert ANSWER_SECONDS > 25
    assert timedelta(seconds=8 * STEP_SECONDS + ANSWER_SECONDS) < CLAIM_LASTS


def trouble(sessions: Sessions) -> str | None:
    with sessions() as session:
        noted = sender.trouble(session)
        return None if noted is None else noted.reason
