"""Messages, and a folder that keeps them."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hub_notifications.templates.invitations import invite
from hub_notifications.templates.rendering import render
from hub_notifications.templates.samples import FIRST, SAMPLES
from icalendar import Calendar
from tests.notifications.fakes import HOST

from hub_notifications import gateways
from hub_notifications.gateways import BadAddress, Contact, MailAway, MailboxFolder

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


def test_a_letter_that_cannot_be_written_is_a_mailbox_that_is_away(tmp_path: Path) -> None:
    with MailboxFolder(tmp_path / "mail").open() as post:
        (tmp_path / "mail").rmdir()
        with pytest.raises(MailAway):
            post.send(ID, a_letter())
