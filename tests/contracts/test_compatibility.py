"""A change of an event's schema that breaks a reader of a released one is named with its field and rule."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from hub_contracts.compatibility import Rule, breaks
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.enrolment import SessionCompleted

Change = Callable[[dict[str, Any]], Any]


def mark(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"]["Mark"]
    return found


BREAKS: dict[str, tuple[Change, str, Rule]] = {
    "a field removed": (lambda s: s["properties"].pop("present_n"), "/present_n: removed", Rule.KEEPS_FIELDS),
    "a new field required": (
        lambda s: (s["properties"].update(x={"type": "string"}), s["required"].append("x")),
        "/x: now required",
        Rule.NEW_IS_OPTIONAL,
    ),
    "a field no longer required": (
        lambda s: s["required"].remove("present_n"),
        "/present_n: no longer required",
        Rule.KEEPS_PRESENCE,
    ),
    "another type": (
        lambda s: s["properties"]["present_n"].update(type="string"),
        "/present_n: type changed from 'integer' to 'string'",
        Rule.KEEPS_VALUES,
    ),
    "another format": (
        lambda s: s["properties"]["held_on"].update(format="date-time"),
        "/held_on: format changed from 'date' to 'date-time'",
        Rule.KEEPS_VALUES,
    ),
    "a smaller range": (
        lambda s: s["properties"]["present_n"].update(minimum=1),
        "/present_n: minimum changed from 0 to 1",
        Rule.KEEPS_VALUES,
    ),
    "a new range": (
        lambda s: s["properties"]["present_n"].update(maximum=30),
        "/present_n: maximum changed from None to 30",
        Rule.KEEPS_VALUES,
    ),
    "a code less": (
        lambda s: mark(s)["properties"]["mark"]["enum"].remove("late"),
        "/$defs/Mark/mark: 'late' is no longer a code",
        Rule.CLOSED_CODES,
    ),
    "a code more": (
        lambda s: mark(s)["properties"]["mark"]["enum"].append("online"),
        "/$defs/Mark/mark: 'online' is a new code, which older readers refuse",
        Rule.CLOSED_CODES,
    ),
    "a list of codes where there was none": (
        lambda s: mark(s)["properties"]["urn"].update(enum=["110623"]),
        "/$defs/Mark/urn: enum added",
        Rule.CLOSED_CODES,
    ),
    "a list of codes gone": (
        lambda s: mark(s)["properties"]["mark"].pop("enum"),
        "/$defs/Mark/mark: enum removed",
        Rule.CLOSED_CODES,
    ),
    "a record's field removed": (
        lambda s: mark(s)["properties"].pop("urn"),
        "/$defs/Mark/urn: removed",
        Rule.KEEPS_FIELDS,
    ),
    "a record's new field required": (
        lambda s: mark(s)["required"].append("x"),
        "/$defs/Mark/x: now required",
        Rule.NEW_IS_OPTIONAL,
    ),
    "other items": (
        lambda s: s["properties"]["marks"]["items"].update({"$ref": "#/$defs/Other"}),
        "/marks/items: $ref changed from '#/$defs/Mark' to '#/$defs/Other'",
        Rule.KEEPS_VALUES,
    ),
    "another pattern": (
        lambda s: mark(s)["properties"]["urn"].update(pattern="^[0-9]{6}$"),
        "/$defs/Mark/urn: pattern changed from '^[1-9][0-9]{4,5}$' to '^[0-9]{6}$'",
        Rule.KEEPS_VALUES,
    ),
    "an optional field now required": (
        lambda s: s["required"].append("hub_extra"),
        "/hub_extra: now required",
        Rule.KEEPS_PRESENCE,
    ),
    "closed to further fields": (
        lambda s: s.update(additionalProperties=False),
        "/: additionalProperties changed from None to False",
        Rule.OPEN_TO_FIELDS,
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found_and_named(name: str) -> None:
    change, said, rule = BREAKS[name]
    released = json_schema(SessionCompleted)
    released["properties"]["hub_extra"] = {"type": ["string", "null"]}
    current = copy.deepcopy(released)
    change(current)
    assert list(map(str, breaks(released, current))) == [f"{said} ({rule})"]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.pop("description"),
        lambda s: s["properties"].update(weather={"type": ["string", "null"]}),
        lambda s: mark(s)["properties"].update(minutes={"type": ["integer", "null"]}),
        lambda s: s["properties"]["held_on"].update(description="In other words"),
        lambda s: s.update(title="Another", description="In other words"),
        lambda s: s["required"].reverse(),
        lambda s: mark(s)["properties"]["mark"]["enum"].reverse(),
    ],
)
def test_an_optional_field_or_better_words_break_nothing(change: Change) -> None:
    released = json_schema(SessionCompleted)
    current = copy.deepcopy(released)
    change(current)
    assert list(breaks(released, current)) == []
