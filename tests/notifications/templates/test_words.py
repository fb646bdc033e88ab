"""The words of every kind of message."""

import re
from dataclasses import fields, is_dataclass, replace
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from hub_notifications.domain.kinds import Kind
from hub_notifications.templates import words
from hub_notifications.templates.content import AboutGroup, Content, HubDetails, PDDay, SessionsChanged, Visit
from hub_notifications.templates.examples import BARE_HUB, EXAMPLES, FIRST, HUB, VARIANTS
from hub_notifications.templates.words import purpose, render

ALL = {str(kind): content for kind, content in EXAMPLES.items()} | VARIANTS
LONGEST_SENTENCE = 30  # words
SUBJECT_LIMIT = 78  # characters, RFC 5322, 2.1.1

each = pytest.mark.parametrize("content", ALL.values(), ids=ALL.keys())


def shown(html: str) -> str:
    """What HTML says, with each link as plain text writes it."""
    body = re.sub(r'<a href="([^"]*)"[^>]*>(.*?)</a>', _link, html[html.index("<body") :])
    body = re.sub(r"</?(strong|em)>", "", body)
    return normalised(unescape(re.sub(r"<[^>]*>", " ", body)))


def _link(found: re.Match[str]) -> str:
    address, text = unescape(found[1]), found[2]
    same = address.startswith("tel:") or text == address.removeprefix("mailto:")
    return text if same else f"{text}: {address}"


def normalised(text: str) -> str:
    """Words alone: no line breaks, no marks of lists and no rules."""
    return " ".join(re.sub(r"(?m)^ *(- |---$)", "", text).split())


def with_title(content: Content, title: str) -> Content:
    """The same content about something else."""
    match content:
        case AboutGroup():
            return replace(content, group_title=title)
        case PDDay():
            return replace(content, title=title)
        case Visit():
            return replace(content, school_name=title)
        case _:
            return replace(content, summary=title)


def test_each_kind_has_a_source_an_example_and_says_when_it_is_sent() -> None:
    assert set(EXAMPLES) == set(Kind)
    assert all(content.kind == kind for kind, content in EXAMPLES.items())
    sources = {path.name.removesuffix(".md.j2") for path in words.FOLDER.glob("[!_]*.md.j2")}
    assert sources == set(Kind)
    for kind in Kind:
        assert purpose(kind).startswith("Sent ")


@each
def test_nothing_is_left_unsaid_or_unresolved(content: Content) -> None:
    rendered = render(content)
    for part in (rendered.subject, rendered.text, rendered.html):
        assert not re.search(r"\bNone\b|\{\{|\{%|\bUndefined\b", part)
    said = re.sub(r"\S+(://|@)\S+", "", rendered.subject + rendered.text)
    assert re.findall(r"\w*_\w*", said) == []
    assert "  " not in re.sub(r"(?m)^ +", "", rendered.text)
    assert "\n\n\n" not in rendered.text
    assert not re.search(r" [.,;:]|[.,;:]{2}", said)


@each
def test_text_and_html_say_the_same_words(content: Content) -> None:
    rendered = render(content)
    assert shown(rendered.html) == normalised(rendered.text)
    assert f"<title>{rendered.subject}</title>" in unescape(rendered.html)


@each
def test_sentences_are_short(content: Content) -> None:
    text = re.sub(r"https://\S+", "", render(content).text)
    for sentence in re.split(r"(?<=[.!?:;])\s|\n", text):
        assert len(sentence.split()) < LONGEST_SENTENCE, sentence


@each
def test_every_message_names_the_hub_why_it_came_the_contact_and_the_privacy_notice(content: Content) -> None:
    text = render(replace(content, hub=HUB)).text
    assert "You get this e-mail because " in text
    for value in (HUB.name, HUB.contact_name, HUB.contact_email, HUB.contact_telephone, HUB.privacy_notice):
        assert value is not None
        assert value in text, value


@each
def test_what_is_not_known_of_the_hub_is_left_out(content: Content) -> None:
    text = render(replace(content, hub=BARE_HUB)).text
    assert "Contact" not in text
    assert "details:" not in text
    assert "reply to this e-mail" not in text
    assert text.rstrip().endswith(".")


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


@each
def test_a_subject_is_one_short_line_about_something(content: Content) -> None:
    subject = render(with_title(content, "Ratio and proportion, Year 8")).subject
    assert "Ratio and proportion, Year 8" in subject
    assert len(subject) <= SUBJECT_LIMIT, (len(subject), subject)
    assert subject == " ".join(subject.split())


@each
def test_every_fact_that_is_given_is_said(content: Content) -> None:
    rendered = render(content)
    for value in _texts(content):
        assert value in rendered.text, value


def _texts(record: object) -> list[str]:
    """Titles, names, places and links, at any depth; codes are said in words, and a lost link is not said."""
    found: list[str] = []
    codes = {"reason", "mode", "day_kind", "visit_kind"}
    for field in fields(record) if is_dataclass(record) else ():
        value = getattr(record, field.name)
        values = value if isinstance(value, tuple) else (value,)
        for one in values:
            if isinstance(one, str) and field.name not in codes:
                found.append(one)
            elif field.name not in {"before", "cancelled"}:
                found.extend(_texts(one))
    greeted = isinstance(record, Content) and record.kind != Kind.CALENDAR_ENTRY
    return [text for text in found if greeted or text != getattr(record, "given", None)]


@given(st.text(st.sampled_from("*_<>[]()#|`~\\&!-+.1ab "), min_size=1).filter(str.strip))
def test_a_title_or_name_comes_out_literally_in_subject_text_and_html(title: str) -> None:
    literal = " ".join(title.split())
    for kind in (Kind.SESSIONS_CHANGED, Kind.PD_DAY_CONFIRMED, Kind.VISIT_PLANNED, Kind.CALENDAR_ENTRY):
        content = replace(with_title(EXAMPLES[kind], title), given=title, hub=replace(HUB, name=title))
        rendered = render(content)
        assert literal in rendered.subject
        assert literal in rendered.text
        assert literal in unescape(rendered.html)


def test_the_html_fetches_nothing_and_fits_a_small_screen() -> None:
    for content in ALL.values():
        html = render(content).html
        assert '<html lang="en-GB">' in html
        assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in html
        assert not re.search(r"<(img|link|script|style|iframe|form|input)\b|\bsrc=|url\(|flex|grid", html)
        assert set(re.findall(r'width="([^"]*)"', html)) == {"100%"}
        assert min(int(size) for size in re.findall(r"font-size: (\d+)px", html)) >= 16


def test_a_source_that_asks_for_an_unknown_name_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _source(tmp_path, monkeypatch, "{# Sent never. #}\nsubject: A\nwhy: B\n\n{{ headteacher }}\n")
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
    with pytest.raises(ValueError, match=r"place_offered.md.j2 lacks|fact that is not known"):
        render(replace(EXAMPLES[Kind.PLACE_OFFERED], hub=BARE_HUB))


def test_a_source_that_does_not_say_when_it_is_sent_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _source(tmp_path, monkeypatch, "subject: A\nwhy: B\n\nBody\n")
    purpose.cache_clear()
    with pytest.raises(ValueError, match=r"place_offered\.md\.j2 does not begin with a comment"):
        purpose(Kind.PLACE_OFFERED)


def _source(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    (folder / "place_offered.md.j2").write_text(source)
    monkeypatch.setattr(words, "FOLDER", folder)
    for cached in (words._environment, words._template):
        monkeypatch.setattr(words, cached.__name__, cached.__wrapped__)


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (Kind.PLACE_CONFIRMED, ["3: Tuesday 19 January 2027, 16:00 to 18:00, at Mill Lane Centre, Room 4"]),
        (Kind.PARTICIPANT_COMPLETED, ["Your certificate is attached"]),
        (Kind.SESSION_RESCHEDULED, ["Before: Tuesday 6 October 2026", "Now: Tuesday 13 October 2026"]),
        (Kind.SESSION_CANCELLED, ["The venue is not available.", "takes it out of your calendar"]),
        (
            Kind.WORK_GROUP_CANCELLED,
            ["There is no funding for it.", "take the sessions out of your calendar"],
        ),
        (Kind.PLACE_ENDED, ["confirms your withdrawal", "online", "Mill Lane Centre"]),
        (Kind.PLACE_OFFERED, ["Monday 14 September 2026", "To accept or to decline it"]),
        (Kind.OFFER_LAST_DAY, ["Monday 14 September 2026", "To accept or to decline it"]),
        (Kind.VISIT_CANCELLED, ["The school has asked for this."]),
        (Kind.PD_DAY_CANCELLED, ["The speaker is not available."]),
        (Kind.CALENDAR_ENTRY, ["This updates your calendar: ", "; details are in our e-mail.\n"]),
    ],
)
def test_a_message_says_what_its_reader_needs(kind: Kind, parts: list[str]) -> None:
    text = render(EXAMPLES[kind]).text
    for part in parts:
        assert part in text, part


def test_a_calendar_entry_is_one_line_and_marked_as_such() -> None:
    rendered = render(EXAMPLES[Kind.CALENDAR_ENTRY])
    assert rendered.subject.startswith("Calendar: ")
    assert rendered.text.partition("\n\n---\n")[0].count("\n") == 0


def test_who_waited_for_a_cancelled_group_reads_other_words_than_who_had_a_place() -> None:
    waited = render(VARIANTS["work_group_cancelled: on the waiting list"]).text
    assert "asked for a place" in waited
    assert "calendar" not in waited
    assert "asked for a place" not in render(EXAMPLES[Kind.WORK_GROUP_CANCELLED]).text


def test_a_reason_that_several_sessions_share_is_said_once() -> None:
    content = VARIANTS["session_cancelled: two sessions"]
    assert isinstance(content, SessionsChanged)
    same = tuple(replace(each, reason="weather") for each in content.cancelled)
    assert render(replace(content, cancelled=same)).text.count("The reason is the weather.") == 1
    assert render(content).text.count("The venue is not available.") == 1


def test_a_session_in_person_with_a_joining_link_has_both() -> None:
    both = replace(FIRST, joining_link="https://meet.example.org/x")
    text = render(replace(EXAMPLES[Kind.SESSION_SCHEDULED], added=(both,))).text
    assert "at Fenbrook Village College, joining link: https://meet.example.org/x" in text
