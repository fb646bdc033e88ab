"""Whole e-mails, as they leave and as they are read back."""

import smtplib
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.notifications.calendars import ADA, HUB, NOW, an_entry, seen_by_ics, seen_by_vobject

from hub_notifications.templates.calendar_entries import CalendarPart, cancel, request
from hub_notifications.templates.e_mail import Attachment, BadAddress, Body, Header, compose
from hub_notifications.templates.examples import EXAMPLES, VARIANTS
from hub_notifications.templates.header_fields import Mailbox, Unwritable
from hub_notifications.templates.rendering import Rendered, render

ID = UUID("01920000-0000-7000-8000-000000000099")
WORDS = Rendered(
    subject="Fractions in Year 5: session 1 is on Tuesday 6 October 2026",
    text="Dear Ada,\n\nThe session is on Tuesday 6 October 2026.\n.\nFrom the hub\n",
    html="<p>Dear Ada,</p>\n" + "<p>" + "long " * 400 + "</p>\n",
)
CERTIFICATE = Attachment(
    file_name="Certificate.pdf", media_type="application/pdf", content=b"%PDF-1.7\r\n\x00\xff"
)


def an_e_mail(
    *,
    words: Rendered = WORDS,
    to: Mailbox = ADA,
    sender: Mailbox = HUB,
    reply_to: str | None = "office@example.org",
    part: CalendarPart | None = None,
    attachments: tuple[Attachment, ...] = (),
    follows: UUID | None = None,
) -> EmailMessage:
    header = Header(message_id=ID, to=to, sender=sender, reply_to=reply_to, written_at=NOW, follows=follows)
    return compose(header, Body(rendered=words, calendar=part, attachments=attachments))


def read(message: EmailMessage) -> EmailMessage:
    """Read an e-mail back as a receiving program does."""
    raw = message.as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")
    received = message_from_bytes(raw, policy=policy.default)
    assert isinstance(received, EmailMessage)
    assert [part.defects for part in received.walk()] == [[] for _ in received.walk()]
    return received


def structure(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_header_has_sender_recipient_and_subject() -> None:
    received = read(an_e_mail(to=Mailbox("Ada Nuñez-Ó Briain", "ada@school.example")))
    assert received["To"].addresses[0].display_name == "Ada Nuñez-Ó Briain"
    assert received["To"].addresses[0].addr_spec == "ada@school.example"
    assert (received["From"].addresses[0].display_name, received["From"].addresses[0].addr_spec) == (
        "Wessex Maths Hub, SendingContext",
        "hub@example.org",
    )
    assert received["Reply-To"].addresses[0].addr_spec == "office@example.org"
    assert received["Subject"] == WORDS.subject
    assert received["Date"].datetime == NOW
    assert received["Message-ID"] == f"<{ID}@example.org>"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["References"] is None
    assert not {"list-id", "list-unsubscribe", "precedence", "bcc", "cc"} & {key.lower() for key in received}


def test_without_a_contact_there_is_no_reply_address() -> None:
    assert read(an_e_mail(reply_to=None))["Reply-To"] is None


def test_a_calendar_only_message_names_the_e_mail_before_it() -> None:
    before = UUID("01920000-0000-7000-8000-000000000098")
    assert read(an_e_mail(follows=before))["References"] == f"<{before}@example.org>"


@pytest.mark.parametrize(
    ("part", "attachments", "types"),
    [
        (None, (), ["multipart/alternative", "text/plain", "text/html"]),
        (request(an_entry()), (), ["multipart/alternative", "text/plain", "text/html", "text/calendar"]),
        (
            None,
            (CERTIFICATE,),
            ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"],
        ),
        (
            cancel(an_entry()),
            (CERTIFICATE,),
            [
                "multipart/mixed",
                "multipart/alternative",
                "text/plain",
                "text/html",
                "text/calendar",
                "application/pdf",
            ],
        ),
    ],
)
def test_alternatives_come_first_and_the_calendar_part_is_the_last_of_them(
    part: CalendarPart | None, attachments: tuple[Attachment, ...], types: list[str]
) -> None:
    assert structure(read(an_e_mail(part=part, attachments=attachments))) == types


@pytest.mark.parametrize(
    "part", [request(an_entry()), cancel(an_entry(sequence=1))], ids=["request", "cancel"]
)
def test_the_calendar_part_names_its_method_and_is_no_attachment(part: CalendarPart) -> None:
    received = read(an_e_mail(part=part))
    *_, calendar = received.iter_parts()
    assert calendar["Content-Type"].params == {"method": part.method, "charset": "utf-8"}
    assert calendar["Content-Disposition"] is None
    assert calendar["Content-Transfer-Encoding"] == "7bit"
    content = calendar.get_content().replace("\r\n", "\n").replace("\n", "\r\n").encode()
    assert content == part.content
    again = CalendarPart(method=part.method, content=content)
    assert seen_by_vobject(again) == seen_by_vobject(part)
    assert seen_by_ics(again).method == part.method


def test_non_ascii_calendar_part_is_read_back_unchanged() -> None:
    part = request(an_entry(summary="Łukaszewska – 王", attendee=Mailbox("Nuñez", "ada@school.example")))
    *_, calendar = read(an_e_mail(part=part)).iter_parts()
    assert calendar["Content-Transfer-Encoding"] == "quoted-printable"
    assert calendar.get_payload(decode=True) == part.content


@given(text=st.text(st.characters(codec="utf-8"), max_size=300))
@example(text="From September on\nFrom the hub " + "é" * 90 + "\nFrom ")
@example(text=".\n..\n--=_01920000000070008000000000000099x\n")
@example(text="trailing blanks  \n\t\n" + "long " * 40)
def test_any_text_is_read_back_unchanged(text: str) -> None:
    received = read(an_e_mail(words=Rendered(subject="S", text=text, html=f"<p>{text}</p>")))
    plain = received.get_body(("plain",))
    assert plain is not None
    normalised = text.replace("\r\n", "\n").replace("\r", "\n")
    assert plain.get_content().replace("\r\n", "\n") == normalised


def test_a_certificate_is_attached_under_its_name() -> None:
    received = read(
        an_e_mail(
            attachments=(
                CERTIFICATE,
                Attachment(
                    file_name="Zertifikat – Łukaszewska.pdf",
                    media_type="application/pdf",
                    content=b"x" * 5000,
                ),
            )
        )
    )
    first, second = received.iter_attachments()
    assert (first.get_filename(), first.get_content()) == ("Certificate.pdf", CERTIFICATE.content)
    assert (second.get_filename(), len(second.get_content())) == ("Zertifikat – Łukaszewska.pdf", 5000)
    assert first.get_content_disposition() == "attachment"


def test_the_same_message_has_the_same_bytes_each_time() -> None:
    made = [an_e_mail(part=request(an_entry()), attachments=(CERTIFICATE,)).as_bytes() for _ in range(2)]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    "to",
    [
        Mailbox("Ada", ""),
        Mailbox("Ada", "no-at-sign"),
        Mailbox("Ada", "nuñez@school.example"),
        Mailbox("Ada", "a@b.example\nBcc: x@y.example"),
        Mailbox("Ada\r\nBcc: x@y.example", "ada@school.example"),
    ],
)
def test_a_recipient_that_no_header_can_name_is_refused(to: Mailbox) -> None:
    with pytest.raises(BadAddress):
        an_e_mail(to=to)


@pytest.mark.parametrize("changed", [{"sender": Mailbox("Hub", "nowhere")}, {"reply_to": "a b"}])
def test_malformed_sender_address_is_not_reported_as_the_recipients(changed: dict[str, object]) -> None:
    with pytest.raises(Unwritable):
        an_e_mail(**changed)  # type: ignore[arg-type]


def test_non_ascii_domain_is_written_in_ascii() -> None:
    received = read(an_e_mail(to=Mailbox("Ada", "ada@schüle.example")))
    assert received["To"].addresses[0].addr_spec == "ada@xn--schle-mva.example"


@pytest.mark.parametrize("name", [*EXAMPLES, *VARIANTS])
def test_every_kind_of_message_is_read_back_as_it_was_written(name: str) -> None:
    words = render((VARIANTS | EXAMPLES)[name])
    received = read(an_e_mail(words=words, part=request(an_entry()), attachments=(CERTIFICATE,)))
    assert received["Subject"] == words.subject
    for kind, written in (("plain", words.text), ("html", words.html)):
        body = received.get_body((kind,))
        assert body is not None
        assert body.get_content().replace("\r\n", "\n") == written


def test_the_standard_librarys_smtp_client_sends_it_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(smtplib.SMTP, "ehlo_or_helo_if_needed", lambda _: None)
    monkeypatch.setattr(smtplib.SMTP, "sendmail", lambda _, *arguments: sent.append(arguments))
    message = an_e_mail(to=Mailbox("Nuñez, Ada", "ada@school.example"), part=request(an_entry()))
    smtplib.SMTP().send_message(message)
    [(sender, recipients, data, *_)] = sent
    assert (sender, recipients, data) == ("hub@example.org", ["ada@school.example"], message.as_bytes())


def test_dates_are_those_of_the_sending() -> None:
    at = datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    message = compose(Header(message_id=ID, to=ADA, sender=HUB, written_at=at), Body(rendered=WORDS))
    assert message["Date"] == "Sun, 28 Mar 2027 01:00:00 +0000"
