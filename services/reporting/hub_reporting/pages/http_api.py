"""Renders the OpenAPI documents of the services for people to read.

Pages are kept, as anybody may ask for them and the longest takes a tenth of a second.
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
SEES_ANYBODY: Final = "anyone"
SIGNED_IN: Final = "signed in"

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """What a value is, in words; `record` is the schema that it refers to, or empty."""

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
    """One method of one path."""

    method: str
    path: str
    operation_id: str
    summary: str
    description: str
    allowed: str  # who may, in words
    parameters: tuple[Named, ...]
    body: tuple[tuple[str, Kind], ...]  # media type and what it holds
    answers: tuple[tuple[str, str, Kind], ...]  # status, media type and what it holds


def folder() -> Path:
    """Where the documents are: beside the checkout's code, or beside the packages of an image.

    Raises:
        FileNotFoundError: they are not installed.
    """
    for parent in Path(__file__).resolve().parents:
        if (parent / FOLDER).is_dir():
            return parent / FOLDER
    raise FileNotFoundError(FOLDER)


@lru_cache(maxsize=1)
def documents() -> dict[str, str]:
    """The OpenAPI document of each service, as text, by the service's name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder().glob("*.json"))}


@lru_cache(maxsize=2)
def index(hub_name: str) -> str:
    """The page that leads to each service's."""
    services = [
        (name, sum(len(operations) for operations in _groups(json.loads(text)).values()))
        for name, text in documents().items()
    ]
    return TEMPLATES.get_template("api_index.html").render(hub_name=hub_name, services=services)


@lru_cache(maxsize=8)
def service(hub_name: str, name: str) -> str | None:
    """The page of one service; None when there is none of that name."""
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
    """The operations by the noun of their paths, in alphabetical order; probes last."""
    found: dict[str, list[Operation]] = {}
    for path, methods in sorted(document["paths"].items()):
        for method, told in methods.items():
            found.setdefault(_noun(path), []).append(_operation(method, path, told))
    return dict(sorted(found.items(), key=lambda group: (group[0] == PROBES, group[0])))


def _noun(path: str) -> str:
    """What a path is about: the part after the version, or the first one."""
    parts = [part for part in path.split("/") if part]
    if "v1" in parts[:2]:
        noun = parts[parts.index("v1") + 1]
        return PROBES if noun in {"clock", "openapi.json"} else noun.replace("-", " ")
    if len(parts) > 1 and parts[1] in {"health", "metrics", "version"}:
        return PROBES
    return "pages"


def _operation(method: str, path: str, told: Json) -> Operation:
    answers = []
    for status, answer in told["responses"].items():
        words = "any refusal" if status == "default" else status
        content = answer.get("content", {}) or {"": {}}
        answers += [
            (words, media_type, _kind(held.get("schema", {}))) for media_type, held in content.items()
        ]
    body = told.get("requestBody", {}).get("content", {})
    return Operation(
        method=method.upper(),
        path=path,
        operation_id=told["operationId"],
        summary=told["summary"],
        description=told["description"],
        allowed=_allowed(told["x-roles"]),
        parameters=tuple(
            Named(
                each["name"],
                Kind(f"{each['in']}, {_kind(each['schema']).words}"),
                each.get("description", ""),
                each["required"],
            )
            for each in told["parameters"]
        ),
        body=tuple((media_type, _kind(held["schema"])) for media_type, held in body.items()),
        answers=tuple(answers),
    )


def _allowed(roles: list[str]) -> str:
    if roles == [SEES_ANYBODY]:
        return "Anyone, without a token"
    if roles == [SIGNED_IN]:
        return "Any valid token"
    return f"Tokens of these roles: {', '.join(roles)}"


def _properties(schema: Json) -> Iterator[Named]:
    required = schema.get("required", ())
    for name, told in schema.get("properties", {}).items():
        yield Named(name, _kind(told), told.get("description", ""), name in required)


def _kind(schema: Json) -> Kind:
    """A JSON Schema in a few words."""
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
        yield f"usually {schema['default']}"
    if isinstance(kind, list) and "null" in kind:
        yield "or null"
