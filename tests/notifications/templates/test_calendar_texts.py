"""Whatever a title, a place or a name holds, calendars read it back and it adds no line."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.notifications.calendars import ADA, Seen, an_entry, lines_of, seen_by_ics, seen_by_vobject

from hub_notifications.templates.calendar_entries import CalendarPart, request
from hub_notifications.templates.header_fields import Mailbox, one_line

READERS = [pytest.param(seen_by_vobject, id="vobject"), pytest.param(seen_by_ics, id="ics")]
Reader = Callable[[CalendarPart], Seen]

TEXT = st.text(st.characters(codec="utf-8"), max_size=120).filter(
    lambda text: text and one_line(text) == text
)


@pytest.mark.parametrize("read", READERS)
@given(summary=TEXT, location=TEXT, name=TEXT.filter(lambda text: text.strip("^ ")))
@example(summary="END:VEVENT", location="BEGIN:VEVENT\\n", name='Robert "Bob" Smith, Jr; x: y')
@example(summary="a\\,b\\;c\\\\n", location="Łukaszewska's; café, 王 School: 1", name="Nuñez-Ó Briain")
@example(summary="=" * 200, location="é" * 120, name="O'Brien^n")
def test_two_readers_return_the_written_texts(read: Reader, summary: str, location: str, name: str) -> None:
    if read is seen_by_ics:  # ics 0.7 misreads a backslash before n or, in a name, before a comma
        summary, location, name = (each.replace("\\", "/") for each in (summary, location, name))
    attendee = Mailbox(name, "office@school.example")
    seen = read(request(an_entry(summary=summary, location=location, attendee=attendee)))
    assert (seen.summary, seen.location) == (summary, location)
    assert seen.attendee.name == one_line(name.replace('"', "'").replace("^", " "))


@pytest.mark.parametrize(
    "text", ["a\r\nATTENDEE:mailto:x@y", "a\nb", "a\x0bb", "a\x85b", "a\u2028b", "a\x00b", "a\rb"]
)
def test_no_text_can_add_a_line(text: str) -> None:
    plain = lines_of(request(an_entry(summary="a", location="a", attendee=Mailbox("a", ADA.address))))
    made = request(
        an_entry(summary=text, location=text, attendee=Mailbox(text, ADA.address), description=text)
    )
    assert len(lines_of(made)) == len(plain)
    assert len(made.content.decode().splitlines()) == made.content.count(b"\r\n")
    assert seen_by_vobject(made).attendee.address == ADA.address


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("place", ["\ufeffHall", "Hall\ufeff", "Ha\ufeffll"])
def test_a_byte_order_mark_is_not_written(read: Reader, place: str) -> None:
    made = request(an_entry(summary=place, location=place, attendee=Mailbox(place, ADA.address)))
    assert "\ufeff" not in made.content.decode()
    seen = read(made)
    assert (seen.summary, seen.location, seen.attendee.name) == ("Hall", "Hall", "Hall")


def test_a_description_keeps_its_lines() -> None:
    seen = seen_by_vobject(
        request(an_entry(description="Join online:\r\nhttps://meet.example/a\n\nBring a pen"))
    )
    assert seen.description == "Join online:\nhttps://meet.example/a\n\nBring a pen"


@given(name=st.text(max_size=90), address=st.sampled_from(["a@b.example", f"{'a' * 60}@{'b' * 60}.example"]))
def test_lines_are_at_most_75_bytes_and_end_with_cr_lf(name: str, address: str) -> None:
    made = request(an_entry(attendee=Mailbox(name, address), summary=name * 3, location=name or None))
    *lines, last = made.content.split(b"\r\n")
    assert last == b""
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    for line in lines:
        line.decode("utf-8")  # no character is cut in two


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("o'brien+maths@school.example", "mailto:o'brien+maths@school.example"),
        ("a?b&c%d@school.example", "mailto:a%3Fb%26c%25d@school.example"),
    ],
)
def test_an_address_is_written_as_a_uri(address: str, written: str) -> None:
    lines = lines_of(request(an_entry(attendee=Mailbox("Ada", address))))
    assert next(line for line in lines if line.startswith("ATTENDEE")).endswith(f":{written}")
