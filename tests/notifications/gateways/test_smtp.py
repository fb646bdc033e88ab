"""The real SMTP client: what it says to a mail server, what it makes of the answers, and whom it trusts."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.notifications.certificates import ELSEWHERE, Authority
from tests.notifications.mail_server import HANGS_UP, NEVER, PASSWORD, USER, MailServer, mail_server

from hub_notifications.domain.failures import Failure
from hub_notifications.gateways import (
    ConnectionBroken,
    MailServerUnreachable,
    SenderTrouble,
    SmtpMailer,
    SmtpServer,
    Tls,
    Undelivered,
)
from hub_notifications.templates.e_mail import Body, Header, compose
from hub_notifications.templates.header_fields import Mailbox
from hub_notifications.templates.rendering import Rendered

NOW = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
ID = UUID("01920000-0000-7000-8000-000000000099")
REFUSED = Undelivered("refused", Failure.RECIPIENT)
PUT_OFF = Undelivered("put_off", Failure.TEMPORARY)


def a_message(message_id: UUID = ID) -> EmailMessage:
    words = Rendered(subject="Your place", text="Dear Ada,\n.\n", html="<p>Dear Ada,</p>\n")
    to = Mailbox("Ada Nuñez", "ada@school.example")
    hub = Mailbox("Test Maths Hub", "hub@example.org")
    header = Header(message_id=message_id, to=to, sender=hub, written_at=NOW)
    return compose(header, Body(rendered=words))


def read(data: bytes) -> EmailMessage:
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def mailer(server: MailServer, **changes: Any) -> SmtpMailer:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": server.port,
        "tls": Tls.NONE,
        "answer_seconds": 0.3,
    }
    return SmtpMailer(SmtpServer(**values | changes))


@pytest.fixture(name="server")
def _server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(name="authority", scope="module")
def _authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def test_several_messages_go_over_one_connection(server: MailServer) -> None:
    ids = [uuid4(), uuid4()]
    with mailer(server).open() as connection:
        assert [connection.send(each, a_message(each)) for each in ids] == [None, None]
    assert [read(data)["Message-ID"] for _, data in server.mails] == [f"<{each}@example.org>" for each in ids]
    assert all("ada@school.example" in recipient for recipient, _ in server.mails)
    assert server.connections == 1


@pytest.mark.parametrize(
    ("step", "answer", "undelivered"),
    [
        ("rcpt", "550 no such user ada@school.example", REFUSED),
        ("rcpt", "450 mailbox busy", PUT_OFF),
        ("rcpt", "550 5.7.1 relaying denied", Undelivered("relay_denied", Failure.SENDER)),
        ("data", "554 5.5.1 no valid recipients", REFUSED),
        ("body", "550 no", REFUSED),
        ("body", "450 later", PUT_OFF),
        ("mail", "552 5.3.4 too big", REFUSED),
    ],
)
def test_a_refusal_of_one_message_leaves_the_connection_to_the_next(
    server: MailServer, step: str, answer: str, undelivered: Undelivered
) -> None:
    server.replies[step] = answer
    with mailer(server).open() as connection:
        assert connection.send(ID, a_message()) == undelivered
        server.behave()
        assert connection.send(ID, a_message()) is None
    assert server.connections == 1


@pytest.mark.parametrize(
    ("step", "answer", "uncertain"),
    [
        ("mail", HANGS_UP, False),
        ("rcpt", HANGS_UP, False),
        ("data", HANGS_UP, False),
        ("body", HANGS_UP, True),
        ("body", NEVER, True),
        ("body", "what?", True),
        ("rcpt", "421 4.3.2 closing", False),
        ("body", "421 4.3.2 closing", False),  # an answer: the message was not taken
        ("rcpt", "354 what?", False),
    ],
)
def test_broken_connection_is_uncertain_only_after_the_body(
    server: MailServer, step: str, answer: str, uncertain: bool
) -> None:
    server.replies[step] = answer
    with pytest.raises(ConnectionBroken) as caught, mailer(server).open() as connection:
        connection.send(ID, a_message())
    assert caught.value.uncertain is uncertain


def test_421_at_mail_is_unreachable_on_a_new_connection_only(server: MailServer) -> None:
    server.mails_on_a_connection = 1
    with mailer(server).open() as connection:
        assert connection.send(ID, a_message()) is None
        with pytest.raises(ConnectionBroken):
            connection.send(ID, a_message())
    server.mails_on_a_connection = 0
    with pytest.raises(MailServerUnreachable), mailer(server).open() as connection:
        connection.send(ID, a_message())


@pytest.mark.parametrize(
    ("step", "answer"),
    [("connect", "421 busy"), ("connect", "450 busy"), ("hello", "450 busy"), ("hello", HANGS_UP)],
)
def test_server_that_defers_connections_is_unreachable(server: MailServer, step: str, answer: str) -> None:
    server.replies[step] = answer
    with pytest.raises(MailServerUnreachable), mailer(server).open():
        pass


def test_server_that_does_not_exist_is_unreachable() -> None:
    for changes in ({"port": 1}, {"host": "mail.invalid", "port": 25}, {"port": 1, "tls": Tls.TLS}):
        with pytest.raises(MailServerUnreachable), mailer(MailServer(), **changes).open():
            pass


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
def test_password_is_sent_to_a_server_with_a_valid_certificate(authority: Authority, tls: Tls) -> None:
    with mail_server(authority.server(), encrypted=tls is Tls.TLS) as server:
        server.wants_password = True
        own = {"user": USER, "password": PASSWORD, "authorities": authority.pem, "tls": tls}
        with mailer(server, **own).open() as connection:
            assert connection.send(ID, a_message()) is None
        assert server.sign_ins == [(f"\0{USER}\0{PASSWORD}", True)]


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.TLS])
@pytest.mark.parametrize(
    ("context", "knows_authority"),
    [
        (lambda ca: ca.server(signs_itself=True), True),
        (lambda ca: ca.server(ELSEWHERE), True),
        (lambda ca: ca.server(days_left=-1), True),
        (lambda ca: ca.server(), False),  # signed by an authority that this client does not know
    ],
    ids=["self-signed", "another name", "expired", "unknown authority"],
)
def test_no_password_is_sent_to_a_server_with_an_invalid_certificate(
    authority: Authority, context: Callable[[Authority], Any], knows_authority: bool, tls: Tls
) -> None:
    with mail_server(context(authority), encrypted=tls is Tls.TLS) as server:
        server.wants_password = True
        own = {"user": USER, "password": PASSWORD, "authorities": authority.pem if knows_authority else None}
        with pytest.raises(SenderTrouble) as caught, mailer(server, tls=tls, **own).open():
            pass
        assert caught.value.reason == "certificate_not_valid"
        assert server.sign_ins == []


def test_nothing_is_sent_to_a_server_without_encryption(server: MailServer) -> None:
    server.wants_password = True
    own = {"user": USER, "password": PASSWORD}
    with pytest.raises(SenderTrouble) as caught, mailer(server, tls=Tls.STARTTLS, **own).open():
        pass
    assert caught.value.reason == "tls_not_offered"
    with pytest.raises(SenderTrouble) as caught, mailer(server, tls=Tls.TLS).open():
        pass  # it talks in the clear where encryption was expected
    assert caught.value.reason == "tls_failed"
    assert (server.sign_ins, server.mail_commands) == ([], [])


@pytest.mark.parametrize(
    ("wants_password", "password", "reason"),
    [
        (True, "wrong", "authentication_refused"),
        (True, "pässword", "authentication_refused"),  # smtplib can only say ASCII
        (False, PASSWORD, "authentication_not_offered"),
    ],
)
def test_failed_sign_in_is_a_sender_trouble(
    server: MailServer, wants_password: bool, password: str, reason: str
) -> None:
    server.wants_password = wants_password
    with pytest.raises(SenderTrouble) as caught, mailer(server, user=USER, password=password).open():
        pass
    assert caught.value.reason == reason
    server.wants_password = True
    with pytest.raises(SenderTrouble) as caught, mailer(server).open() as connection:
        connection.send(ID, a_message())
    assert caught.value.reason == "authentication_refused"


def test_message_is_encoded_for_the_servers_extensions(server: MailServer) -> None:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"] = "hub@example.org", "ada@school.example"
    mail.set_content("Café\r\n.\r\nfrom here on, and no further\r\n..\r\n", cte="8bit")
    for offers in ((), ("8BITMIME", "SIZE 1000000")):
        server.offers = offers
        with mailer(server).open() as connection:
            assert connection.send(ID, mail) is None
    notified, kept = server.mail_commands, [data for _, data in server.mails]
    assert [data.isascii() for data in kept] == [True, False]
    lines = ["Café", ".", "from here on, and no further", ".."]
    assert [read(data).get_content().splitlines() for data in kept] == [lines, lines]
    assert "BODY=8BITMIME" not in notified[0]
    assert f"size={len(kept[1])}" in notified[1]
    assert "BODY=8BITMIME" in notified[1]


def test_non_ascii_address_needs_smtputf8(server: MailServer) -> None:
    mail = EmailMessage(policy=policy.SMTPUTF8)
    mail["From"], mail["To"] = "hub@example.org", "ada@schöol.example"
    mail.set_content("Dear Ada,")
    with mailer(server).open() as connection:
        assert connection.send(ID, mail) == Undelivered("bad_address", Failure.RECIPIENT)
        assert connection.send(ID, a_message()) is None
    server.offers = ("8BITMIME", "SMTPUTF8")
    with mailer(server).open() as connection:
        assert connection.send(ID, mail) is None
    assert "ada@schöol.example" in server.mails[-1][0]
    assert "SMTPUTF8" in server.mail_commands[-1]


def test_no_password_is_shown() -> None:
    settings = SmtpServer(host="mail.example", port=587, tls=Tls.TLS, user=USER, password=PASSWORD)
    assert PASSWORD not in repr(settings)
