"""Compatible changes of an HTTP interface, announced removals, and parts that are not compared."""

import copy
import json
from datetime import date

import pytest
from tests.local.visits_document import (
    LOG,
    OBLIGATIONS,
    RELEASED,
    TODAY,
    VISIT,
    VISITS,
    Change,
    answer,
    asks_for,
    body,
    changed,
    named,
    operation,
    parameter,
)

from hub_local.releases.operations import Rule, broken
from hub_local.releases.store import FOLDER

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
    "every signed-in account": lambda d: operation(d, "get", VISIT).update({"x-roles": ["signed in"]}),
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
