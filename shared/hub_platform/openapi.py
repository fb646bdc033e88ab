"""A service's interface described in OpenAPI 3.1, made from its routes."""

import re
from http import HTTPStatus
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from hub_platform import __version__
from hub_platform.access import ANYONE
from hub_platform.json_values import JsonObject
from hub_platform.problems import MEDIA_TYPE
from hub_platform.routes import PAGE, Raw, Route, routes_of

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "for a person"},
        "code": {"type": "string", "description": "stable, for a program"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}

# The headers that `idempotency` and `headers.read_expected` read.
KEY: JsonObject = {"minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]*[!-~])?$"}
ETAG: JsonObject = {"pattern": '^(W/)?"[0-9]+"$'}


def describe(service_class: type) -> JsonObject:
    """The OpenAPI document of a service class, every route in it."""
    name = str(service_class.name)  # type: ignore[attr-defined]
    spec = APISpec(
        f"Hub Operations: {name}",
        __version__,
        "3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
    )
    spec.components.schema("Problem", PROBLEM)
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for method_name, route in sorted(routes_of(service_class).items()):
        operation = _operation(method_name, route, getattr(service_class, method_name).__doc__ or "")
        spec.path(path=_template(route.url), operations={route.method.lower(): operation})
    document: JsonObject = _with_patterns_for_all(spec.to_dict())
    for path in document["paths"].values():
        for operation in path.values():
            operation["parameters"] = [_sent(parameter) for parameter in operation["parameters"]]
    return document


def _operation(method_name: str, route: Route, doc: str) -> JsonObject:
    summary, _, description = doc.strip().partition("\n\n")
    operation: JsonObject = {
        "operationId": method_name,
        "summary": summary.strip(),
        "description": re.sub(r"\s+", " ", description).strip(),
        "parameters": [*_path_parameters(route.url), *_headers(route)],
        "responses": _responses(route),
        "security": [] if route.allow == ANYONE else [{"bearer": []}],
        "x-roles": sorted(route.allow),
    }
    if route.query is not None or route.paged:
        operation["parameters"].append({"in": "query", "schema": route.query_schema})
    if isinstance(route.body, Raw):
        file = {"type": "string", "minLength": 1}
        content = {media_type: {"schema": file} for media_type in route.body.media_types}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.body_schema is not None:
        body = _without_path(route.body_schema, route.url)
        needed = any(field.required for field in body.fields.values())
        operation["requestBody"] = {"required": needed, "content": {"application/json": {"schema": body}}}
    return operation


def _responses(route: Route) -> JsonObject:
    answer: object = route.answer_schema or {}
    if route.paged:
        answer = {
            "type": "object",
            "properties": {"items": {"type": "array", "items": answer}, "next": {"type": ["string", "null"]}},
        }
    problem: JsonObject = {
        "description": "A problem",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    usual, *others = route.media_types
    content = {usual: {"schema": answer}} | {other: {} for other in others}
    good = {str(route.status): {"description": "Done", "content": content}}
    if route.status == HTTPStatus.CREATED:
        good["200"] = {"description": "Already exists; unchanged", "content": content}
    if route.sign_in_at is not None:
        good["303"] = {"description": "Sign in first"}
    if usual == PAGE:
        problem["content"][PAGE] = {}  # said on the page
    return good | {"default": problem}


def _headers(route: Route) -> list[JsonObject]:
    """PUT and PATCH need one of the two that name a revision, which OpenAPI has no words for."""
    named = {
        "POST": {"Idempotency-Key": KEY},
        "PUT": {"If-Match": ETAG, "If-None-Match": {"const": "*"}},
        "PATCH": {"If-Match": ETAG},
    }.get(route.method, {})
    return [
        {"in": "header", "name": name, "required": False, "schema": {"type": "string"} | schema}
        for name, schema in named.items()
    ]


def _path_parameters(path: str) -> list[JsonObject]:
    return [
        {
            "in": "path",
            "name": name,
            "required": True,
            "schema": {"type": "string", "format": "uuid"}
            if f"<uuid:{name}>" in path
            else {"type": "string"},
        }
        for name in re.findall(r"<(?:[^:>]+:)?(\w+)>", path)
    ]


def _without_path(schema: Schema, path: str) -> Schema:
    """The body as it is sent: what the address says is not in it."""
    in_path = {name for name in re.findall(r"<(?:\w+:)?(\w+)>", path) if name in schema.fields}
    return type(schema)(exclude=sorted(in_path)) if in_path else schema


def _with_patterns_for_all(value: Any) -> Any:  # Any: a JSON value of any type
    """Patterns as ECMA-262 has them, which JSON Schema asks for: it ends a text by $ and begins anywhere."""
    if isinstance(value, list):
        return [_with_patterns_for_all(one) for one in value]
    if not isinstance(value, dict):
        return value
    told = {name: _with_patterns_for_all(one) for name, one in value.items()}
    pattern = told.get("pattern")
    if isinstance(pattern, str) and pattern.endswith(r"\Z"):
        told["pattern"] = f"^(?:{pattern[:-2].removeprefix('^')})$"
    return told


def _sent(parameter: JsonObject) -> JsonObject:
    """Return the schema of a parameter as sent: an absent one is null inside, but null is never sent."""
    schema = dict(parameter["schema"])
    if isinstance(schema.get("type"), list):
        schema["type"] = next(kind for kind in schema["type"] if kind != "null")
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    if schema.get("default", "") is None:
        del schema["default"]
    return parameter | {"schema": schema}


def _template(path: str) -> str:
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", path)


def _name(schema: object) -> str:
    cls = schema if isinstance(schema, type) else type(schema)
    return str(cls.__name__).removesuffix("Schema")
