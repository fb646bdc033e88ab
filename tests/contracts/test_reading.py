"""Subscribers accept and refuse the same data as publishers may send."""

import copy
import dataclasses
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from marshmallow import ValidationError

from hub_contracts import EVENTS, PUBLISHERS, BrokenEvent, Event
from hub_contracts.documents.json_schema import json_schema, record_schemas
from hub_contracts.enrolment import Mark, SchoolConnected, SessionCompleted, SessionScheduled, WorkGroupOpened
from hub_contracts.events import RecordSchema
from hub_contracts.notifications import MessageSent
from hub_contracts.samples import samples
from hub_contracts.visits import Obligation, PDLeadAssigned, VisitLogged
from hub_contracts.vocabulary import ConnectionRoute, ObligationKind

SCHEMAS: dict[str, RecordSchema] = {type_: event.schema for type_, event in EVENTS.items()} | {
    name: schema for event in EVENTS.values() for name, schema in record_schemas(event.schema).items()
}
FIELDS = [
    pytest.param(event, name, field.required, id=f"{event.type}.{name}")
    for event in EVENTS.values()
    for name, field in event.schema.fields.items()
]
SHARED = str(Path(__file__).parents[2] / "shared")
REQUIRED = [param for param in FIELDS if param.values[2]]
OPTIONAL = [param for param in FIELDS if not param.values[2]]
ANYTHING: list[Any] = [
    None, True, False, -1, 0, 1, 101, 1.5, -0.5, 10**30, "", " ", "12", "yes", "open", "OPEN", "tfm",
    "two words", "110623", "012345", "110623\n1", "١١٠٦٢٣", "a@b.org", "nul\x00", "2025/26", "2025-7",
    "0192f3c4", "0192f3c4-0000-7000-8000-000000000000", "2025-09-04", "2025-13-01", "20250904", "2025-W36-4",
    "2025-09-04T09:00:00Z", "2025-09-04T09:00:00", "0001-01-01T00:00:00+14:00",
    [], ["open"], ["tfm"], [None], [1], {}, {"urn": "110623"},
]  # fmt: skip

checker = FormatChecker()


@checker.checks("date-time", raises=(ValueError, OverflowError))
def is_instant(value: object) -> bool:
    """RFC 3339, in the years that have a UTC."""
    if not isinstance(value, str):
        return True
    instant = datetime.fromisoformat(value)
    return instant.tzinfo is not None and instant.astimezone(UTC).tzinfo is UTC


def full(event: type[Event]) -> dict[str, Any]:
    """The data of the sample that shows every field."""
    return copy.deepcopy(max((body["data"] for body in samples(event.type).values()), key=len))


def test_the_registry_knows_each_event_by_its_name_and_publisher() -> None:
    assert len(EVENTS) == 62
    assert all(event.__name__ == type_ == event.type for type_, event in EVENTS.items())
    assert list(PUBLISHERS) == ["enrolment", "visits", "notifications"]
    assert sum(map(len, PUBLISHERS.values())) == len(EVENTS)
    for publisher, events in PUBLISHERS.items():
        assert all(event.__module__.startswith(f"hub_contracts.{publisher}") for event in events)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_dataclass_and_its_schema_have_the_same_fields(name: str) -> None:
    schema = SCHEMAS[name]
    optional = {f.name: f.default is None for f in dataclasses.fields(schema.makes)}
    assert optional == {name: not field.required for name, field in schema.fields.items()}


@pytest.mark.parametrize(("event", "field", "_"), REQUIRED)
def test_an_event_without_a_required_field_is_refused(event: type[Event], field: str, _: bool) -> None:
    data = full(event)
    without = {name: value for name, value in data.items() if name != field}
    for incomplete in (without, data | {field: None}):
        with pytest.raises(ValidationError) as refusal:
            event.from_data(incomplete)
        assert set(refusal.value.messages_dict) == {field}


@pytest.mark.parametrize(("event", "field", "_"), OPTIONAL)
def test_an_optional_field_may_be_absent_or_null(event: type[Event], field: str, _: bool) -> None:
    data = full(event) | {field: None}
    read = event.from_data(data)
    assert getattr(read, field) is None
    del data[field]
    assert event.from_data(data) == read
    assert read.to_data() == data


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_a_reader_ignores_fields_of_a_later_version(event: type[Event]) -> None:
    data = full(event)
    later = copy.deepcopy(data) | {"weather": {"wind": "north-east"}}
    for items in later.values():
        if isinstance(items, list) and items and isinstance(items[0], dict):
            items[0]["weather"] = "fair"
    assert event.from_data(later) == event.from_data(data)


@pytest.mark.parametrize(("event", "field", "_"), FIELDS)
def test_a_reader_takes_what_the_json_schema_takes(event: type[Event], field: str, _: bool) -> None:
    validator = Draft202012Validator(json_schema(event), format_checker=checker)
    taken = {}
    for value in ANYTHING:
        data = full(event) | {field: value}
        try:
            event.from_data(data)
            taken[repr(value)] = True
        except ValidationError:
            taken[repr(value)] = False
        assert taken[repr(value)] == validator.is_valid(data), f"{field} = {value!r}"
    assert not all(taken.values())


@pytest.mark.parametrize("data", [[], "text", None, 7])
def test_what_is_no_object_is_refused(data: Any) -> None:
    with pytest.raises(ValidationError):
        VisitLogged.from_data(data)


def test_a_line_end_is_no_part_of_a_urn() -> None:
    with pytest.raises(ValidationError, match="five or six digits"):
        SchoolConnected.from_data(full(SchoolConnected) | {"urn": "110623\n"})


def test_every_fault_is_named_at_once_down_to_the_record() -> None:
    data = full(SessionCompleted) | {"held_on": "yesterday", "present_n": -1}
    data["marks"][1]["mark"] = "asleep"
    del data["marks"][2]["urn"]
    with pytest.raises(ValidationError) as refusal:
        SessionCompleted.from_data(data)
    faults = refusal.value.messages_dict
    assert set(faults) == {"held_on", "present_n", "marks"}
    assert {index: set(fault) for index, fault in faults["marks"].items()} == {1: {"mark"}, 2: {"urn"}}


def test_records_are_dataclasses_too() -> None:
    completed = SessionCompleted.from_data(full(SessionCompleted))
    assert {type(mark) for mark in completed.marks} == {Mark}
    assigned = PDLeadAssigned.from_data(full(PDLeadAssigned))
    assert assigned.obligations[0] == Obligation(
        half_term="2025-1", kind=ObligationKind.VISIT, starts_on=date(2025, 9, 3), ends_on=date(2025, 10, 24)
    )


def test_an_instant_is_held_in_utc_and_written_with_a_z() -> None:
    data = full(SessionScheduled) | {"starts_at": "2026-06-01T14:30:00+01:00"}
    read = SessionScheduled.from_data(data)
    assert read.starts_at == datetime(2026, 6, 1, 13, 30, tzinfo=UTC)
    assert read.starts_at.tzinfo is UTC
    assert read.to_data()["starts_at"] == "2026-06-01T13:30:00Z"


@pytest.mark.parametrize(
    ("event", "field", "value"),
    [
        (SchoolConnected, "via", "carrier_pigeon"),
        (SchoolConnected, "urn", "1106"),
        (SchoolConnected, "connected_on", None),
        (WorkGroupOpened, "opens_at", datetime(2025, 9, 4, 9, 0)),  # noqa: DTZ001 - the naive one is the point
        (MessageSent, "recipient_ref", "ada@example.org"),
    ],
)
def test_what_no_reader_takes_cannot_be_published(event: type[Event], field: str, value: Any) -> None:
    wrong = dataclasses.replace(event.from_data(full(event)), **{field: value})
    with pytest.raises(BrokenEvent, match=field):
        wrong.to_data()


def test_an_event_is_immutable() -> None:
    event = SchoolConnected(urn="110623", connected_on=date(2025, 3, 4), via=ConnectionRoute.VISIT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.urn = "110704"  # type: ignore[misc]


def test_a_subject_may_be_made_of_several_facts() -> None:
    excused = EVENTS["VisitObligationExcused"].from_data(full(EVENTS["VisitObligationExcused"]))
    assert excused.subject == "obligations/136217/2025-2"


def test_ids_are_read_as_uuids() -> None:
    assert isinstance(VisitLogged.from_data(full(VisitLogged)).visit_id, UUID)


def test_the_package_needs_marshmallow_alone() -> None:
    said = "import sys; was = set(sys.modules); import hub_contracts.generate; print(*set(sys.modules) - was)"
    run = subprocess.run(
        [sys.executable, "-c", said], env={"PYTHONPATH": SHARED}, capture_output=True, text=True, check=True
    )
    imported = {name.partition(".")[0] for name in run.stdout.split()}
    assert imported - sys.stdlib_module_names == {"hub_contracts", "marshmallow"}
