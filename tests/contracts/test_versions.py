"""Two versions of one event side by side."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.contracts.kettles import (
    EVENTS_OF_BOTH,
    UNTIL,
    V1,
    V2,
    Boiled,
    KettleBoiled,
    KettleBoiledSchema,
    KettleBoiledV2,
    KettleBoiledV2Schema,
    both,
    envelope,
    module,
)

from hub_contracts import EVENTS, MARKS
from hub_contracts.events import publishers, registry, versions_of
from hub_contracts.generate import documents
from hub_contracts.language import Language


@pytest.fixture(name="language")
def _language(tmp_path: Path) -> Language:
    return both(tmp_path, MARKS)


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
