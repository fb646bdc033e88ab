"""Facts in Markdown come out literally, and plain text and HTML are two forms of the same words."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_notifications.templates.markdown import escape, link, parse, telephone_link, to_html, to_text

SPECIAL = "*_<>[]()#|`~\\!&;:.-+=1a \t\n\r\x0b\x85\u2028\u00a0"
FACTS = st.text(st.one_of(st.sampled_from(SPECIAL), st.characters(exclude_categories=("Cs", "Cc"))))


class Words(HTMLParser):
    """Collects what a browser would show."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(str(html))  # Markup would escape what is added to it
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the base class has it
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def on_one_line(text: str) -> str:
    return " ".join(text.split())


@given(FACTS.filter(str.strip))
def test_value_is_rendered_literally_everywhere(fact: str) -> None:
    literal = on_one_line(fact)
    sources = {
        f"{escape(fact)}\n": (literal, ["p"]),
        f"before {escape(fact)} after": (f"before {literal} after", ["p"]),
        f'The group "**{escape(fact)}**" is open.': (f'The group "{literal}" is open.', ["p", "strong"]),
        f"- {escape(fact)}\n": (f"- {literal}", ["ul", "li"]),
        f"- Place: **{escape(fact)}**\n": (f"- Place: {literal}", ["ul", "li", "strong"]),
        f"## {escape(fact)}\n": (literal, ["h2"]),
    }
    for source, (text, tags) in sources.items():
        tokens = parse(source)
        assert to_text(tokens) == text
        shown = Words(to_html(tokens))
        assert shown.tags == tags
        assert on_one_line(shown.words) == on_one_line(text.removeprefix("- "))


@pytest.mark.parametrize(
    "fact",
    [
        "1. Fractions",
        "# Fractions",
        "- Fractions",
        "*Fractions* and _ratio_",
        "[Fractions](https://example.org)",
        "<b>Fractions</b>",
        "Fractions | Ratio",
        "Fractions &amp; ratio",
        "Fractions \\",
        "---",
        "`Fractions`",
    ],
)
def test_a_title_that_looks_like_markup_is_only_a_title(fact: str) -> None:
    assert to_text(parse(str(escape(fact)))) == fact
    assert Words(to_html(parse(str(escape(fact))))).tags == ["p"]


def test_a_line_break_in_a_fact_cannot_begin_a_new_line() -> None:
    assert to_text(parse(str(escape("Ada\n\n- Bcc: x\r\nnext")))) == "Ada - Bcc: x next"


def test_escaped_text_is_not_escaped_twice() -> None:
    assert escape(escape("A*B")) == escape("A*B")


@pytest.mark.parametrize(
    "address",
    [
        "https://teams.example.org/l/meetup-join/19%3ameeting_a%40thread.v2/0?context=%7b%22Tid%22%3a%22x%22%7d",
        "https://meet.example.org/a_b*c?pwd=x(1)&y=[2]#~top",
        "https://example.org/privacy",
    ],
)
def test_a_link_is_written_with_its_address_in_plain_text(address: str) -> None:
    tokens = parse(str(link("joining link", address)))
    text, html = to_text(tokens), to_html(tokens)
    assert text.startswith("joining link: https://")
    shown = text.removeprefix("joining link: ")
    assert shown.replace("%5B", "[").replace("%5D", "]") == address
    assert f'href="{shown.replace("&", "&amp;")}"' in html


def test_a_link_whose_words_are_its_address_is_written_once() -> None:
    assert to_text(parse(str(link("a_b+c@example.org", "mailto:a_b+c@example.org")))) == "a_b+c@example.org"
    assert to_text(parse(str(link("https://example.org", "https://example.org")))) == "https://example.org"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://example.org", "data:text/html,x", ""])
def test_other_address_is_text_and_not_a_link(address: str) -> None:
    tokens = parse(str(link("joining link", address)))
    assert to_text(tokens).startswith("joining link:")
    assert "href" not in to_html(tokens)


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("01632 960123", "tel:01632960123"),
        ("+44 (0)1632 960-123", "tel:+441632960123"),
        ("01632 960123 ext. 4", None),
        ("ask for *Jo*", None),
    ],
)
def test_a_telephone_number_can_be_called_if_it_is_only_a_number(number: str, address: str | None) -> None:
    tokens = parse(str(telephone_link(number)))
    assert to_text(tokens) == number
    html = to_html(tokens)
    assert (f'href="{address}"' in html) if address else ("href" not in html)


def test_lists_headings_rules_and_line_breaks_have_a_plain_form() -> None:
    listed = "## New\n\n- one\n  - before\n  - **now**\n- two\n\n3. three\n4. *four*\n\n"
    source = f"{listed}Regards,\\\nHub\n\n---\n\nend\nof it"
    assert to_text(parse(source)) == (
        "New\n\n- one\n  - before\n  - now\n- two\n\n3. three\n4. four\n\nRegards,\nHub\n\n---\n\nend of it"
    )


def test_every_element_carries_its_style() -> None:
    html = to_html(parse("## New\n\n- one\n\nSee [it](<https://example.org>).\n\n---\n"))
    for tag in ("h2", "ul", "li", "p", "hr"):
        assert f'<{tag} style="' in html
    assert '<a href="https://example.org" style="' in html


def test_html_in_a_template_is_escaped() -> None:
    assert "<b>" not in to_html(parse("<b>loud</b>"))
