"""The words of each kind of message, and sources that cannot be used."""

from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from hub_notifications.domain.kinds import Kind
from hub_notifications.templates import rendering
from hub_notifications.templates.content import HubDetails, SessionsChanged
from hub_notifications.templates.examples import BARE_HUB, EXAMPLES, FIRST, VARIANTS
from hub_notifications.templates.rendering import purpose, render


def test_each_kind_has_a_source_an_example_and_says_when_it_is_sent() -> None:
    assert set(EXAMPLES) == set(Kind)
    assert all(content.kind == kind for kind, content in EXAMPLES.items())
    sources = {path.name.removesuffix(".md.j2") for path in rendering.FOLDER.glob("[!_]*.md.j2")}
    assert sources == set(Kind)
    for kind in Kind:
        assert purpose(kind).startswith("Sent ")


@pytest.mark.parametrize(
    ("hub", "line"),
    [
        (HubDetails(name="Hub", contact_name="Jo"), "Contact Hub: Jo\n"),
        (HubDetails(name="Hub", contact_email="a_b@example.org"), "Contact Hub: a_b@example.org\n"),
        (HubDetails(name="Hub", contact_telephone="01632 960123"), "Contact Hub: telephone 01632 960123\n"),
        (
            HubDetails(name="Hub", contact_name="Jo", contact_telephone="01632 960123"),
            "Contact Hub: Jo, telephone 01632 960123\n",
        ),
    ],
)
def test_the_contact_is_named_by_what_is_known(hub: HubDetails, line: str) -> None:
    assert line in render(replace(EXAMPLES[Kind.PLACE_OFFERED], hub=hub)).text


def test_messages_that_differ_in_their_greeting_only_are_made_once() -> None:
    content = EXAMPLES[Kind.PLACE_OFFERED]
    ada, grace = render(content), render(replace(content, given="*Grace*"))
    assert grace.text == ada.text.replace("Dear Ada,", "Dear *Grace*,")
    assert grace.html == ada.html.replace("Dear Ada,", "Dear *Grace*,")
    assert rendering._common(replace(content, given="")) is rendering._common(replace(content, given=""))


@pytest.mark.parametrize("name", ["headteacher", "given"])
def test_a_source_that_asks_for_an_unknown_name_stops(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _source(tmp_path, monkeypatch, f"{{# Sent never. #}}\nsubject: A\nwhy: B\n\n{{{{ {name} }}}}\n")
    with pytest.raises(UndefinedError):
        render(EXAMPLES[Kind.PLACE_OFFERED])


@pytest.mark.parametrize(
    "source",
    [
        "subject: A\n\nBody\n",
        "why: B\n\nBody\n",
        "subject: A\nwhy: B\n",
        "subject: A\nwhy: B\n\n{{ hub.contact_name }}",
    ],
)
def test_a_source_without_its_parts_or_with_a_missing_fact_stops(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _source(tmp_path, monkeypatch, source)
    with pytest.raises(ValueError, match=r"place_offered.md.j2 lacks|a value that is None"):
        render(replace(EXAMPLES[Kind.PLACE_OFFERED], hub=BARE_HUB))


def test_template_without_a_purpose_is_named_in_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _source(tmp_path, monkeypatch, "subject: A\nwhy: B\n\nBody\n")
    purpose.cache_clear()
    with pytest.raises(ValueError, match=r"place_offered\.md\.j2 does not begin with a comment"):
        purpose(Kind.PLACE_OFFERED)


def _source(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    (folder / "place_offered.md.j2").write_text(source)
    monkeypatch.setattr(rendering, "FOLDER", folder)
    for cached in (rendering._environment, rendering._template, rendering._common):
        monkeypatch.setattr(rendering, cached.__name__, cached.__wrapped__)


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (Kind.PLACE_CONFIRMED, ["3: Tuesday 19 January 2027, 16:00 to 18:00, at Mill Lane Centre, Room 4"]),
        (Kind.PARTICIPANT_COMPLETED, ["Your certificate is attached"]),
        (Kind.SESSION_RESCHEDULED, ["Before: Tuesday 6 October 2026", "Now: Tuesday 13 October 2026"]),
        (Kind.SESSION_CANCELLED, ["The venue is not available.", "removes this date from your calendar"]),
        (
            Kind.WORK_GROUP_CANCELLED,
            ["There is no funding for it.", "remove these dates from your calendar"],
        ),
        (Kind.PLACE_ENDED, ["confirms your withdrawal", "online", "Mill Lane Centre"]),
        (Kind.PLACE_OFFERED, ["Monday 14 September 2026", "To accept or decline it"]),
        (Kind.OFFER_LAST_DAY, ["Monday 14 September 2026", "To accept or decline it"]),
        (Kind.VISIT_CANCELLED, ["The school asked for this."]),
        (Kind.PD_DAY_CANCELLED, ["The speaker is not available."]),
        (
            Kind.CALENDAR_ENTRY,
            ["This e-mail updates your calendar: ", ". The details are in our other e-mail."],
        ),
    ],
)
def test_message_contains_the_required_sentences(kind: Kind, parts: list[str]) -> None:
    text = render(EXAMPLES[kind]).text
    for part in parts:
        assert part in text, part


def test_a_calendar_entry_is_one_line_and_marked_as_such() -> None:
    rendered = render(EXAMPLES[Kind.CALENDAR_ENTRY])
    assert rendered.subject.startswith("Calendar: ")
    assert len(rendered.text.splitlines()) == 1
    assert "Hub office, office@example.org" in rendered.text


def test_cancelled_group_has_different_texts_for_applicants_and_participants() -> None:
    waited = render(VARIANTS["work_group_cancelled: on the waiting list"]).text
    assert "asked for a place" in waited
    assert "calendar" not in waited
    assert "asked for a place" not in render(EXAMPLES[Kind.WORK_GROUP_CANCELLED]).text


@pytest.mark.parametrize("kind", [kind for kind, content in EXAMPLES.items() if content.entries])
def test_message_explains_its_calendar_entries(kind: Kind) -> None:
    none, one, several = (render(replace(EXAMPLES[kind], entries=entries)).text for entries in (0, 1, 2))
    assert "your calendar" not in none
    # Visits that change hands never have their entry in the e-mail itself.
    apart = kind is Kind.SCHOOLS_HANDED_OVER
    assert ("We will also send you a short e-mail" if apart else "This e-mail also ") in one
    assert 'We will also send you short e-mails whose subject begins with "Calendar:".' in several
    is_cancelled = "from your calendar" in one
    assert ("accept, please do so" in one) == ("accept, please do so" in several) == (not is_cancelled)


def test_shared_reason_is_given_once() -> None:
    content = VARIANTS["session_cancelled: two sessions"]
    assert isinstance(content, SessionsChanged)
    same = tuple(replace(each, reason="weather") for each in content.cancelled)
    assert render(replace(content, cancelled=same)).text.count("This is because of the weather.") == 1
    assert render(content).text.count("The venue is not available.") == 1


def test_a_session_in_person_with_a_joining_link_has_both() -> None:
    both = replace(FIRST, joining_link="https://meet.example.org/x")
    content = EXAMPLES[Kind.SESSION_SCHEDULED]
    assert isinstance(content, SessionsChanged)
    text = render(replace(content, added=(both,))).text
    assert "at Fenbrook Village College, joining link: https://meet.example.org/x" in text
