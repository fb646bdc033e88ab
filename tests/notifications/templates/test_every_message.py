"""Requirements for every message, in each of its variants."""

import re
from dataclasses import fields, is_dataclass, replace
from email import message_from_string
from email.policy import default
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_notifications.domain.kinds import Kind
from hub_notifications.templates.content import AboutGroup, CalendarEntry, Content, PDDay, Visit
from hub_notifications.templates.examples import BARE_HUB, EXAMPLES, HUB, VARIANTS
from hub_notifications.templates.hand_over_content import SchoolsHandedOver
from hub_notifications.templates.header_fields import text_field
from hub_notifications.templates.rendering import render

ALL = {str(kind): content for kind, content in EXAMPLES.items()} | VARIANTS
LONGEST_SENTENCE = 30  # words
SUBJECT_LIMIT = 78  # characters, RFC 5322, 2.1.1

each = pytest.mark.parametrize("content", ALL.values(), ids=ALL.keys())


def shown(html: str) -> str:
    """Return the text of HTML, with each link as plain text shows it."""
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
        case CalendarEntry():
            return replace(content, summary=title)
        case SchoolsHandedOver():
            return replace(
                content,
                taken_over=tuple(replace(school, name=title) for school in content.taken_over),
                given_up=tuple(replace(school, name=title) for school in content.given_up),
                gained=tuple(replace(visit, school_name=title) for visit in content.gained),
                lost=tuple(replace(visit, school_name=title) for visit in content.lost),
            )
        case _:
            raise AssertionError(f"say what a {type(content).__name__} is about")


@each
def test_no_placeholder_or_code_remains(content: Content) -> None:
    rendered = render(content)
    for part in (rendered.subject, rendered.text, rendered.html):
        assert not re.search(r"\bNone\b|\{\{|\{%|\bUndefined\b", part)
    said = re.sub(r"\S+(://|@)\S+", "", rendered.subject + rendered.text)
    assert re.findall(r"\w*_\w*", said) == []
    assert "  " not in re.sub(r"(?m)^ +", "", rendered.text)
    assert "\n\n\n" not in rendered.text
    assert not re.search(r" [.,;:]|[.,;:]{2}", said)
    assert not re.search(r"[a-z][.:?!][A-Z]", said)  # no space between two sentences


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
    assert "You are receiving this e-mail because " in text
    for value in (HUB.name, HUB.contact_name, HUB.contact_email, HUB.contact_telephone, HUB.privacy_notice):
        assert value is not None
        assert value in text, value


@each
def test_unknown_details_of_the_hub_are_left_out(content: Content) -> None:
    text = render(replace(content, hub=BARE_HUB)).text
    assert "Contact" not in text
    assert "details:" not in text
    assert "reply to this e-mail" not in text
    assert text.rstrip().endswith(".")


@each
def test_a_subject_is_one_short_line_about_something(content: Content) -> None:
    subject = render(with_title(content, "Ratio and proportion, Year 8")).subject
    assert "Ratio and proportion, Year 8" in subject
    assert len(subject) <= SUBJECT_LIMIT, (len(subject), subject)
    assert subject == " ".join(subject.split())
    assert re.search(r"Year 8\w", subject) is None, subject
    header = f"Subject: {text_field('Subject', subject)}\r\n\r\n"
    assert header.startswith(f"Subject: {subject.split()[0]}")  # not in the line after it
    assert message_from_string(header, policy=default)["Subject"] == subject


@each
def test_every_text_of_the_content_is_shown(content: Content) -> None:
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
