"""Looking at the texts of messages."""

from dataclasses import dataclass, fields
from datetime import datetime

from hub_notifications.domain.refusals import Unknown
from hub_notifications.templates.facts import Inviting
from hub_notifications.templates.invitations import Host, invite
from hub_notifications.templates.rendering import FACTS_OF, purpose, render
from hub_notifications.templates.samples import SAMPLES


@dataclass(frozen=True, kw_only=True)
class TemplateView:
    """A kind of message."""

    name: str
    purpose: str  # when it is sent
    given: list[str]  # what its words may use


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A message as it looks with made-up facts."""

    name: str
    subject: str
    text: str
    html: str
    calendar: str | None


def list_templates() -> list[TemplateView]:
    """Every kind of message."""
    return [
        TemplateView(name=name, purpose=purpose(name), given=[field.name for field in fields(facts)])
        for name, facts in sorted(FACTS_OF.items())
    ]


def preview(name: str, host: Host, *, now: datetime) -> Preview:
    """Render a template with made-up facts.

    Raises:
        Unknown: `unknown_template`.
    """
    words = SAMPLES.get(name)
    if words is None:
        raise Unknown("unknown_template", f"The templates are {', '.join(sorted(SAMPLES))}.")
    rendered = render(words)
    calendar = None
    if isinstance(words, Inviting):
        made = invite(
            words.sessions, group_title=words.group_title, host=host, attendee="ada@school.invalid", now=now
        )
        calendar = made.content.decode()
    return Preview(
        name=name, subject=rendered.subject, text=rendered.text, html=rendered.html, calendar=calendar
    )
