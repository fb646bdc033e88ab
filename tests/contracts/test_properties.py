"""Any event at all survives the journey through JSON."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hub_contracts import EVENTS, Event
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.documents.words import described_fields
from hub_contracts.events import RecordSchema
from hub_contracts.fields import (
    Day,
    Described,
    Flag,
    Id,
    Instant,
    OneOf,
    Percent,
    Record,
    Several,
    Text,
    Whole,
)

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
ANYTHING = Text("Words").json["pattern"]
INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive


def values_of(field: Described) -> st.SearchStrategy[Any]:
    """Values that a field may hold."""
    match field:
        case Several():
            assert isinstance(field.inner, Described)
            return st.lists(values_of(field.inner), max_size=3)
        case Record():
            return made_by(field.schema)
        case OneOf():
            return st.sampled_from(field.json["enum"])
        case Text():
            pattern: str = field.json["pattern"]
            if pattern == ANYTHING:
                return WORDS
            # Python's $ matches before a line end, too.
            return st.from_regex(pattern, fullmatch=True).map(lambda text: text.removesuffix("\n"))
        case Whole():
            return st.integers(field.json["minimum"], 2**53)
        case Percent():
            return st.floats(0, 100)
    kinds = {Id: st.uuids(), Flag: st.booleans(), Day: st.dates(), Instant: INSTANTS}
    return kinds[type(field)]


def made_by(schema: RecordSchema) -> st.SearchStrategy[Any]:
    """Whatever a schema may make."""
    fields = {
        name: values_of(field) if field.required else st.none() | values_of(field)
        for name, field in described_fields(schema).items()
    }
    return st.builds(schema.makes, **fields)


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_any_event_survives_a_round_trip(event: type[Event]) -> None:
    validator = Draft202012Validator(json_schema(event))

    @settings(max_examples=25, deadline=None)
    @given(made_by(event.schema))
    def survives(said: Event) -> None:
        data = json.loads(json.dumps(said.to_data()))
        validator.validate(data)
        assert event.from_data(data) == said

    survives()
