"""An invented event in two versions: no event of the hub has a second version yet."""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from hub_contracts import Event
from hub_contracts.events import RecordSchema, registry
from hub_contracts.fields import OneOf, Record, Several, Whole
from hub_contracts.language import Language

UNTIL = date(2027, 6, 30)
V1, V2 = "KettleBoiled", "KettleBoiled.v2"


class Drink(StrEnum):
    """Contents of a cup in version 1."""

    TEA = "tea"
    COFFEE = "coffee"


class HerbalDrink(StrEnum):
    """Contents of a cup in version 2."""

    TEA = "tea"
    COFFEE = "coffee"
    HERBAL = "herbal"


@dataclass(frozen=True, kw_only=True)
class Cup:
    """A cup that was poured."""

    drink: str


class CupSchema(RecordSchema):
    """Read and write a cup of version 1."""

    makes = Cup
    drink = OneOf(Drink, "What is in it")


class HerbalCupSchema(RecordSchema):
    """Cup, with a new code: the reason for a version 2."""

    makes = Cup
    drink = OneOf(HerbalDrink, "What is in it")


@dataclass(frozen=True, kw_only=True)
class Boiled(Event):
    """Identity of the kettle that an event is about."""

    publisher: ClassVar[str] = "kitchen"
    about: ClassVar[str] = "kettles/{number}"

    number: int
    cups: list[Cup]


@dataclass(frozen=True, kw_only=True)
class KettleBoiled(Boiled):
    """Water came to the boil in a kettle.

    Published once it has.
    """

    published_until: ClassVar[date | None] = UNTIL


@dataclass(frozen=True, kw_only=True)
class KettleBoiledV2(Boiled):
    """Water came to the boil in a kettle.

    Published once it has.
    """

    version: ClassVar[int] = 2


class KettleBoiledSchema(RecordSchema):
    """Read and write version 1."""

    makes = KettleBoiled
    number = Whole("The kettle")
    cups = Several(Record(CupSchema, "A cup"), "What was poured")


class KettleBoiledV2Schema(RecordSchema):
    """Read and write version 2."""

    makes = KettleBoiledV2
    number = Whole("The kettle")
    cups = Several(Record(HerbalCupSchema, "A cup"), "What was poured")


def module(*schemas_: type[RecordSchema]) -> ModuleType:
    """A module of the published language that holds these."""
    made = ModuleType("kitchen")
    vars(made).update({schema.__name__: schema for schema in schemas_})
    return made


EVENTS_OF_BOTH = registry((module(KettleBoiledSchema, KettleBoiledV2Schema),))


def both(folder: Path, marks: dict[str, type[Event]]) -> Language:
    """Both versions, with samples in a folder."""
    for key, event in EVENTS_OF_BOTH.items():
        for case, drink in (("one_cup", "tea"), ("another", "coffee")):
            (folder / f"{key}.{case}.json").write_text(json.dumps(envelope(event, drink)))
    return Language(EVENTS_OF_BOTH, marks, folder)


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
