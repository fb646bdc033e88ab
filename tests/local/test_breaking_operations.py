"""A change of an HTTP interface that breaks a client of a release is named with operation, field and rule."""

import pytest
from tests.local.visits_document import (
    LAST,
    LOG,
    OBLIGATIONS,
    VISIT,
    VISITS,
    Change,
    answer,
    asks_for,
    body,
    changed,
    operation,
    parameter,
)

from hub_local.releases.operations import Rule

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
