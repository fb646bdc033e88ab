"""The kinds of message and previews of their texts."""

from dataclasses import dataclass, fields

from hub_kernel.refusals import Unknown
from hub_notifications.domain.kinds import Kind
from hub_notifications.templates.examples import EXAMPLES
from hub_notifications.templates.rendering import purpose, render


@dataclass(frozen=True, kw_only=True)
class TemplateView:
    """A kind of message."""

    name: str
    purpose: str  # when it is sent
    given: list[str]  # the names that its template may use


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A message rendered with invented data."""

    name: str
    subject: str
    text: str
    html: str
    calendar: str | None = None  # deprecated: always None


def list_templates() -> list[TemplateView]:
    """Return every kind of message, by name."""
    return [
        TemplateView(name=kind, purpose=purpose(kind), given=[field.name for field in fields(EXAMPLES[kind])])
        for kind in sorted(Kind)
    ]


def preview(name: str) -> Preview:
    """Render a template with invented data.

    Raises:
        Unknown: `unknown_template`.
    """
    if name not in set(Kind):
        raise Unknown(
            "unknown_template", f"No template has this name. Use one of: {', '.join(sorted(Kind))}."
        )
    rendered = render(EXAMPLES[Kind(name)])
    return Preview(name=name, subject=rendered.subject, text=rendered.text, html=rendered.html)
