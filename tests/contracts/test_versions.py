"""Two versions of one event side by side, an invented one: no event of the hub has a second version yet."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
from jsonschema import Draft202012Validator

from hub_contracts import EVENTS, MARKS, Event
from hub_contracts.events import RecordSchema, publishers, registry, versions_of
from hub_contracts.fields import OneOf, Record, Several, Whole
from hub_contracts.generate import RELEASED, Language, broken, documents, release, schemas

UNTIL = date(2027, 6, 30)
V1, V2 = "KettleBoiled", "KettleBoiled.v2"


@dataclass(frozen=True, kw_only=True)
class Cup:
    """A cup that was poured."""

    drink: str


class CupSchema(RecordSchema):
    """Cup."""

    makes = Cup
    drink = OneOf(["tea", "coffee"], "What is in it")


class HerbalCupSchema(RecordSchema):
    """Cup, with a new code: the reason for a version 2."""

    makes = Cup
    drink = OneOf(["tea", "coffee", "herbal"], "What is in it")


@dataclass(frozen=True, kw_only=True)
class Boiled(Event):
    """A kettle."""

    publisher: ClassVar[str] = "kitchen"
    about: ClassVar[str] = "kettles/{number}"

    number: int
    cups: list[Cup]


@dataclass(frozen=True, kw_only=True)
class KettleBoiled(Boiled):
    """A kettle boiled.

    Published once it has.
    """

    published_until: ClassVar[date | None] = UNTIL


@dataclass(frozen=True, kw_only=True)
class KettleBoiledV2(Boiled):
    """A kettle boiled.

    Published once it has.
    """

    version: ClassVar[int] = 2


class KettleBoiledSchema(RecordSchema):
    """Version 1."""

    makes = KettleBoiled
    number = Whole("The kettle")
    cups = Several(Record(CupSchema, "A cup"), "What was poured")


class KettleBoiledV2Schema(RecordSchema):
    """Version 2."""

    makes = KettleBoiledV2
    number = Whole("The kettle")
    cups = Several(Record(HerbalCupSchema, "A cup"), "What was poured")


def module(*schemas_: type[RecordSchema]) -> ModuleType:
    """A module of the published language that holds these."""
    made = ModuleType("kitchen")
    vars(made).update({schema.__name__: schema for schema in schemas_})
    return made


EVENTS_OF_BOTH = registry((module(KettleBoiledSchema, KettleBoiledV2Schema),))


@pytest.fixture(name="language")
def _language(tmp_path: Path) -> Language:
    """Both versions, with samples."""
    for key, event in EVENTS_OF_BOTH.items():
        for case, drink in (("one_cup", "tea"), ("another", "coffee")):
            body = envelope(event, drink)
            (tmp_path / f"{key}.{case}.json").write_text(json.dumps(body))
    return Language(EVENTS_OF_BOTH, MARKS, tmp_path)


def envelope(event: type[Event], drink: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "0192f3c4-0000-7000-8000-000000000000",
        "source": "/hubs/cambridge/kitchen",
        "type": event.type,
        "subject": "kettles/1",
        "time": "2026-11-30T10:00:00Z",
        "datacontenttype": "application/json",
        "dataschema": f"https://hub.example.org/schemas/{event.type}/{event.version}",
        "revision": 1,
        "changeid": "0192f3c4-0000-7000-8000-000000000001",
        "data": {"number": 1, "cups": [{"drink": drink}]},
    }


def only(*schemas_: type[RecordSchema]) -> Language:
    return Language(registry((module(*schemas_),)), {}, Path())


def test_a_registry_holds_both_by_their_routing_keys() -> None:
    assert {V1: KettleBoiled, V2: KettleBoiledV2} == EVENTS_OF_BOTH
    assert {event.type for event in EVENTS_OF_BOTH.values()} == {"KettleBoiled"}
    assert versions_of("KettleBoiled", EVENTS_OF_BOTH) == [KettleBoiled, KettleBoiledV2]
    assert publishers(EVENTS_OF_BOTH) == {"kitchen": (KettleBoiled, KettleBoiledV2)}


def test_every_event_of_the_hub_is_found_by_its_routing_key() -> None:
    assert all(key == event.key for key, event in (EVENTS | MARKS).items())


def test_a_later_version_is_named_after_its_type_and_number() -> None:
    with pytest.raises(TypeError, match="must end with V3"):

        class Kettle(Boiled):
            version = 3


def test_an_older_version_must_say_until_when_it_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KettleBoiled, "published_until", None)
    with pytest.raises(ValueError, match="published_until"):
        registry((module(KettleBoiledSchema, KettleBoiledV2Schema),))


def test_a_version_cannot_stand_there_twice() -> None:
    again = type("KettleBoiled", (Boiled,), {"published_until": UNTIL})
    schema = type("AgainSchema", (KettleBoiledSchema,), {"makes": again})
    with pytest.raises(ValueError, match="twice"):
        registry((module(KettleBoiledSchema, schema),))


def test_all_documents_are_made_for_both(language: Language) -> None:
    made = documents(language)
    assert {name for name in made if "Kettle" in name} == {
        "KettleBoiled.md",
        "KettleBoiled.v2.md",
        "schemas/KettleBoiled.1.json",
        "schemas/KettleBoiled.2.json",
    }
    first, second = made["KettleBoiled.md"], made["KettleBoiled.v2.md"]
    assert (
        "[version 2](KettleBoiled.v2.md), `KettleBoiled.v2`. This one is published until 30 June 2027."
        in first
    )
    assert "# KettleBoiled, version 2" in second
    assert "| Routing key | `KettleBoiled.v2` |" in second
    assert "`tea`, `coffee`, `herbal`" in second
    assert first.count("```json") == second.count("```json") == 2
    assert "[KettleBoiled, version 2](KettleBoiled.v2.md)" in made["README.md"]
    stated = json.loads(made["schemas/KettleBoiled.1.json"])
    assert (stated["x-published-until"], stated["deprecated"]) == ("2027-06-30", True)
    assert stated["$id"] == "https://hub.example.org/schemas/KettleBoiled/1"


def test_asyncapi_has_a_message_for_each_version_with_its_own_records(language: Language) -> None:
    made = json.loads(documents(language)["asyncapi.json"])
    channel = made["channels"]["kitchen.events"]
    assert channel["parameters"]["key"]["enum"] == [V1, V2, "LogMark"]
    for key, event in EVENTS_OF_BOTH.items():
        message = made["components"]["messages"][key]
        validator = Draft202012Validator(message["payload"] | {"components": made["components"]})
        assert len(message["examples"]) == 2
        for example in message["examples"]:
            validator.validate(example["payload"])
        other = next(one for one in EVENTS_OF_BOTH.values() if one is not event)
        assert not validator.is_valid(envelope(other, "tea"))
        assert validator.is_valid(envelope(event, "herbal")) == (event.version == 2)


def test_a_version_2_beside_version_1_breaks_nobody(tmp_path: Path, language: Language) -> None:
    release(tmp_path, only(KettleBoiledSchema))
    assert broken(tmp_path, UNTIL, language) == []
    assert f"{RELEASED}/KettleBoiled.2.json" in release(tmp_path, language)


@pytest.mark.parametrize(
    ("days", "said"), [(0, ["KettleBoiled.1.json: removed, but promised until 2027-06-30"]), (1, [])]
)
def test_version_1_goes_no_earlier_than_was_promised(
    tmp_path: Path, language: Language, days: int, said: list[str]
) -> None:
    release(tmp_path, Language(language.events, {}, language.samples))
    later = only(KettleBoiledV2Schema)
    assert broken(tmp_path, UNTIL + timedelta(days), later) == said
    if not said:
        assert release(tmp_path, later) == [f"{RELEASED}/KettleBoiled.1.json"]
        assert {path.name for path in (tmp_path / RELEASED).iterdir()} == set(schemas(later))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2027, 7, 31), []),
        (date(2027, 5, 31), ["/: published until 2027-05-31, but promised until 2027-06-30"]),
    ],
)
def test_a_promise_is_prolonged_and_never_shortened(
    tmp_path: Path, language: Language, monkeypatch: pytest.MonkeyPatch, day: date, said: list[str]
) -> None:
    release(tmp_path, language)
    monkeypatch.setattr(KettleBoiled, "published_until", day)
    assert broken(tmp_path, UNTIL, language) == [f"KettleBoiled.1.json {each}" for each in said]
