"""The words of messages and their calendar files."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hub_notifications.templates.facts import PlaceConfirmed, SessionScheduled
from hub_notifications.templates.invitations import invite
from hub_notifications.templates.samples import FIRST, SAMPLES, SECOND
from icalendar import Calendar
from jinja2 import UndefinedError
from tests.notifications.fakes import HOST

from hub_notifications.templates import rendering

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)


def read(content: bytes) -> Any:
    """Read a calendar file back; icalendar's types are too wide to look into."""
    return Calendar.from_ical(content)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_template_says_when_it_is_sent_and_uses_everything_it_is_given(name: str) -> None:
    assert rendering.purpose(name).startswith("Sent to ")
    rendered = rendering.render(SAMPLES[name])
    assert "\n" not in rendered.subject
    assert rendered.subject
    for field in fields(SAMPLES[name]):
        value = getattr(SAMPLES[name], field.name)
        if isinstance(value, str) and field.name != "kind":
            assert value in rendered.text, field.name
            assert value in rendered.html, field.name


def test_there_is_a_sample_for_each_template_and_a_template_for_each_sample() -> None:
    assert SAMPLES.keys() == rendering.FACTS_OF.keys()
    files = {path.name.split(".")[0] for path in rendering.FOLDER.glob("*.subject.j2")}
    assert files == set(SAMPLES)


def test_a_letter_lists_every_session_in_englands_time() -> None:
    text = rendering.render(SAMPLES["place_confirmed"]).text
    assert "1. Tuesday 6 October 2026, 16:00 to 18:00, Fenbrook Village College\n" in text
    assert "2. Tuesday 17 November 2026, 16:00 to 17:30, online\n" in text


def test_a_place_without_dates_promises_them() -> None:
    words = SAMPLES["place_confirmed"]
    assert isinstance(words, PlaceConfirmed)
    text = rendering.render(replace(words, sessions=())).text
    assert "no dates yet" in text
    assert "attached" not in text


def test_an_offer_says_its_last_day_in_each_of_its_parts() -> None:
    rendered = rendering.render(SAMPLES["place_offered"])
    for words in (rendered.subject, rendered.text, rendered.html):
        assert "Monday 14 September 2026" in words


def test_html_is_escaped_and_plain_text_is_not() -> None:
    words = SAMPLES["session_scheduled"]
    assert isinstance(words, SessionScheduled)
    rendered = rendering.render(replace(words, group_title="<b>Fish & chips</b>", given="A\nBcc: x"))
    assert "<b>Fish & chips</b>" in rendered.text
    assert "<b>Fish" not in rendered.html
    assert "&lt;b&gt;Fish &amp; chips" in rendered.html
    assert rendered.subject == "<b>Fish & chips</b>: session 1 is on Tuesday 6 October 2026"


def test_a_name_that_is_not_given_stops_the_rendering() -> None:
    words = SAMPLES["session_scheduled"]
    assert isinstance(words, SessionScheduled)
    with pytest.raises(UndefinedError):
        rendering.render(replace(words, session=replace(FIRST, mode="on_the_moon", host_name=None)))


def test_one_session_is_a_request_with_everything_that_a_calendar_needs() -> None:
    made = invite([FIRST], group_title="Fractions, Year 5", host=HOST, attendee="ada@school.example", now=NOW)
    calendar = read(made.content)
    assert (made.method, calendar["METHOD"], calendar["VERSION"]) == ("REQUEST", "REQUEST", "2.0")
    [event] = calendar.walk("VEVENT")
    assert event["UID"] == f"session-{FIRST.session_id}@test"
    assert event["SEQUENCE"] == 0
    assert event["DTSTAMP"].dt == NOW
    assert event["DTSTART"].dt == datetime(2026, 10, 6, 16, 0, tzinfo=LONDON)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=2)
    assert event["SUMMARY"] == "Fractions, Year 5, session 1"
    assert event["LOCATION"] == "Fenbrook Village College"
    assert event["ORGANIZER"] == "mailto:hub@example.org"
    assert event["ATTENDEE"] == "mailto:ada@school.example"
    assert b"TZID=Europe/London" in made.content
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]


def test_each_recipient_of_an_invitation_is_named_in_their_own_file_only() -> None:
    long = f"{'a' * 60}@{'b' * 40}.example"
    for address in ("ada@school.example", long):
        made = invite([FIRST], group_title="G", host=HOST, attendee=address, now=NOW)
        [event] = read(made.content).walk("VEVENT")
        assert event["ATTENDEE"] == f"mailto:{address}"
        assert event["ATTENDEE"].params["RSVP"] == "TRUE"
        assert made.content.count(b"ATTENDEE") == 1
        assert max(len(line) for line in made.content.split(b"\r\n")) <= 75


def test_several_sessions_are_published_without_an_attendee() -> None:
    made = invite([FIRST, SECOND], group_title="G", host=HOST, attendee="ada@school.example", now=NOW)
    calendar = read(made.content)
    assert calendar["METHOD"] == "PUBLISH"
    assert b"ada@school.example" not in made.content
    uids = [str(event["UID"]) for event in calendar.walk("VEVENT")]
    assert uids == [f"session-{FIRST.session_id}@test", f"session-{SECOND.session_id}@test"]


def test_a_session_that_moves_keeps_its_uid_and_raises_its_sequence() -> None:
    files = [
        invite([replace(FIRST, ics_sequence=n)], group_title="G", host=HOST, attendee="a@b.example", now=NOW)
        for n in (0, 1)
    ]
    events = [read(made.content).walk("VEVENT")[0] for made in files]
    assert events[0]["UID"] == events[1]["UID"]
    assert [event["SEQUENCE"] for event in events] == [0, 1]


def test_the_time_zone_of_our_files_is_englands() -> None:
    """Held against the tz database, at noon of every day of five years, so at each change of the clocks."""
    made = invite([FIRST], group_title="G", host=HOST, attendee="a@b.example", now=NOW)
    [zone] = read(made.content).walk("VTIMEZONE")
    ours = zone.to_tz(lookup_tzid=False)
    for n in range(5 * 365):
        noon = datetime(2026, 1, 1, 12, 0) + timedelta(days=n)  # noqa: DTZ001 - a time on the wall
        assert noon.replace(tzinfo=ours).utcoffset() == noon.replace(tzinfo=LONDON).utcoffset(), noon


def test_a_template_that_does_not_say_when_it_is_sent_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "silent.subject.j2").write_text("A subject")
    monkeypatch.setattr(rendering, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"silent\.subject\.j2 does not begin with a comment"):
        rendering.purpose("silent")
