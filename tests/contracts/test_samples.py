"""The samples: both sides of every exchange read the same files."""

import json
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from hub_contracts import EVENTS, Event
from hub_contracts.documents.envelope import envelope_schema
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.documents.words import data_schema_of
from hub_contracts.samples import EXAMPLES, samples
from hub_messaging.envelope import Envelope

SAMPLES = [
    pytest.param(event, body, id=f"{event.type}.{case}")
    for event in EVENTS.values()
    for case, body in samples(event.type).items()
]


def valid(schema: dict[str, Any], body: Any) -> None:
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(body)


@pytest.mark.parametrize("type_", EVENTS)
def test_every_event_has_two_samples(type_: str) -> None:
    assert len(samples(type_)) >= 2


def test_every_sample_belongs_to_an_event() -> None:
    assert {path.name.split(".")[0] for path in EXAMPLES.iterdir()} == set(EVENTS)


@pytest.mark.parametrize("type_", EVENTS)
def test_the_samples_of_an_event_show_every_field_there_and_every_optional_one_absent(type_: str) -> None:
    shown = [set(body["data"]) for body in samples(type_).values()]
    fields = EVENTS[type_].schema.fields
    assert set(fields) in shown
    assert {name for name, field in fields.items() if field.required} in shown


@pytest.mark.parametrize(("event", "body"), SAMPLES)
def test_a_sample_survives_a_round_trip(event: type[Event], body: dict[str, Any]) -> None:
    read = event.from_data(body["data"])
    assert type(read) is event
    assert read.to_data() == body["data"]


@pytest.mark.parametrize(("event", "body"), SAMPLES)
def test_a_sample_follows_its_json_schema(event: type[Event], body: dict[str, Any]) -> None:
    valid(envelope_schema(), body)
    valid(json_schema(event), body["data"])


@pytest.mark.parametrize(("event", "body"), SAMPLES)
def test_a_sample_is_addressed_as_its_event_says(event: type[Event], body: dict[str, Any]) -> None:
    assert body["source"] == f"/hubs/cambridge/{event.publisher}"
    assert body["type"] == event.type
    assert body["subject"] == event.from_data(body["data"]).subject
    assert body["dataschema"] == data_schema_of(event)
    assert UUID(body["id"]).version == 7


@pytest.mark.parametrize(("event", "body"), SAMPLES)
def test_the_post_office_reads_a_sample_and_writes_the_same(event: type[Event], body: dict[str, Any]) -> None:
    envelope = Envelope.from_bytes(json.dumps(body).encode())
    assert envelope.version == event.version
    assert json.loads(envelope.to_bytes()) == body


def test_no_two_samples_are_the_same_event() -> None:
    ids = [body["id"] for type_ in EVENTS for body in samples(type_).values()]
    assert len(ids) == len(set(ids))
