"""Routes, parameters, bodies, answers and problems in a service's OpenAPI document."""

import json
import warnings
from typing import Any

import jsonschema
import pytest
from marshmallow import ValidationError
from parcels.service import SortingService

from hub_platform.openapi import PROBLEM, describe
from hub_platform.problems import MEDIA_TYPE, Problem, problem_of, response_of

PARCELS = "/sorting/v1/parcels"
JSON = "application/json"


@pytest.fixture(name="document", scope="module")
def _document() -> dict[str, Any]:
    with warnings.catch_warnings():  # the example's POST and PUT share a schema, less what the address says
        warnings.simplefilter("ignore", UserWarning)
        return describe(SortingService)


def operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][path][method]
    return found


def body_schema(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """The schema of a JSON body, without its reference."""
    schema = operation(document, method, path)["requestBody"]["content"][JSON]["schema"]
    named: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return named


@pytest.mark.parametrize(
    "problem",
    [
        Problem(409, "already_sorted", "This parcel lies on its shelf already."),
        problem_of(ValidationError({"weight": ["Must be greater than or equal to 1."]})),
        problem_of(RuntimeError("secret")),
    ],
    ids=["a refusal", "a bad value", "a fault"],
)
def test_every_problem_is_as_it_is_described(problem: Problem) -> None:
    body = json.loads(response_of(problem).get_data())
    jsonschema.validate(body, PROBLEM)
    assert set(PROBLEM["required"]) == body.keys() - {"errors"}
    assert body.keys() <= PROBLEM["properties"].keys()  # type: ignore[attr-defined]


@pytest.mark.parametrize("missing", ["type", "title", "status", "detail", "code"])
def test_a_problem_without_one_of_its_parts_is_not_as_it_is_described(missing: str) -> None:
    body = json.loads(response_of(Problem(404, "unknown", "No.", errors=[("/a", "No.")])).get_data())
    assert body["errors"] == [{"pointer": "/a", "detail": "No."}]
    del body[missing]
    with pytest.raises(jsonschema.ValidationError, match=missing):
        jsonschema.validate(body, PROBLEM)


def test_a_problems_errors_are_pairs_of_pointer_and_detail() -> None:
    errors = PROBLEM["properties"]["errors"]  # type: ignore[index]
    assert errors["type"] == "array"
    assert errors["items"]["type"] == "object"
    assert errors["items"]["properties"] == {"pointer": {"type": "string"}, "detail": {"type": "string"}}


def test_a_value_of_the_address_is_a_parameter_and_no_part_of_the_body(document: dict[str, Any]) -> None:
    put = operation(document, "put", f"{PARCELS}/{{number}}")
    (number,) = (one for one in put["parameters"] if one["in"] == "path")
    assert number == {"in": "path", "name": "number", "required": True, "schema": {"type": "string"}}
    assert body_schema(document, "put", f"{PARCELS}/{{number}}")["properties"].keys() == {"weight"}
    assert body_schema(document, "post", PARCELS)["properties"].keys() == {"number", "weight"}


def test_a_body_says_what_it_needs_and_takes_nothing_else(document: dict[str, Any]) -> None:
    schema = body_schema(document, "post", PARCELS)
    assert schema["required"] == ["number", "weight"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["weight"] == {"type": "integer", "minimum": 1}
    assert operation(document, "post", PARCELS)["requestBody"]["required"] is True


def test_a_file_is_a_body_that_is_not_empty(document: dict[str, Any]) -> None:
    body = operation(document, "post", "/sorting/v1/bytes")["requestBody"]
    assert body == {
        "required": True,
        "content": {"text/csv": {"schema": {"type": "string", "minLength": 1}}},
    }


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("get", PARCELS, {}),
        ("post", PARCELS, {"Idempotency-Key": {"minLength", "maxLength", "pattern", "type"}}),
        (
            "put",
            f"{PARCELS}/{{number}}",
            {"If-Match": {"pattern", "type"}, "If-None-Match": {"const", "type"}},
        ),
    ],
)
def test_the_headers_of_a_method_are_described_and_none_is_required(
    document: dict[str, Any], method: str, path: str, headers: dict[str, set[str]]
) -> None:
    told = [one for one in operation(document, method, path)["parameters"] if one["in"] == "header"]
    assert {one["name"]: set(one["schema"]) for one in told} == headers
    for one in told:
        assert one["schema"]["type"] == "string"
        assert one["required"] is False


@pytest.mark.parametrize(
    ("key", "good"),
    [("a", True), ("a b", True), ("x" * 200, True), ("", False), (" a", False), ("x" * 201, False)],
)
def test_an_idempotency_key_is_described_as_it_is_taken(
    document: dict[str, Any], key: str, good: bool
) -> None:
    (header,) = operation(document, "post", "/sorting/v1/bytes")["parameters"]
    assert jsonschema.Draft202012Validator(header["schema"]).is_valid(key) is good


@pytest.mark.parametrize(("tag", "good"), [('"1"', True), ('W/"12"', True), ("1", False), ('""', False)])
def test_an_etag_is_described_as_it_is_taken(document: dict[str, Any], tag: str, good: bool) -> None:
    parameters = operation(document, "put", f"{PARCELS}/{{number}}")["parameters"]
    (header,) = (one for one in parameters if one["name"] == "If-Match")
    assert jsonschema.Draft202012Validator(header["schema"]).is_valid(tag) is good


def test_a_list_has_items_and_the_cursor_of_the_next_page(document: dict[str, Any]) -> None:
    get = operation(document, "get", PARCELS)
    schema = get["responses"]["200"]["content"][JSON]["schema"]
    assert schema["type"] == "object"
    assert schema["properties"]["items"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Parcel"},
    }
    assert schema["properties"]["next"] == {"type": ["string", "null"]}
    query = {one["name"]: one["schema"]["type"] for one in get["parameters"] if one["in"] == "query"}
    assert query == {"limit": "integer", "after": "string"}


@pytest.mark.parametrize(
    ("method", "path", "answers"),
    [
        ("get", PARCELS, {"200", "default"}),
        ("post", PARCELS, {"201", "200", "default"}),
        ("put", f"{PARCELS}/{{number}}", {"200", "default"}),
        ("get", "/sorting/page", {"200", "303", "default"}),
    ],
)
def test_the_answers_of_a_route_are_described(
    document: dict[str, Any], method: str, path: str, answers: set[str]
) -> None:
    responses = operation(document, method, path)["responses"]
    assert responses.keys() == answers
    problem = responses["default"]["content"][MEDIA_TYPE]["schema"]
    assert problem == {"$ref": "#/components/schemas/Problem"}


@pytest.mark.parametrize(
    ("path", "roles", "security"),
    [
        ("/sorting/v1/bytes", ["sorter"], [{"bearer": []}]),
        ("/sorting/v1/anyones-bytes", ["anyone"], []),
    ],
)
def test_a_route_says_who_may_use_it_and_with_what(
    document: dict[str, Any], path: str, roles: list[str], security: list[dict[str, list[str]]]
) -> None:
    told = operation(document, "post", path)
    assert (told["x-roles"], told["security"]) == (roles, security)
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
