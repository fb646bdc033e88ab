"""The OpenAPI document of visits in release 1, and ways to change it."""

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

from hub_local.releases.operations import broken
from hub_local.releases.store import FOLDER

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
    """The schema of a visit in answers."""
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
