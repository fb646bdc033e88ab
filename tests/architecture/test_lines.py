"""No route of any service takes a line break where a text is one line: names, titles, places, reasons."""

from collections.abc import Iterator

import pytest
from marshmallow import Schema, ValidationError, fields

from hub_local.declared import service_class
from hub_local.services import SERVICES
from hub_platform.routes import routes_of
from hub_platform.schemas import Lines

# Texts that are shown on a page only, never in a header, subject, calendar or log.
SEVERAL_LINES = {
    "CorrectAttendanceSchema.note",
    "ReviewLessonSchema.learning_note",
    "ReportTaskSchema.note",
    "SetTaskSchema.prompt",
    "LogVisitSchema.note",
}
# Read by a rule in `domain`, which takes its own form and nothing else, or makes it out of what was sent.
BY_A_RULE = {"academic_year", "joining_link", "ncp_code", "trn"}
# Looked up and never stored: what is not found is answered with 404.
LOOKED_UP = {"ConnectSchoolSchema.urn"}
SENT = (
    "Ada\nLovelace",
    "ada@school.example\nBcc: eve@example.org",
    "reasoning\n",
    "2025-1\n",
    "110623\r",
    "873\n",
    "https://hub.example/\u2028",
)


def texts(schema: Schema) -> Iterator[tuple[str, fields.String]]:
    """Every text that a command reads, in lists and nested schemas, too."""
    for name, field in schema.load_fields.items():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from texts(inner.schema)
        elif isinstance(inner, fields.String) and name not in BY_A_RULE:
            yield f"{type(schema).__name__}.{name}", inner


READ = {
    name: field
    for service in SERVICES
    for route in routes_of(service_class(service.name)).values()
    if isinstance(route.body, type) and issubclass(route.body, Schema)
    for name, field in texts(route.body())
}


def test_only_notes_have_several_lines() -> None:
    assert {name for name, field in READ.items() if isinstance(field, Lines)} == SEVERAL_LINES


@pytest.mark.parametrize("name", sorted(READ.keys() - SEVERAL_LINES - LOOKED_UP))
def test_a_text_of_one_line_is_not_taken_with_a_line_break(name: str) -> None:
    for text in SENT:
        with pytest.raises(ValidationError):
            READ[name].deserialize(text)
