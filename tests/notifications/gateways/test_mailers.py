"""The folder that keeps messages instead of a mail server."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from hub_notifications.gateways import Contact, MailboxFolder, MailServerUnreachable
from hub_notifications.templates.e_mail import Body, Header, compose
from hub_notifications.templates.header_fields import Mailbox
from hub_notifications.templates.rendering import Rendered

NOW = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)
ID = UUID("01920000-0000-7000-8000-000000000099")


def a_message(message_id: UUID = ID) -> EmailMessage:
    words = Rendered(subject="Your place", text="Dear Ada,\n", html="<p>Dear Ada,</p>\n")
    to = Mailbox("Ada Nuñez-Ó Briain", "ada@school.example")
    hub = Mailbox("Test Maths Hub", "hub@example.org")
    header = Header(message_id=message_id, to=to, sender=hub, written_at=NOW)
    return compose(header, Body(rendered=words))


def test_the_folder_holds_a_message_that_the_email_package_reads(tmp_path: Path) -> None:
    folder = tmp_path / "mail" / "deeper"
    with MailboxFolder(folder).open() as connection:
        assert connection.send(ID, a_message()) is None
    [file] = folder.iterdir()
    assert file.name == f"{ID}.eml"
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail.defects == []
    assert str(mail["To"]) == "Ada Nuñez-Ó Briain <ada@school.example>"
    assert mail["Message-ID"] == f"<{ID}@example.org>"


def test_a_repeat_replaces_its_file(tmp_path: Path) -> None:
    with MailboxFolder(tmp_path).open() as connection:
        connection.send(ID, a_message())
        connection.send(ID, a_message())
        connection.send(uuid4(), a_message())
    assert len(list(tmp_path.iterdir())) == 2


def test_only_its_owner_may_read_the_folder_and_its_messages(tmp_path: Path) -> None:
    """Earlier releases let every account on the machine read it."""
    left_open, made = tmp_path / "open", tmp_path / "made"
    left_open.mkdir(mode=0o755)
    left_open.chmod(0o755)
    for folder in (left_open, made):
        with MailboxFolder(folder).open() as connection:
            connection.send(ID, a_message())
        [file] = folder.iterdir()
        assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_folder_that_cannot_be_created_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MailServerUnreachable), MailboxFolder(tmp_path / "file" / "mail").open():
        pass


def test_deleted_folder_is_unreachable(tmp_path: Path) -> None:
    with MailboxFolder(tmp_path / "mail").open() as connection:
        (tmp_path / "mail").rmdir()
        with pytest.raises(MailServerUnreachable):
            connection.send(ID, a_message())


def test_a_contact_does_not_show_its_address_in_a_log() -> None:
    contact = Contact(given="Ada", family="Nuñez", email="ada@school.example")
    assert "school.example" not in repr(contact)
    assert contact.confirmed  # unless enrolment says otherwise
