"""Typed text: on one line where it enters an e-mail header; addresses that every e-mail program accepts."""

import string
from email.headerregistry import Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from hub_enrolment.commands.texts import Email, Lines, Text

BREAKS = ("\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\t", "\0", "\x1b", "\x7f")


def read(field: fields.Field[Any], value: Any) -> Any:
    return field.deserialize(value)


@pytest.mark.parametrize("broken", BREAKS)
@pytest.mark.parametrize("text", ["Ada{}Lovelace", "{}Ada", "Ada{}", "Ada{}Bcc: eve@example.org"])
def test_a_line_break_or_control_character_is_refused_wherever_it_is(text: str, broken: str) -> None:
    with pytest.raises(ValidationError, match="Give one line"):
        read(Text(), text.format(broken))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Ada ", "Ada"),
        ("Ada\u00a0King", "Ada King"),
        ("\u00a0Ada\u2003", "Ada"),
        ("Łukaszewska", "Łukaszewska"),
        ("王", "王"),
        ("O’Brien-Smith", "O’Brien-Smith"),
    ],
)
def test_spaces_become_plain_and_other_characters_stay(text: str, kept: str) -> None:
    assert read(Text(), text) == kept


@pytest.mark.parametrize("blank", ["", " ", "\u00a0"])
def test_a_blank_text_is_refused(blank: str) -> None:
    with pytest.raises(ValidationError):
        read(Text(), blank)


def test_several_lines_are_kept_with_one_kind_of_line_break() -> None:
    assert read(Lines(), " First\r\n\tsecond\n") == "First\n\tsecond"
    with pytest.raises(ValidationError):
        read(Lines(), "a\x0bb")
    assert read(Lines(shortest=0), "") == ""


@given(st.text(max_size=60))
def test_what_passes_is_one_printable_line(text: str) -> None:
    try:
        kept = read(Text(), text)
    except ValidationError:
        return
    assert kept.isprintable()
    assert kept.splitlines() == [kept]
    assert read(Text(), kept) == kept


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("Ada@School.example", "ada@school.example"),
        (" a.lovelace+hub@st-mary.cambs.sch.uk ", "a.lovelace+hub@st-mary.cambs.sch.uk"),
        ("o'brien@school.example", "o'brien@school.example"),
        ("a" * 64 + "@school.example", "a" * 64 + "@school.example"),
        ("ada@xn--schol-1ta.example", "ada@xn--schol-1ta.example"),
    ],
)
def test_an_address_is_kept_in_lower_case(address: str, kept: str) -> None:
    assert read(Email(), address) == kept


@pytest.mark.parametrize(
    "address",
    [
        "ada",
        "ada@",
        "@school.example",
        "ada@school",
        "ada@localhost",
        "ada@@school.example",
        "ada@school..example",
        "ada@.school.example",
        "ada@school.example.",
        "ada@-school.example",
        ".ada@school.example",
        "ada.@school.example",
        "a..b@school.example",
        "ada lovelace@school.example",
        '"ada"@school.example',
        '"ada\x01"@school.example',
        "ada@[127.0.0.1]",
        "ada@127.0.0.1",
        "ada@school.example\n",
        "ada@school.example\nBcc: eve@example.org",
        "ada@school.example\r",
        "Ada <ada@school.example>",
        "ada@school.example, eve@example.org",
        "ada@school.example;eve@example.org",
        "a" * 65 + "@school.example",
        "ada@" + "a" * 64 + ".example",
        "ada@" + "a." * 126 + "example",
        "ädä@school.example",
        "ada@schööl.example",
        7,
    ],
)
def test_what_does_not_parse_is_no_address(address: Any) -> None:
    with pytest.raises(ValidationError):
        read(Email(), address)


@given(st.text(alphabet=string.ascii_letters + string.digits + ".-_'+@ \"<>,;\n", max_size=40))
def test_the_mail_library_reads_every_address_that_passes(text: str) -> None:
    try:
        address = read(Email(), text)
    except ValidationError:
        return
    parsed = Address(addr_spec=address)
    assert parsed.addr_spec == address
    assert read(Email(), address) == address
