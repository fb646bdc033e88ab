"""Makes a message's words of its templates. They are compiled once and refuse an unknown name."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from hub_notifications.templates.facts import (
    ApplicationDeclined,
    ApplicationWaitlisted,
    ParticipantCompleted,
    PlaceConfirmed,
    PlaceOffered,
    PlaceOfferExpired,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
    VisitPlanned,
    Words,
)

FOLDER: Final = Path(__file__).parent
FACTS_OF: Final[dict[str, type[Words]]] = {
    "application_declined": ApplicationDeclined,
    "application_waitlisted": ApplicationWaitlisted,
    "participant_completed": ParticipantCompleted,
    "place_confirmed": PlaceConfirmed,
    "place_offered": PlaceOffered,
    "place_offer_expired": PlaceOfferExpired,
    "session_scheduled": SessionScheduled,
    "session_rescheduled": SessionRescheduled,
    "session_cancelled": SessionCancelled,
    "visit_planned": VisitPlanned,
}
NAME_OF: Final = {facts: name for name, facts in FACTS_OF.items()}
MODES: Final = {"in_person": "in person", "online": "online", "school_hosted": "hosted by a school"}
KINDS: Final = {
    "support": "support visit",
    "lesson_planning": "lesson planning",
    "observation": "observation",
    "department_pd": "department professional development",
    "pd_day": "professional development day",
}


@dataclass(frozen=True)
class Rendered:
    """The words of one message."""

    subject: str  # one line
    text: str
    html: str


def render(facts: Words) -> Rendered:
    """Put facts into the templates that take them.

    Raises:
        jinja2.UndefinedError: a template asks for what it is not given.
    """
    templates = _templates(NAME_OF[type(facts)])
    subject, text, html = (template.render(facts=facts) for template in templates)
    return Rendered(subject=" ".join(subject.split()), text=text, html=html)


@cache
def purpose(name: str) -> str:
    """When a message is sent, as the first comment of its subject says."""
    comment = re.match(r"\{#(.*?)#\}", (FOLDER / f"{name}.subject.j2").read_text("utf-8"), re.DOTALL)
    if comment is None:
        raise ValueError(f"{name}.subject.j2 does not begin with a comment")
    return " ".join(comment.group(1).split())


def day(on: date) -> str:
    """Tuesday 6 October 2026."""
    return f"{on:%A} {on.day} {on:%B %Y}"


def clock(instant: datetime) -> str:
    """16:00."""
    return f"{instant:%H:%M}"


@cache
def _templates(name: str) -> tuple[Template, Template, Template]:
    environment = _environment()
    subject, text, html = (
        environment.get_template(f"{name}.{kind}.j2") for kind in ("subject", "txt", "html")
    )
    return subject, text, html


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=_is_html,  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    words: dict[str, Any] = {"modes": MODES, "kinds": KINDS}
    environment.globals |= words
    environment.filters |= {"day": day, "clock": clock}
    return environment


def _is_html(name: str | None) -> bool:
    return name is not None and name.endswith(".html.j2")
