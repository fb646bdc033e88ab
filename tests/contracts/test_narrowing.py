"""A change that passes the comparison of two schemas breaks no value, by an independent validator."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hub_contracts.narrowing import Comparison

NUMBERS = st.integers(0, 3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 4) | st.sampled_from([0.5, "", "a", "ab", "abc", "12"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
TYPES = st.sampled_from(["string", "integer", "number", "array", "object", "null", "boolean"])
KEYWORDS = {
    "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
    "enum": st.lists(st.sampled_from(["a", "ab", 1, 2, None]), min_size=1, max_size=3, unique=True),
    "const": st.sampled_from(["a", 1]),
    "pattern": st.sampled_from(["^a", "^[0-9]+$", r"^\d+$"]),
    **dict.fromkeys(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], NUMBERS),
    **dict.fromkeys(["minLength", "maxLength", "minItems", "maxItems"], NUMBERS),
    "required": st.lists(st.sampled_from("ab"), max_size=2, unique=True),
}
LEAVES = st.fixed_dictionaries({}, optional=KEYWORDS)


def _holding(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Schemas that hold others."""
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES,
            "properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
            "required": st.lists(st.sampled_from("ab"), max_size=2, unique=True),
            "items": inner,
            "additionalProperties": inner | st.booleans(),
            "anyOf": st.tuples(inner, st.just({"type": "null"})).map(list),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
        },
    )


SCHEMAS = st.recursive(LEAVES, _holding, max_leaves=4)


def changes(old: dict[str, Any], new: dict[str, Any], *, received: bool) -> list[tuple[str, str]]:
    return list(Comparison({}, {}, received=received).changes(old, new))


@given(old=SCHEMAS, new=SCHEMAS, edit=LEAVES, value=VALUES)
@settings(max_examples=200, deadline=None)
def test_a_request_that_was_valid_stays_valid(
    old: dict[str, Any], new: dict[str, Any], edit: dict[str, Any], value: Any
) -> None:
    for now in (new, old | edit):
        if Draft202012Validator(old).is_valid(value) and not Draft202012Validator(now).is_valid(value):
            assert changes(old, now, received=True), (old, now, value)


@given(schema=SCHEMAS)
def test_a_schema_is_compatible_with_itself(schema: dict[str, Any]) -> None:
    for received in (True, False):
        assert changes(schema, schema, received=received) == []


@pytest.mark.parametrize("received", [True, False])
@pytest.mark.parametrize(
    ("narrow", "wide", "said"),
    [
        ({"type": "integer"}, {"type": "number"}, "type changed"),
        ({"type": "integer"}, {"type": ["integer", "null"]}, "type changed"),
        ({"type": "string"}, {}, "type changed"),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}, "codes changed"),
        ({"enum": ["a"]}, {}, "enum changed"),
        ({"const": "a"}, {"enum": ["a", "b"]}, "codes changed"),
        ({"minimum": 2}, {"minimum": 1}, "minimum changed from"),
        ({"maxLength": 2}, {"maxLength": 3}, "maxLength changed from"),
        ({"maxItems": 2}, {}, "maxItems changed"),
        ({"x-maximum": "2030-01-01"}, {"x-maximum": "2031-01-01"}, "x-maximum changed from"),
        ({"format": "date"}, {}, "format changed from"),
        ({"items": {"minLength": 1}}, {"items": {}}, "minLength changed from"),
        ({"additionalProperties": {"minLength": 1}}, {"additionalProperties": {}}, "minLength changed from"),
        ({"type": "object"}, {"anyOf": [{"type": "object"}, {"type": "null"}]}, "type changed"),
    ],
)
def test_widening_breaks_what_is_sent_and_narrowing_what_is_received(
    narrow: dict[str, Any], wide: dict[str, Any], said: str, received: bool
) -> None:
    good, bad = ((narrow, wide), (wide, narrow)) if received else ((wide, narrow), (narrow, wide))
    assert changes(*good, received=received) == []
    assert [what.startswith(said) for _, what in changes(*bad, received=received)] == [True]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"type": ["string", "null"]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"type": "string", "const": "a"}, {"type": "string", "enum": ["a"]}),
        ({"pattern": r"^\d$"}, {"pattern": "^[0-9]$"}),
        ({"type": "string", "minLength": 0}, {"type": "string"}),
        ({"type": "string", "description": "A"}, {"type": "string", "title": "B", "x-unit": "days"}),
    ],
)
def test_two_ways_of_writing_the_same_are_no_change(one: dict[str, Any], other: dict[str, Any]) -> None:
    for received in (True, False):
        assert changes(one, other, received=received) == changes(other, one, received=received) == []
