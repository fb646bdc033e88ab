"""A change of an HTTP interface that breaks a client of a release is named with operation, field and rule."""

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from local.releases.operations import Rule, broken
from local.releases.store import FOLDER

TODAY = date(2026, 11, 30)
VISITS, VISIT = "/visits/v1/visits", "/visits/v1/visits/{visit_id}"
LOG, OBLIGATIONS = f"{VISIT}/log", "/visits/v1/obligations"
RELEASED: dict[str, Any] = json.loads((FOLDER / "1" / "http" / "visits.json").read_text())
LAST = "2099-08-31T00:00:00+00:00"
Change = Callable[[dict[str, Any]], Any]


def operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method]
    return found


def parameter(document: dict[str, Any], path: str, name: str) -> dict[str, Any]:
    (found,) = (one for one in operation(document, "get", path)["parameters"] if one["name"] == name)
    schema: dict[str, Any] = found["schema"]
    return schema


def body(document: dict[str, Any], path: str) -> dict[str, Any]:
    content = operation(document, "post", path)["requestBody"]["content"]["application/json"]["schema"]
    return named(document, content["$ref"].rpartition("/")[2])


def answer(document: dict[str, Any]) -> dict[str, Any]:
    """What a visit is answered with."""
    content = operation(document, "get", VISIT)["responses"]["200"]["content"]["application/json"]["schema"]
    return named(document, content["$ref"].rpartition("/")[2])


def named(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def asks_for(name: str, *, required: bool) -> dict[str, Any]:
    return {"in": "query", "name": name, "required": required, "schema": {"type": "string"}}


def changed(change: Change) -> list[str]:
    current = copy.deepcopy(RELEASED)
    change(current)
    return [str(each) for each in broken("visits", RELEASED, current, TODAY)]


BREAKS: dict[str, tuple[Change, str, Rule]] = {
    "an operation removed": (lambda d: d["paths"].pop(LOG), f"POST {LOG}: removed", Rule.STAYS),
    "a method removed": (lambda d: d["paths"][VISITS].pop("post"), f"POST {VISITS}: removed", Rule.STAYS),
    "a parameter removed": (
        lambda d: operation(d, "get", OBLIGATIONS)["parameters"].remove(
            next(one for one in operation(d, "get", OBLIGATIONS)["parameters"] if one["name"] == "urn")
        ),
        f"GET {OBLIGATIONS} query urn: removed",
        Rule.ACCEPTS_AS_MUCH,
    ),
    "a new parameter required": (
        lambda d: operation(d, "get", OBLIGATIONS)["parameters"].append(asks_for("year", required=True)),
        f"GET {OBLIGATIONS} query year: a new parameter is required",
        Rule.ACCEPTS_AS_MUCH,
    ),
    "a code of a parameter less": (
        lambda d: parameter(d, OBLIGATIONS, "status")["enum"].remove("met"),
        f"GET {OBLIGATIONS} query status: codes changed: ['met'] removed, [] added",
        Rule.ACCEPTS_AS_MUCH,
    ),
    "a narrower parameter": (
        lambda d: parameter(d, OBLIGATIONS, "half_term").update(pattern="^2026-[1-6]$"),
        f"GET {OBLIGATIONS} query half_term: pattern changed from '^(?:[0-9]{{4}}-[1-6])$' to '^2026-[1-6]$'",
        Rule.ACCEPTS_AS_MUCH,
    ),
    "another default": (
        lambda d: parameter(d, OBLIGATIONS, "limit").update(default=10),
        f"GET {OBLIGATIONS} query limit: default changed from 50 to 10",
        Rule.ACCEPTS_AS_MUCH,
    ),
    "a field of a request renamed": (
        lambda d: body(d, VISITS)["properties"].update(kinds=body(d, VISITS)["properties"].pop("kind")),
        f"POST {VISITS} body /kind: removed",
        Rule.ACCEPTS_AS_MUCH,
    ),
    "a field of a request now required": (
        lambda d: body(d, VISITS)["required"].append("note"),
        f"POST {VISITS} body /note: now required",
        Rule.ACCEPTS_AS_MUCH,
    ),
    "a shorter text": (
        lambda d: body(d, LOG)["properties"]["note"].update(maxLength=10),
        f"POST {LOG} body /note: maxLength changed from 10000 to 10",
        Rule.ACCEPTS_AS_MUCH,
    ),
    "an earlier last day": (
        lambda d: body(d, VISITS)["properties"]["planned_at"].update(
            {"x-maximum": "2050-08-31T00:00:00+00:00"}
        ),
        f"POST {VISITS} body /planned_at: x-maximum changed from '{LAST}' to '2050-08-31T00:00:00+00:00'",
        Rule.ACCEPTS_AS_MUCH,
    ),
    "another media type of a request": (
        lambda d: operation(d, "post", VISITS)["requestBody"].update(content={"text/csv": {}}),
        f"POST {VISITS} body: application/json removed",
        Rule.ACCEPTS_AS_MUCH,
    ),
    "a field of an answer removed": (
        lambda d: answer(d)["properties"].pop("urn"),
        f"GET {VISIT} answer 200 /urn: removed",
        Rule.SAYS_AS_MUCH,
    ),
    "a field of an answer has another type": (
        lambda d: answer(d)["properties"]["urn"].update(type="integer"),
        f"GET {VISIT} answer 200 /urn: type changed from 'string' to 'integer'",
        Rule.SAYS_AS_MUCH,
    ),
    "a field of an answer may be null": (
        lambda d: answer(d)["properties"]["urn"].update(type=["string", "null"]),
        f"GET {VISIT} answer 200 /urn: type changed from 'string' to 'string or null'",
        Rule.SAYS_AS_MUCH,
    ),
    "a field of an answer has another format": (
        lambda d: answer(d)["properties"]["visit_id"].pop("format"),
        f"GET {VISIT} answer 200 /visit_id: format changed from 'uuid' to None",
        Rule.SAYS_AS_MUCH,
    ),
    "an answer removed": (
        lambda d: operation(d, "get", VISIT)["responses"].pop("200"),
        f"GET {VISIT} answer 200: removed",
        Rule.SAYS_AS_MUCH,
    ),
    "another media type of an answer": (
        lambda d: operation(d, "get", VISIT)["responses"]["200"].update(content={"text/csv": {}}),
        f"GET {VISIT} answer 200: application/json removed",
        Rule.SAYS_AS_MUCH,
    ),
    "a role less": (
        lambda d: operation(d, "get", VISIT)["x-roles"].remove("pd_lead"),
        f"GET {VISIT}: no longer for pd_lead",
        Rule.ADMITS_AS_MANY,
    ),
    "a credential where none was needed": (
        lambda d: operation(d, "get", "/visits/health/live").update(security=[{"bearer": []}]),
        "GET /visits/health/live: credential changed from none to bearer",
        Rule.ADMITS_AS_MANY,
    ),
    "another credential": (
        lambda d: operation(d, "get", VISIT).update(security=[{"key": []}]),
        f"GET {VISIT}: credential changed from bearer to key",
        Rule.ADMITS_AS_MANY,
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found_and_named(name: str) -> None:
    change, said, rule = BREAKS[name]
    assert f"{said} ({rule})" in changed(change)


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_names_only_operations_that_it_breaks(name: str) -> None:
    """A schema that several operations share breaks each; nothing else is named."""
    change, said, _ = BREAKS[name]
    assert {line.partition(": ")[2].rpartition(" (")[0] for line in changed(change)} == {
        said.partition(": ")[2]
    }


COMPATIBLE: dict[str, Change] = {
    "a new operation": lambda d: d["paths"].update({"/visits/v1/new": d["paths"][VISITS]}),
    "a new parameter": lambda d: operation(d, "get", VISIT)["parameters"].append(
        asks_for("x", required=False)
    ),
    "a new field of a request": lambda d: body(d, VISITS)["properties"].update(weather={"type": "string"}),
    "a field of a request no longer required": lambda d: body(d, VISITS)["required"].remove("kind"),
    "a code of a parameter more": lambda d: parameter(d, OBLIGATIONS, "status")["enum"].append("waived"),
    "a longer text": lambda d: body(d, LOG)["properties"]["note"].update(maxLength=20000),
    "no limit": lambda d: body(d, LOG)["properties"]["note"].pop("maxLength"),
    "a request that may be null": lambda d: body(d, LOG)["properties"]["note"].update(
        type=["string", "null"]
    ),
    "a new field of an answer": lambda d: answer(d)["properties"].update(weather={"type": "string"}),
    "an answer of another status": lambda d: operation(d, "get", VISIT)["responses"].update({"206": {}}),
    "a field of an answer is now always there": lambda d: answer(d).update(required=["urn"]),
    "a field of an answer in narrower limits": lambda d: answer(d)["properties"]["urn"].update(maxLength=6),
    "a role more": lambda d: operation(d, "get", VISIT)["x-roles"].append("board"),
    "whoever has signed in": lambda d: operation(d, "get", VISIT).update({"x-roles": ["signed in"]}),
    "anyone, without a credential": lambda d: operation(d, "get", VISIT).update(
        {"x-roles": ["anyone"], "security": []}
    ),
    "another name of a path parameter": lambda d: d["paths"].update(
        {"/visits/v1/visits/{id}": d["paths"].pop(VISIT)}
    ),
    "other words": lambda d: operation(d, "get", VISIT).update(summary="X", description="Y", operationId="z"),
    "a schema of another name": lambda d: (
        d["components"]["schemas"].update(Appointment=copy.deepcopy(named(d, "Visit"))),
        operation(d, "get", VISIT)["responses"]["200"]["content"]["application/json"].update(
            schema={"$ref": "#/components/schemas/Appointment"}
        ),
    ),
}


@pytest.mark.parametrize("name", COMPATIBLE)
def test_a_compatible_change_is_let_through(name: str) -> None:
    assert changed(COMPATIBLE[name]) == []


@pytest.mark.parametrize(("day", "said"), [(date(2027, 3, 31), 1), (date(2027, 4, 1), 0)])
@pytest.mark.parametrize("what", ["operation", "parameter", "field of a request", "field of an answer"])
def test_what_is_announced_to_go_goes_after_its_last_day(what: str, day: date, said: int) -> None:
    released, until = copy.deepcopy(RELEASED), {"x-published-until": "2027-03-31"}
    current = copy.deepcopy(RELEASED)
    if what == "operation":
        operation(released, "post", LOG).update(until)
        del current["paths"][LOG]
    elif what == "parameter":
        parameter(released, OBLIGATIONS, "urn").update(until)
        parameters = operation(current, "get", OBLIGATIONS)["parameters"]
        parameters[:] = [one for one in parameters if one["name"] != "urn"]
    else:
        record = body if what == "field of a request" else lambda document, _: answer(document)
        record(released, LOG)["properties"]["new"] = until
    told = {str(each).partition(" answer")[0] for each in broken("visits", released, current, day)}
    assert bool(told) == bool(said)


def test_an_announced_end_is_only_postponed() -> None:
    released, current = copy.deepcopy(RELEASED), copy.deepcopy(RELEASED)
    operation(released, "post", LOG)["x-published-until"] = "2027-03-31"
    for day, said in (("2027-04-30", 0), ("2027-02-28", 1)):
        operation(current, "post", LOG)["x-published-until"] = day
        assert len(list(broken("visits", released, current, TODAY))) == said


def test_pages_are_for_people_and_may_change() -> None:
    reporting = json.loads((FOLDER / "1" / "http" / "reporting.json").read_text())
    current = copy.deepcopy(reporting)
    for path in ("/", "/sign-in", "/reports/{name}"):
        del current["paths"][path]
    assert list(broken("reporting", reporting, current, TODAY)) == []


def test_a_record_that_contains_itself_is_compared_once() -> None:
    released = copy.deepcopy(RELEASED)
    answer(released)["properties"]["previous"] = {"$ref": "#/components/schemas/Tree"}
    released["components"]["schemas"]["Tree"] = {
        "type": "object",
        "properties": {"depth": {"type": "integer"}, "branch": {"$ref": "#/components/schemas/Tree"}},
    }
    current = copy.deepcopy(released)
    named(current, "Tree")["properties"]["depth"]["type"] = "string"
    told = {str(each) for each in broken("visits", released, current, TODAY)}
    said = f"GET {VISIT} answer 200 /previous/depth: type changed from 'integer' to 'string'"
    assert f"{said} ({Rule.SAYS_AS_MUCH})" in told
