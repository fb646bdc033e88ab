"""A service's interface described in OpenAPI 3.1, made from its routes."""

import re
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from hub_platform import __version__
from hub_platform.access import ANYONE
from hub_platform.problems import MEDIA_TYPE
from hub_platform.routes import Raw, Route, routes_of

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


def describe(service_class: type) -> dict[str, Any]:
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
    document: dict[str, Any] = spec.to_dict()
    return document


def _operation(method_name: str, route: Route, doc: str) -> dict[str, Any]:
    summary, _, description = doc.strip().partition("\n\n")
    operation: dict[str, Any] = {
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
        operation["requestBody"] = {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
    elif route.body_schema is not None:
        body = _without_path(route.body_schema, route.url)
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return operation


def _responses(route: Route) -> dict[str, Any]:
    answer: Any = route.answer_schema or {}
    if route.paged:
        answer = {
            "type": "object",
            "properties": {"items": {"type": "array", "items": answer}, "next": {"type": ["string", "null"]}},
        }
    problem = {
        "description": "A problem",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    good = {"description": "Done", "content": {route.media_type: {"schema": answer}}}
    return {str(route.status): good, "default": problem}


def _headers(route: Route) -> list[dict[str, Any]]:
    name = {"POST": "Idempotency-Key", "PUT": "If-Match", "PATCH": "If-Match"}.get(route.method)
    return [{"in": "header", "name": name, "required": False, "schema": {"type": "string"}}] if name else []


def _path_parameters(path: str) -> list[dict[str, Any]]:
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


def _template(path: str) -> str:
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", path)


def _name(schema: Any) -> str:
    cls = schema if isinstance(schema, type) else type(schema)
    return str(cls.__name__).removesuffix("Schema")
