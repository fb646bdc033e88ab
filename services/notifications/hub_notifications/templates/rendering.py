"""Rendering of a message's subject, plain text and HTML from one template for each kind.

A template is `<kind>.md.j2`: a comment that states when the message is sent, the lines `subject: …` and
`why: …` (the reason why the recipient receives it), an empty line, and the body in Markdown. It may use the
fields of its kind's dataclass in `content.py`, except `given`. `_greeting.md.j2` is put before it, and
`_message.md.j2` adds the hub's details. Plain text and HTML are made from the same Markdown, so that they
always agree.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, Undefined
from markupsafe import Markup

from hub_notifications.domain.kinds import Kind
from hub_notifications.templates import phrases
from hub_notifications.templates.content import Content, HubDetails
from hub_notifications.templates.markdown import escape, link, parse, telephone_link, to_html, to_text

FOLDER: Final = Path(__file__).parent
SOURCE: Final = re.compile(r"\s*subject: (?P<subject>.+)\nwhy: (?P<why>.+)\n(?P<body>(?s:.+))")
FILTERS: Final[dict[str, Callable[..., object]]] = {
    "change": phrases.change,
    "clock": phrases.clock,
    "day": phrases.day,
    "link": link,
    "reason": phrases.reason,
    "short_day": phrases.short_day,
    "when": phrases.when,
    "where": phrases.where,
}


@dataclass(frozen=True)
class Rendered:
    """The subject and texts of one message."""

    subject: str  # one line
    text: str
    html: str


@dataclass(frozen=True)
class _Common:
    """The parts of a message without its greeting, which all recipients share."""

    subject: str
    text: str
    html: Markup


def render(content: Content) -> Rendered:
    """Render a message.

    Raises:
        jinja2.UndefinedError: the template uses a name that its content does not have.
        KeyError: the content has a code that is missing in `phrases.py`.
        ValueError: the template lacks its subject or reason, or shows a value that is None.
    """
    common = _common(replace(content, given=""))
    greeting = parse(_template("_greeting.md.j2").render(given=content.given, kind=content.kind))
    text = "\n\n".join(part for part in (to_text(greeting), common.text) if part)
    html = _template("_message.html.j2").render(subject=common.subject, body=to_html(greeting) + common.html)
    return Rendered(subject=common.subject, text=text + "\n", html=html)


@cache
def purpose(kind: Kind) -> str:
    """Return when a message is sent: the first comment of its template."""
    comment = re.match(r"\{#(.*?)#\}", (FOLDER / f"{kind}.md.j2").read_text("utf-8"), re.DOTALL)
    if comment is None:
        raise ValueError(f"{kind}.md.j2 does not begin with a comment")
    return " ".join(comment.group(1).split())


def contact(hub: HubDetails) -> Markup:
    """Return the hub's contact name, e-mail address and telephone number, as far as they are known."""
    known = [
        escape(hub.contact_name) if hub.contact_name else None,
        link(hub.contact_email, f"mailto:{hub.contact_email}") if hub.contact_email else None,
        Markup("telephone ") + telephone_link(hub.contact_telephone) if hub.contact_telephone else None,
    ]
    return Markup(", ").join(part for part in known if part is not None)


@lru_cache(maxsize=128)
def _common(content: Content) -> _Common:
    """Render the parts that a batch shares; without `given`, because the result is cached."""
    facts = {field.name: getattr(content, field.name) for field in fields(content) if field.name != "given"}
    subject, why, body = _read(content.kind, _template(f"{content.kind}.md.j2").render(facts))
    whole = parse(_template("_message.md.j2").render(facts, kind=content.kind, why=why, body=body))
    return _Common(subject=to_text(parse(subject)), text=to_text(whole), html=to_html(whole))


def _read(kind: Kind, source: str) -> tuple[str, Markup, Markup]:
    found = SOURCE.fullmatch(source)
    if found is None:
        raise ValueError(f'{kind}.md.j2 lacks "subject: …", "why: …" or a body')
    why, body = found["why"], found["body"].strip()
    return found["subject"], Markup(why), Markup(body)  # noqa: S704 - Markdown in which each fact is escaped


@cache
def _template(name: str) -> Template:
    return _environment(markdown=name.endswith(".md.j2")).get_template(name)


@cache
def _environment(*, markdown: bool) -> Environment:
    """Return the Jinja environment; for Markdown, `_finalize` escapes each value, not Jinja."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize if markdown else None,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    names: dict[str, object] = {
        "contact": contact,
        "pd_day_kinds": phrases.PD_DAY_KINDS,
        "visit_kinds": phrases.VISIT_KINDS,
    }
    environment.globals.update(names)
    environment.filters |= FILTERS
    return environment


def _finalize(value: object) -> object:
    if value is None:
        raise ValueError("the template shows a value that is None")
    return value if isinstance(value, Undefined) else escape(value)
