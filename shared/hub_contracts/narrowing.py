"""Find changes of a JSON Schema that break one direction of an exchange.

A schema of received values may widen: every value that was valid stays valid (requests to the hub). A schema
of sent values may narrow: every value that is valid now was valid before (answers and envelopes). Both ask
whether the outer schema accepts every value that the inner one accepts. Where that is undecidable, as for two
patterns, any change counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_contracts.compatibility import PUBLISHED_UNTIL, WORDS
from hub_contracts.json_text import JsonMapping, JsonObject

# Keyword: whether a smaller value accepts more. Those with x- are limits of dates, which compare as text.
LIMITS: Final = {
    "minimum": True, "exclusiveMinimum": True, "minLength": True, "minItems": True, "minProperties": True,
    "maximum": False, "exclusiveMaximum": False, "maxLength": False, "maxItems": False,
    "maxProperties": False, "x-minimum": True, "x-maximum": False,
}  # fmt: skip
EXPLAIN: Final = WORDS | {"default", "readOnly", "writeOnly"}
CHOICES: Final = ("anyOf", "oneOf", "allOf")
NO_LIMITS: Final = (("minLength", 0), ("minItems", 0), ("minProperties", 0))
COMPARED: Final = WORDS | LIMITS.keys() | {
    "type", "enum", "pattern", "format", "properties", "required", "items", "default", "additionalProperties",
    "readOnly", "writeOnly", "$schema", "$defs", *CHOICES,
}  # fmt: skip
Schema = JsonMapping
Found = Iterator[tuple[str, str]]  # the path within the schema ("/" for the whole), and what changed


@dataclass(frozen=True)
class Comparison:
    """Two documents whose schemas are compared, and in which direction."""

    released: Schema  # the whole document, in which `$ref` is resolved
    current: Schema
    received: bool  # True for what the hub receives, False for what it sends
    on: date = date.min  # a field may be removed after the last day that was announced for it

    def changes(
        self, old: Schema, new: Schema, at: str = "", seen: frozenset[tuple[int, int]] = frozenset()
    ) -> Found:
        """Report values that are no longer accepted (received), or were not sent before (sent).

        Args:
            old: a schema of the released document.
            new: the current schema.
            at: path of the two.
            seen: the pairs of schemas along the path.
        """
        pair = (id(old), id(new))
        if pair in seen:  # a record that contains itself
            return
        seen |= {pair}
        old, new = plain(old, self.released), plain(new, self.current)
        yield from self._values(old, new, at or "/")
        yield from self._fields(old, new, at, seen)
        for keyword, step in (("items", "/items"), ("additionalProperties", "/*")):
            before, now = _inside(old, keyword), _inside(new, keyword)
            if (keyword in old or keyword in new) and before is not None and now is not None:
                yield from self.changes(before, now, at + step, seen)
        for keyword in CHOICES:
            yield from self._choices(keyword, old, new, at, seen)

    def _values(self, old: Schema, new: Schema, where: str) -> Found:
        inner, outer = (old, new) if self.received else (new, old)
        changed = {
            *_types(inner, outer),
            *_codes(inner, outer),
            *_texts(inner, outer),
            *_limits(inner, outer),
        }
        changed |= {
            keyword
            for keyword in (old.keys() | new.keys()) - COMPARED
            if not keyword.startswith("x-") and old.get(keyword) != new.get(keyword)
        }
        yield from ((where, _changed(keyword, old, new)) for keyword in sorted(changed))

    def _fields(self, old: Schema, new: Schema, at: str, seen: frozenset[tuple[int, int]]) -> Found:
        before, now = old.get("properties", {}), new.get("properties", {})
        was, required = set(old.get("required", ())), set(new.get("required", ()))
        for name, schema in before.items():
            field = f"{at}/{name}"
            if name not in now:
                if not may_go(plain(schema, self.released), self.on):
                    yield field, "removed"
                continue
            yield from self.changes(schema, now[name], field, seen)
            if self.received and name not in was:
                yield from self.default_of(schema, now[name], field)
        changed, what = (
            (required - was, "now required")
            if self.received
            else ((was - required) & now.keys(), "no longer required")
        )
        yield from ((f"{at}/{name}", what) for name in sorted(changed))
        further = _inside(old, "additionalProperties")
        if self.received and further is not None:
            if new.get("additionalProperties") is False:
                yield at or "/", "closed to further fields"
            for name in now.keys() - before.keys():
                yield from self.changes(further, now[name], f"{at}/{name}", seen)

    def _choices(
        self, keyword: str, old: Schema, new: Schema, at: str, seen: frozenset[tuple[int, int]]
    ) -> Found:
        """Compare alternatives in their order."""
        before, now = old.get(keyword, ()), new.get(keyword, ())
        if len(before) != len(now):
            yield at or "/", f"{keyword} has {len(now)} schemas instead of {len(before)}"
        for number, (one, other) in enumerate(zip(before, now, strict=False)):
            yield from self.changes(one, other, f"{at}/{keyword}/{number}", seen)

    def default_of(self, old: Schema, new: Schema, where: str) -> Found:
        """Report a changed default of an optional value."""
        before, now = plain(old, self.released).get("default"), plain(new, self.current).get("default")
        if before != now:
            yield where, f"default changed from {before!r} to {now!r}"


def may_go(released: Schema, on: date) -> bool:
    """Return whether the last announced day of a field has passed."""
    until = released.get(PUBLISHED_UNTIL)
    return until is not None and date.fromisoformat(until) < on


def resolved(schema: Schema, document: Schema) -> Schema:
    """Return a schema with its `$ref` resolved; other validating keywords are combined by `allOf`."""
    while "$ref" in schema:
        target: Schema = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        rest = {name: value for name, value in schema.items() if name != "$ref"}
        schema = {**target, **rest} if rest.keys() <= EXPLAIN else {**rest, "allOf": [target]}
    return schema


def plain(schema: Schema, document: Schema) -> JsonObject:
    """Return the schema in a normal form: no `$ref`, `type` and `enum` as lists, null among the types."""
    found = _without_null(dict(resolved(schema, document)), document)
    if "const" in found:
        found["enum"] = [*(code for code in found.get("enum", [found["const"]]) if code == found["const"])]
        del found["const"]
    if "type" in found:
        found["type"] = [found["type"]] if isinstance(found["type"], str) else list(found["type"])
        if "enum" in found and "null" in found["type"] and None in found["enum"]:
            found["enum"] = [code for code in found["enum"] if code is not None]  # implied by the type
    if "pattern" in found:
        found["pattern"] = found["pattern"].replace(r"\d", "[0-9]")  # the same in ECMA-262
    return {name: value for name, value in found.items() if (name, value) not in NO_LIMITS}


def _without_null(schema: JsonObject, document: Schema) -> JsonObject:
    """Rewrite `anyOf` of a typed schema and null as a list of types; return other schemas unchanged."""
    for keyword in ("anyOf", "oneOf"):
        others = [each for each in schema.get(keyword, ()) if each != {"type": "null"}]
        if len(others) == 1 and schema.keys() - {keyword} <= EXPLAIN:
            other = dict(resolved(others[0], document))
            if isinstance(other.get("type"), str) and "const" not in other and "enum" not in other:
                rest = {name: value for name, value in schema.items() if name != keyword}
                return {**other, **rest, "type": [other["type"], "null"]}
    return schema


def _inside(schema: Schema, keyword: str) -> Schema | None:
    """Return the schema of further items or fields: None when forbidden, empty when unrestricted."""
    found = schema.get(keyword, True)
    return {} if found is True else found or (None if found is False else {})


def _types(inner: Schema, outer: Schema) -> Iterator[str]:
    if "type" in outer:
        accepted = {*outer["type"], *(["integer"] if "number" in outer["type"] else [])}
        if "type" not in inner or not set(inner["type"]) <= accepted:
            yield "type"


def _codes(inner: Schema, outer: Schema) -> Iterator[str]:
    if "enum" in outer and ("enum" not in inner or any(code not in outer["enum"] for code in inner["enum"])):
        yield "enum"


def _texts(inner: Schema, outer: Schema) -> Iterator[str]:
    for keyword in ("pattern", "format"):
        if keyword in outer and inner.get(keyword) != outer[keyword]:
            yield keyword


def _limits(inner: Schema, outer: Schema) -> Iterator[str]:
    for keyword, smaller_accepts_more in LIMITS.items():
        limit, given = outer.get(keyword), inner.get(keyword)
        if limit is None:
            continue
        if given is None or (limit > given if smaller_accepts_more else limit < given):
            yield keyword


def _changed(keyword: str, old: Schema, new: Schema) -> str:
    before, now = old.get(keyword), new.get(keyword)
    if keyword == "enum" and before is not None and now is not None:
        gone = [code for code in before if code not in now]
        added = [code for code in now if code not in before]
        return f"codes changed: {gone} removed, {added} added"
    if keyword == "type":
        before, now = (" or ".join(each or ["anything"]) for each in (before, now))
    return f"{keyword} changed from {before!r} to {now!r}"
