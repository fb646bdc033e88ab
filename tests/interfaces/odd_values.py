"""Values that a description may allow and that no rule can use, and where in a request they can stand."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

ID: Final = "01920000-0000-7000-8000-000000000001"  # of nothing
# In addresses and queries, percent-encoded.
TEXTS: Final = (
    "%00",
    "a%00b",
    "%ED%A0%80",  # an unpaired surrogate
    "%FF",
    "9" * 5_000,
    "-1",
    "1e400",
    "nan",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59-12:00",
    "9999/00",
    "0000/01",
    "9999-6",
    "0001-1",
    "la:%00",
    "trust:" + "9" * 300,
    "%D9%A3",  # a digit, but none of ours
    "%5B%7B",
)
# In bodies, as JSON.
VALUES: Final = (
    *(
        "NaN",
        "1e400",
        "1e308",
        "1" + "0" * 30,
        "-1",
        "2147483648",
        "9223372036854775808",
        "0",
        "true",
        "null",
    ),
    *('""', '"\\u0000"', '"\\ud800"', "[]", "{}", "[null]", "[[]]", '{"a": 1}'),
    *('"0001-01-01"', '"9999-12-31"', '"0001-01-01T00:00:00+14:00"', '"9999-12-31T23:59:59-12:00"'),
    *('"http://["', '"https://x:99999999/"', '"99:99"', '"\\u0661"', '"2026-01-15T10:00:00.9999999999Z"'),
)
HUB_TIMES: Final = ("1000-01-01T00:00:00Z", "1582-10-10T00:00:00Z", "8999-12-31T23:59:59Z")
# Examples of texts by pattern; the first that matches is used.
WORDS: Final = ("110999", "1234567", "2025-1", "2025/26", "hub", "873", "10:00", "NCP25-06a", "a@b.example")


@dataclass(frozen=True)
class Odd:
    """One request with an odd value in it."""

    where: str
    method: str
    path: str
    body: bytes | None
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Interface:
    """A service's description of itself (OpenAPI 3.1)."""

    document: Mapping[str, Any]

    def requests(self) -> Iterator[Odd]:
        """A request for each odd value at each place of each operation."""
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                if method != "parameters":
                    given = [*operation.get("parameters", ()), *operations.get("parameters", ())]
                    yield from self._of(path, method.upper(), operation, list(map(self._resolved, given)))

    def _of(
        self, path: str, method: str, operation: Mapping[str, Any], parameters: list[Mapping[str, Any]]
    ) -> Iterator[Odd]:
        contents = operation.get("requestBody", {}).get("content", {})
        schema = contents.get("application/json", {}).get("schema")
        body = None if schema is None else self._sample(schema)
        raw = (
            b"a,b\r\n" if contents and schema is None else None if body is None else json.dumps(body).encode()
        )
        headers = {"Content-Type": next(iter(contents))} if contents else {}
        headers |= {"If-Match": '"1"'} if method in {"PUT", "PATCH"} else {}
        usual = {p["name"]: quote(str(self._sample(p["schema"]))) for p in parameters if p["in"] == "path"}

        for name in usual:
            for text in TEXTS:
                yield Odd(name, method, _filled(path, usual | {name: text}), raw, headers)
        address = _filled(path, usual)
        for parameter in parameters:
            for text in TEXTS if parameter["in"] == "query" else ():
                yield Odd(parameter["name"], method, f"{address}?{parameter['name']}={text}", raw, headers)
        for instant in HUB_TIMES:
            yield Odd("Hub-Time", method, address, raw, headers | {"Hub-Time": instant})
        for place, changed in _changed(body) if body is not None else ():
            yield Odd(place, method, address, changed, headers)

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            _, kind, part, name = schema["$ref"].split("/")
            schema = self.document[kind][part][name]
        return schema

    def _sample(self, schema: Mapping[str, Any], depth: int = 0) -> Any:
        """Return a value that conforms to a schema, so that most rules are reached."""
        schema = self._resolved(schema)
        if "enum" in schema:
            return next(value for value in schema["enum"] if value is not None)
        for choice in ("anyOf", "oneOf", "allOf"):
            if choice in schema:
                return self._sample(schema[choice][0], depth + 1)
        types = schema.get("type", "string")
        kind = types if isinstance(types, str) else next(one for one in types if one != "null")
        if kind == "object":
            inner = schema.get("properties", {}) if depth < 5 else {}
            return {name: self._sample(one, depth + 1) for name, one in inner.items()}
        if kind == "array":
            return [self._sample(schema.get("items", {}), depth + 1)]
        plain = {"integer": max(1, schema.get("minimum", 1)), "number": 1.5, "boolean": False}
        return plain[kind] if kind in plain else _text(schema)


def _text(schema: Mapping[str, Any]) -> str:
    formats = {"uuid": ID, "date": "2026-01-15", "date-time": "2026-01-15T10:00:00Z", "email": "a@b.example"}
    if schema.get("format") in formats:
        return formats[str(schema["format"])]
    if "pattern" in schema:
        fits = (word for word in WORDS if re.search(schema["pattern"], word))
        return next(fits, "x" * 3)
    return "x" * max(3, int(schema.get("minLength", 0)))


def _filled(path: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def _changed(body: Any) -> Iterator[tuple[str, bytes]]:
    """The body with each odd value in each of its places."""
    marker = "odd value"
    for place in _places(body):
        marked = json.dumps(_put(body, place, marker))
        for value in VALUES:
            yield "/".join(map(str, place)), marked.replace(f'"{marker}"', value).encode()


def _places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*before, key)
        yield from _places(inner, (*before, key))


def _put(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    if not place:
        return new
    copy = value.copy()
    copy[place[0]] = _put(value[place[0]], place[1:], new)
    return copy
