"""Renders the OpenAPI documents of the services as pages.

Pages are cached: they are public, and the longest takes a tenth of a second.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from hub_reporting.pages.templating import TEMPLATES

FOLDER: Final = Path("docs", "api")
PROBES: Final = "health, metrics and version"
ANYONE: Final = "anyone"
SIGNED_IN: Final = "signed in"

Json = Mapping[str, Any]  # a parsed object of an OpenAPI document


@dataclass(frozen=True)
class Kind:
    """The type of a value in words; `record` is the name of the schema that it refers to, or empty."""

    words: str
    record: str = ""


@dataclass(frozen=True)
class Named:
    """A parameter, or a property of a schema."""

    name: str
    kind: Kind
    meaning: str
    required: bool


@dataclass(frozen=True)
class Operation:
    """One operation: a method of a path."""

    method: str
    path: str
    operation_id: str
    summary: str
    description: str
    allowed: str  # roles with access, in words
    parameters: tuple[Named, ...]
    body: tuple[tuple[str, Kind], ...]  # media type and type of the content
    answers: tuple[tuple[str, str, Kind], ...]  # status, media type and type of the content


def folder() -> Path:
    """Return the folder of the documents, in the checkout or in an image.

    Raises:
        FileNotFoundError: they are not installed.
    """
    for parent in Path(__file__).resolve().parents:
        if (parent / FOLDER).is_dir():
            return parent / FOLDER
    raise FileNotFoundError(FOLDER)


@lru_cache(maxsize=1)
def documents() -> dict[str, str]:
    """Return the OpenAPI document of each service as text, by the service's name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder().glob("*.json"))}


@lru_cache(maxsize=2)
def index(hub_name: str) -> str:
    """Return the index of the services."""
    services = [
        (name, sum(len(operations) for operations in _groups(json.loads(text)).values()))
        for name, text in documents().items()
    ]
    return TEMPLATES.get_template("api_index.html").render(hub_name=hub_name, services=services)


@lru_cache(maxsize=8)
def service(hub_name: str, name: str) -> str | None:
    """Return the page of one service, or None for an unknown name."""
    if name not in documents():
        return None
    document = json.loads(documents()[name])
    schemas = document["components"]["schemas"]
    return TEMPLATES.get_template("api_service.html").render(
        hub_name=hub_name,
        name=name,
        version=document["info"]["version"],
        groups=_groups(document),
        schemas={title: tuple(_properties(schema)) for title, schema in sorted(schemas.items())},
    )


def _groups(document: Json) -> dict[str, list[Operation]]:
    """Return the operations by the noun of their paths, in alphabetical order; probes last."""
    found: dict[str, list[Operation]] = {}
    for path, methods in sorted(document["paths"].items()):
        for method, operation in methods.items():
            found.setdefault(_noun(path), []).append(_operation(method, path, operation))
    return dict(sorted(found.items(), key=lambda group: (group[0] == PROBES, group[0])))


def _noun(path: str) -> str:
    """Return the noun of a path: the part after the version, "pages", or the name of the group of probes."""
    parts = [part for part in path.split("/") if part]
    if "v1" in parts[:2]:
        noun = parts[parts.index("v1") + 1]
        return PROBES if noun in {"clock", "openapi.json"} else noun.replace("-", " ")
    if len(parts) > 1 and parts[1] in {"health", "metrics", "version"}:
        return PROBES
    return "pages"


def _operation(method: str, path: str, operation: Json) -> Operation:
    answers = []
    for status, answer in operation["responses"].items():
        words = "any error" if status == "default" else status
        content = answer.get("content", {}) or {"": {}}
        answers += [
            (words, media_type, _kind(held.get("schema", {}))) for media_type, held in content.items()
        ]
    body = operation.get("requestBody", {}).get("content", {})
    return Operation(
        method=method.upper(),
        path=path,
        operation_id=operation["operationId"],
        summary=operation["summary"],
        description=operation["description"],
        allowed=_allowed(operation["x-roles"]),
        parameters=tuple(
            Named(
                each["name"],
                Kind(f"{each['in']}, {_kind(each['schema']).words}"),
                each.get("description", ""),
                each["required"],
            )
            for each in operation["parameters"]
        ),
        body=tuple((media_type, _kind(held["schema"])) for media_type, held in body.items()),
        answers=tuple(answers),
    )


def _allowed(roles: list[str]) -> str:
    if roles == [ANYONE]:
        return "Anyone, without a token"
    if roles == [SIGNED_IN]:
        return "Any valid token"
    return f"Tokens of these roles: {', '.join(roles)}"


def _properties(schema: Json) -> Iterator[Named]:
    required = schema.get("required", ())
    for name, value in schema.get("properties", {}).items():
        yield Named(name, _kind(value), value.get("description", ""), name in required)


def _kind(schema: Json) -> Kind:
    """Return the type of a JSON Schema in a few words."""
    match schema:
        case {"$ref": ref}:
            return Kind("", str(ref).rpartition("/")[2])
        case {"allOf": [one]} | {"anyOf": [one, {"type": "null"}]}:
            return _kind(one)
        case {"type": "array", "items": items}:
            inner = _kind(items)
            return Kind(f"list of {inner.words}".strip(), inner.record)
        case {"properties": {"items": {"items": items}, "next": _}}:
            inner = _kind(items)
            return Kind(f"page of {inner.words}".strip(), inner.record)
    return Kind(", ".join(_words(schema)))


def _words(schema: Json) -> Iterator[str]:
    kind = schema.get("type", "")
    kinds = [kind] if isinstance(kind, str) else [one for one in kind if one != "null"]
    yield str(schema.get("format", " or ".join(kinds)))
    if "enum" in schema:
        yield "one of " + " | ".join(str(one) for one in schema["enum"] if one is not None)
    if "minimum" in schema or "maximum" in schema:
        yield f"{schema.get('minimum', '…')} to {schema.get('maximum', '…')}"
    if "maxLength" in schema:
        yield f"at most {schema['maxLength']} characters"
    if schema.get("default") is not None:
        yield f"by default {schema['default']}"
    if isinstance(kind, list) and "null" in kind:
        yield "or null"
