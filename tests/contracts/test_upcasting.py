"""A version that is withdrawn: no earlier than was promised, and readable for ever."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.kettles import (
    EVENTS_OF_BOTH,
    UNTIL,
    V1,
    V2,
    KettleBoiled,
    KettleBoiledSchema,
    KettleBoiledV2,
    KettleBoiledV2Schema,
    both,
    envelope,
    only,
)

from hub_contracts import InvalidData, UnknownEvent, reading
from hub_contracts.compatibility import Rule
from hub_contracts.language import Language
from hub_contracts.released import EVENTS_OF, broken, files
from hub_contracts.upcasting import UnknownVersion, Upcaster, newest, read


@pytest.fixture(name="language")
def _language(tmp_path: Path) -> Language:
    return both(tmp_path, {})


def stored(folder: Path, language: Language, number: int = 0) -> None:
    for name, text in files(language).items():
        path = folder / str(number) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_version_2_together_with_version_1_breaks_no_subscriber(tmp_path: Path, language: Language) -> None:
    stored(tmp_path / "releases", only(KettleBoiledSchema))
    assert broken(tmp_path / "releases", UNTIL, language) == []
    assert f"{EVENTS_OF}/KettleBoiled.2.json" in files(language)


def in_cups(data: Mapping[str, Any]) -> dict[str, Any]:
    """From version 1 to version 2: the same facts."""
    return dict(data)


UPCASTERS = {("KettleBoiled", 1): in_cups}
EARLY = f"({Rule.KEEPS_VERSION})"
UNREAD = f"has no class and no upcaster ({Rule.STAYS_READABLE})"


@pytest.mark.parametrize(
    ("days", "upcasters", "said"),
    [
        (0, UPCASTERS, [f"/: removed, but promised until 2027-06-30 {EARLY}"]),
        (1, UPCASTERS, []),
        (1, {}, [f"/: sample another {UNREAD}", f"/: sample one_cup {UNREAD}"]),
    ],
)
def test_version_1_goes_no_earlier_than_was_promised_and_stays_readable(
    tmp_path: Path, language: Language, days: int, upcasters: dict[tuple[str, int], Upcaster], said: list[str]
) -> None:
    stored(tmp_path / "releases", language)
    later = replace(only(KettleBoiledV2Schema), upcasters=upcasters)
    expected = [f"release 0: KettleBoiled.1 {each}" for each in said]
    assert broken(tmp_path / "releases", UNTIL + timedelta(days), later) == expected


def test_an_upcaster_that_version_2_refuses_is_named_with_the_field(
    tmp_path: Path, language: Language
) -> None:
    stored(tmp_path / "releases", language)
    wrong: dict[tuple[str, int], Upcaster] = {("KettleBoiled", 1): lambda data: {"cups": data["cups"]}}
    later = replace(only(KettleBoiledV2Schema), upcasters=wrong)
    told = broken(tmp_path / "releases", UNTIL + timedelta(1), later)
    rule = f"({Rule.STAYS_READABLE})"
    assert told == [
        f"release 0: KettleBoiled.1 /number: sample {case} is refused {rule}"
        for case in ("another", "one_cup")
    ]


def test_an_old_event_is_read_by_its_class_or_through_upcasters() -> None:
    data = {"number": 1, "cups": [{"drink": "tea"}]}
    first = read("KettleBoiled", 1, data, EVENTS_OF_BOTH, UPCASTERS)
    assert type(first) is KettleBoiled
    without = {V2: KettleBoiledV2}
    second = read("KettleBoiled", 1, data, without, UPCASTERS)
    assert type(second) is KettleBoiledV2
    assert newest(first, EVENTS_OF_BOTH, UPCASTERS) == newest(second, EVENTS_OF_BOTH, UPCASTERS) == second
    assert newest(first, EVENTS_OF_BOTH, {}) is first
    for version in (2, 3):
        with pytest.raises(UnknownVersion, match=f"KettleBoiled, version {version}"):
            read("KettleBoiled", version, data, {V1: KettleBoiled}, UPCASTERS)


def test_a_message_of_a_version_without_a_class_is_read_as_the_next_version() -> None:
    message = envelope(KettleBoiled, "tea")
    received = reading.read(message, {V2: KettleBoiledV2}, UPCASTERS)
    assert received.event == KettleBoiledV2.from_data(message["data"])
    assert (received.key, received.revision) == (V2, 1)
    with pytest.raises(UnknownEvent, match="KettleBoiled, version 1"):
        reading.read(message, {V2: KettleBoiledV2})
    message["data"]["cups"] = None
    with pytest.raises(InvalidData, match="data of KettleBoiled is invalid: cups"):
        reading.read(message, {V2: KettleBoiledV2}, UPCASTERS)


def test_upcasters_lead_over_versions_without_a_class() -> None:
    steps: dict[tuple[str, int], Upcaster] = {
        ("KettleBoiled", 0): lambda data: {"number": data["kettle"]},
        ("KettleBoiled", 1): lambda data: {**data, "cups": []},
    }
    read_now = read("KettleBoiled", 0, {"kettle": 3}, {V2: KettleBoiledV2}, steps)
    assert read_now == KettleBoiledV2(number=3, cups=[])


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2027, 7, 31), []),
        (
            date(2027, 5, 31),
            [f"published until 2027-05-31, but promised until 2027-06-30 ({Rule.KEEPS_PROMISE})"],
        ),
    ],
)
def test_a_promise_is_prolonged_and_never_shortened(
    tmp_path: Path, language: Language, monkeypatch: pytest.MonkeyPatch, day: date, said: list[str]
) -> None:
    stored(tmp_path / "releases", language)
    monkeypatch.setattr(KettleBoiled, "published_until", day)
    expected = [f"release 0: KettleBoiled.1 /: {each}" for each in said]
    assert broken(tmp_path / "releases", UNTIL, language) == expected
