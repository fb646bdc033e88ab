"""The samples: both sides of every exchange read the same files."""

import json
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from hub_contracts import EVENTS, MARKS, Event
from hub_contracts.documents.envelope import envelope_schema
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.documents.words import data_schema_of
from hub_contracts.samples import EXAMPLES, samples
from hub_messaging.envelope import Envelope

ALL = EVENTS | MARKS
SAMPLES = [
    pytest.param(event, body, id=f"{key}.{case}")
    for key, event in ALL.items()
    for case, body in samples(key).items()
]


def valid(schema: dict[str, Any], body: Any) -> None:
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(body)


@pytest.mark.parametrize("type_", ALL)
def test_every_event_has_two_samples(type_: str) -> None:
    assert len(samples(type_)) >= 2


def test_every_sample_belongs_to_an_event() -> None:
    assert {path.stem.rpartition(".")[0] for path in EXAMPLES.iterdir()} == set(EVENTS | MARKS)


@pytest.mark.parametrize("type_", ALL)
def test_the_samples_of_an_event_show_every_field_there_and_every_optional_one_absent(type_: str) -> None:
    shown = [set(body["data"]) for body in samples(type_).values()]
    fields = ALL[type_].schema.fields
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
    service = body["source"].rpartition("/")[2]
    if event.key in MARKS:
        assert (body["source"], body["subject"]) == (f"/log/{service}", f"log/{service}")
    else:
        assert body["source"] == f"/hubs/cambridge/{event.publisher}"
        assert body["subject"] == event.from_data(body["data"]).subject
    assert body["type"] == event.type
    assert body["dataschema"] == data_schema_of(event)
    assert UUID(body["id"]).version == 7


@pytest.mark.parametrize(("event", "body"), SAMPLES)
def test_the_messaging_library_rewrites_a_sample_unchanged(event: type[Event], body: dict[str, Any]) -> None:
    envelope = Envelope.from_bytes(json.dumps(body).encode())
    assert envelope.version == event.version
    assert json.loads(envelope.to_bytes()) == body


@pytest.mark.parametrize(("event", "body"), SAMPLES)
def test_a_sample_of_an_earlier_release_is_read_as_well(event: type[Event], body: dict[str, Any]) -> None:
    """Its dataschema was relative."""
    earlier = body | {"dataschema": f"/schemas/{event.type}/{event.version}"}
    assert Envelope.from_bytes(json.dumps(earlier).encode()) == Envelope.from_bytes(json.dumps(body).encode())


def test_no_two_samples_are_the_same_event() -> None:
    ids = [body["id"] for type_ in ALL for body in samples(type_).values()]
    assert len(ids) == len(set(ids))
