"""Letters and what carries them: a folder, a mail server."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from environs import EnvValidationError
from icalendar import Calendar
from tests.notifications.fakes import HOST
from tests.notifications.mail_server import Mailbag, mail_server

from hub_notifications import config, gateways
from hub_notifications.gateways import BadAddress, Contact, MailAway, MailboxFolder, SmtpMailer, Undelivered
from hub_notifications.templates.invitations import invite
from hub_notifications.templates.rendering import render
from hub_notifications.templates.samples import FIRST, SAMPLES

NOW = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
ADA = Contact(given="Ada", family="Nuñez-Ó Briain", email="ada@school.example")
ID = UUID("01920000-0000-7000-8000-000000000099")


def a_letter(message_id: UUID = ID, to: Contact = ADA) -> EmailMessage:
    invitation = invite([FIRST], group_title="G", host=HOST, attendee=to.email, now=NOW)
    words = render(SAMPLES["session_scheduled"])
    return gateways.letter(message_id, words, to=to, sender=HOST, invitation=invitation, now=NOW)


def read(data: bytes) -> EmailMessage:
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


@pytest.fixture(name="server")
def _server() -> Iterator[Mailbag]:
    with mail_server() as bag:
        yield bag


def test_the_folder_holds_a_letter_that_the_email_package_reads(tmp_path: Path) -> None:
    folder = tmp_path / "mail" / "deeper"
    with MailboxFolder(folder).open() as post:
        assert post.send(ID, a_letter()) is None
    [file] = folder.iterdir()
    assert file.name == f"{ID}.eml"
    mail = read(file.read_bytes())
    assert mail.defects == []
    assert mail["To"].addresses[0].display_name == "Ada Nuñez-Ó Briain"
    assert mail["To"].addresses[0].addr_spec == "ada@school.example"
    assert mail["From"].addresses[0].addr_spec == "hub@example.org"
    assert mail["Message-ID"] == f"<{ID}@example.org>"
    assert mail["Date"].datetime == NOW
    assert mail["Subject"] == "Fractions in Year 5: session 1 is on Tuesday 6 October 2026"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Dear Ada" in plain.get_content()
    assert "<strong>Fractions in Year 5</strong>" in html.get_content()


def test_the_letter_carries_a_calendar_file_that_icalendar_reads(tmp_path: Path) -> None:
    with MailboxFolder(tmp_path).open() as post:
        post.send(ID, a_letter())
    mail = read((tmp_path / f"{ID}.eml").read_bytes())
    [part] = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    assert (part.get_param("method"), part.get_filename()) == ("REQUEST", "sessions.ics")
    [event] = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert event["UID"] == f"session-{FIRST.session_id}@test"


def test_a_repeat_replaces_its_file(tmp_path: Path) -> None:
    with MailboxFolder(tmp_path).open() as post:
        post.send(ID, a_letter())
        post.send(ID, a_letter())
        post.send(uuid4(), a_letter())
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_made_is_away(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MailAway), MailboxFolder(tmp_path / "file" / "mail").open():
        pass


@pytest.mark.parametrize(
    "email", ["", "no-at-sign", "two@at@signs", "a@b.example\nBcc: x@y.example", "a b@c"]
)
def test_an_address_that_cannot_be_is_refused(email: str) -> None:
    with pytest.raises(BadAddress):
        gateways.address_of(Contact(given="Ada", family="L", email=email))


def test_a_contact_does_not_show_its_address_in_a_log() -> None:
    assert "school.example" not in repr(ADA)


def test_the_mail_server_is_given_each_letter_on_one_connection(server: Mailbag) -> None:
    ids = [uuid4(), uuid4()]
    with SmtpMailer("127.0.0.1", server.port, starttls=False).open() as post:
        assert [post.send(each, a_letter(each)) for each in ids] == [None, None]
    assert [read(data)["Message-ID"] for data in server.mails] == [f"<{each}@example.org>" for each in ids]
    assert all("ada@school.example" in line for line in server.recipients)


@pytest.mark.parametrize(
    ("answer", "undelivered"),
    [
        ("550 no such user ada@school.example", Undelivered("refused", permanent=True)),
        ("450 mailbox busy", Undelivered("put_off", permanent=False)),
    ],
)
@pytest.mark.parametrize("step", ["answer_to_recipient", "answer_to_data"])
def test_a_refusal_is_for_good_and_a_delay_is_for_now(
    server: Mailbag, step: str, answer: str, undelivered: Undelivered
) -> None:
    setattr(server, step, answer)
    with SmtpMailer("127.0.0.1", server.port, starttls=False).open() as post:
        assert post.send(ID, a_letter()) == undelivered
        setattr(server, step, "250 OK")
        assert post.send(ID, a_letter()) is None


def test_a_server_that_hangs_up_or_is_not_there_is_away(server: Mailbag) -> None:
    server.hangs_up_after = 1
    with SmtpMailer("127.0.0.1", server.port, starttls=False).open() as post:
        assert post.send(ID, a_letter()) is None
        with pytest.raises(MailAway):
            post.send(ID, a_letter())
    with pytest.raises(MailAway), SmtpMailer("127.0.0.1", 1, starttls=False).open():
        pass
    with pytest.raises(MailAway), SmtpMailer("127.0.0.1", server.port, starttls=True).open():
        pass  # it was told to encrypt, and does not send in the clear instead


def test_letters_leave_by_the_folder_or_the_server_that_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(EnvValidationError, match="HUB_MAIL_DIR"):
        config.load()
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    monkeypatch.setenv("HUB_SMTP_HOST", "mail.example")
    monkeypatch.setenv("HUB_SMTP_PASSWORD_FILE", str(secret))
    options = config.load()
    assert isinstance(options.mailer(), SmtpMailer)
    assert (options.smtp_port, options.smtp_starttls, options.smtp_password) == (587, True, "s3cret")
    assert "s3cret" not in repr(options)
    monkeypatch.setenv("HUB_MAIL_DIR", str(tmp_path))
    assert isinstance(config.load().mailer(), SmtpMailer)
    for setting in ("HUB_SMTP_HOST", "HUB_SMTP_USER"):
        monkeypatch.setenv(setting, "")  # as docker compose says that something is not set
    assert isinstance(config.load().mailer(), MailboxFolder)


def test_a_letter_that_cannot_be_written_is_a_mailbox_that_is_away(tmp_path: Path) -> None:
    with MailboxFolder(tmp_path / "mail").open() as post:
        (tmp_path / "mail").rmdir()
        with pytest.raises(MailAway):
            post.send(ID, a_letter())


def test_a_server_that_wants_a_password_is_given_it(server: Mailbag, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, str]] = []
    monkeypatch.setattr(smtplib.SMTP, "login", lambda _self, user, password: given.append((user, password)))
    mailer = SmtpMailer("127.0.0.1", server.port, starttls=False, user="hub", password="s3cret")
    with mailer.open() as post:
        assert post.send(ID, a_letter()) is None
    assert given == [("hub", "s3cret")]


def test_a_password_that_is_refused_is_a_server_that_is_away(server: Mailbag) -> None:
    mailer = SmtpMailer("127.0.0.1", server.port, starttls=False, user="hub", password="wrong")
    with pytest.raises(MailAway), mailer.open():
        pass  # this server knows no passwords


def test_an_address_that_the_server_cannot_write_is_a_bad_one(
    server: Mailbag, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(_self: object, _mail: EmailMessage) -> None:
        raise smtplib.SMTPNotSupportedError

    monkeypatch.setattr(smtplib.SMTP, "send_message", cannot)
    with SmtpMailer("127.0.0.1", server.port, starttls=False).open() as post:
        assert post.send(ID, a_letter()) == Undelivered("bad_address", permanent=True)
