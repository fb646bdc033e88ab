"""Header fields that every mail server takes and every reader reads back."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub_notifications.templates.header_fields import Mailbox, Unwritable, mailbox_field, one_line, text_field

TITLE = "Mathematics-and-statistics-development-programme-for-early-career-teachers-in-Wessex"


def read(name: str, value: str) -> EmailMessage:
    """Read a header field back, as a receiving program does."""
    raw = f"{name}: {value}\r\n\r\n".encode("ascii")
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert list(message.keys()) == [name]
    return message


@given(text=st.text(min_size=1).filter(one_line))
@example(text="Your place on Fractions in Year 5")
@example(
    text="Łukaszewska – “Fractions” £5: session 1 is on Tuesday 6 October 2026, 16:00 to 18:00, 王 school"
)
@example(text="£5 £5 Year 5 £5 and £5")
@example(text=f"{TITLE}: session 1 is on Tuesday 6 October 2026")
@example(text="=?utf-8?q?not_encoded?= by us")
@example(text="a\r\nBcc: x@y.example")
@example(text="王" * 300)
@example(text="a" * 1000)
def test_a_subject_is_read_back_and_folded_after_its_first_word(text: str) -> None:
    value = text_field("Subject", text)
    assert str(read("Subject", value)["Subject"]) == one_line(text)
    lines = f"Subject: {value}".split("\r\n")
    assert max(map(len, lines)) <= 78
    assert all(line.startswith(" ") and line.strip() for line in lines[1:])
    assert lines[0].removeprefix("Subject:").strip()


def test_a_subject_of_ascii_stays_readable() -> None:
    subject = "Calendar: Fractions in Year 5, session 1, Tuesday 6 October 2026, 16:00 to 18:00, Fenbrook"
    assert text_field("Subject", subject).replace("\r\n", "") == subject
    assert text_field("Subject", "Fractions – session 1") == "Fractions =?utf-8?b?4oCT?= session 1"


NAME = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=80)


@given(name=NAME)
@example(name="Nuñez-Ó Briain, Ada")
@example(name='Robert "Bob" Smith, Jr. <x@y.example>')
@example(name="Wessex Maths Hub, SendingContext")
@example(name="王" * 40)
@example(name="a " * 40)
@example(name="")
def test_a_mailbox_is_read_back_as_one_name_and_one_address(name: str) -> None:
    value = mailbox_field("To", Mailbox(name, "ada@school.example"))
    [address] = read("To", value)["To"].addresses
    assert address.addr_spec == "ada@school.example"
    if len(name.encode()) <= 40:  # the standard library adds spaces between the encoded words of longer names
        assert address.display_name == one_line(name)
    elif not value.startswith('"'):
        phrase = value.replace("\r\n", "").rpartition(" <")[0]
        assert str(make_header(decode_header(phrase))) == one_line(name)
    assert max(map(len, f"To: {value}".split("\r\n"))) <= 78


@pytest.mark.parametrize(
    "address",
    ["", "no-at-sign", "two@at@signs", "a@b.example\nBcc: x@y.example", "a b@c", "a@b.example, c@d.example"],
)
def test_an_address_that_cannot_be_is_refused(address: str) -> None:
    with pytest.raises(Unwritable):
        mailbox_field("To", Mailbox("Ada", address))


@pytest.mark.parametrize("name", ["Ada\nBcc: x@y.example", "Ada\r\n", "\rAda"])
def test_a_name_with_a_line_break_is_refused(name: str) -> None:
    with pytest.raises(Unwritable):
        mailbox_field("To", Mailbox(name, "ada@school.example"))


def test_control_characters_and_half_pairs_are_left_out() -> None:
    assert one_line("a\x00b\ud800c\x7f  d\u2028e\u200df") == "abc d e\u200df"
