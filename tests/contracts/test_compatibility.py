"""What has been released keeps being readable."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub_contracts import generate
from hub_contracts.compatibility import breaks
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.enrolment import SchoolChanged, SessionCompleted

RELEASED = Path(__file__).parents[2] / "docs" / "events" / "released"

TODAY = datetime.now(UTC).date()
Change = Callable[[dict[str, Any]], Any]


def test_todays_schemas_keep_what_was_released() -> None:
    assert generate.broken(RELEASED.parent, TODAY) == []


def test_every_event_has_been_released() -> None:
    """An event that nobody compares could change under its readers: run `--release` with a new one."""
    assert {path.name for path in RELEASED.iterdir()} == set(generate.schemas())


def mark(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["$defs"]["Mark"]
    return found


BREAKS: dict[str, tuple[Change, str]] = {
    "a field removed": (lambda s: s["properties"].pop("present_n"), "/present_n: removed"),
    "a new field required": (
        lambda s: (s["properties"].update(x={"type": "string"}), s["required"].append("x")),
        "/x: now required",
    ),
    "a field no longer required": (
        lambda s: s["required"].remove("present_n"),
        "/present_n: no longer required",
    ),
    "another type": (
        lambda s: s["properties"]["present_n"].update(type="string"),
        "/present_n: type changed from 'integer' to 'string'",
    ),
    "another format": (
        lambda s: s["properties"]["held_on"].update(format="date-time"),
        "/held_on: format changed from 'date' to 'date-time'",
    ),
    "a smaller range": (
        lambda s: s["properties"]["present_n"].update(minimum=1),
        "/present_n: minimum changed from 0 to 1",
    ),
    "a new range": (
        lambda s: s["properties"]["present_n"].update(maximum=30),
        "/present_n: maximum changed from None to 30",
    ),
    "a code less": (
        lambda s: mark(s)["properties"]["mark"]["enum"].remove("late"),
        "/$defs/Mark/mark: 'late' is no longer a code",
    ),
    "a code more": (
        lambda s: mark(s)["properties"]["mark"]["enum"].append("online"),
        "/$defs/Mark/mark: 'online' is a new code, which older readers refuse",
    ),
    "a list of codes where there was none": (
        lambda s: mark(s)["properties"]["urn"].update(enum=["110623"]),
        "/$defs/Mark/urn: enum added",
    ),
    "a list of codes gone": (
        lambda s: mark(s)["properties"]["mark"].pop("enum"),
        "/$defs/Mark/mark: enum removed",
    ),
    "a record's field removed": (lambda s: mark(s)["properties"].pop("urn"), "/$defs/Mark/urn: removed"),
    "a record's new field required": (
        lambda s: mark(s)["required"].append("x"),
        "/$defs/Mark/x: now required",
    ),
    "other items": (
        lambda s: s["properties"]["marks"]["items"].update({"$ref": "#/$defs/Other"}),
        "/marks/items: $ref changed from '#/$defs/Mark' to '#/$defs/Other'",
    ),
    "closed to further fields": (
        lambda s: s.update(additionalProperties=False),
        "/: additionalProperties changed from None to False",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found_and_named(name: str) -> None:
    change, said = BREAKS[name]
    released = json_schema(SessionCompleted)
    current = copy.deepcopy(released)
    change(current)
    assert list(breaks(released, current)) == [said]


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


@pytest.mark.parametrize("change", ["--write", "--check", "--release"])
def test_a_break_stops_the_generator(tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str) -> None:
    to = ["--to", str(tmp_path)]
    assert generate.main(["--release", *to]) == 0
    path = tmp_path / "released" / "SchoolChanged.1.json"
    before = json_schema(SchoolChanged)
    before["properties"]["headteacher_id"] = {"type": "string"}
    path.write_text(json.dumps(before))
    (tmp_path / "released" / "SchoolMoved.1.json").write_text("{}")
    capsys.readouterr()
    assert generate.main([change, *to]) == 1
    assert capsys.readouterr().out.splitlines()[1:] == [
        "SchoolChanged.1.json /headteacher_id: removed",
        "SchoolMoved.1.json: removed",
    ]
    assert json.loads(path.read_text()) == before
