"""Find changes of an event's schema that break subscribers to a released one.

A version may only gain optional fields. Subscribers of different releases share one exchange: an older one
refuses a code or value outside its schema, and a newer one reads history from the log. A schema is therefore
compared in both directions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from hub_contracts.json_text import JsonObject

# Keywords without effect on validation. $id is the address of the schema at the hub that generated it.
WORDS: Final = frozenset({"description", "title", "$comment", "examples", "deprecated", "$id"})
PUBLISHED_UNTIL: Final = "x-published-until"  # the last day on which events of a schema are published


class Rule(StrEnum):
    """The rules of the published language, as the compatibility check prints them."""

    KEEPS_FIELDS = "a version keeps its fields"
    NEW_IS_OPTIONAL = "a new field is optional"
    KEEPS_PRESENCE = "a required field stays required"
    KEEPS_VALUES = "a value keeps its type, format, pattern and limits"
    CLOSED_CODES = "a list of codes is closed: other codes are a new version"
    OPEN_TO_FIELDS = "a reader may meet fields that it does not know"
    KEEPS_PROMISE = "a published-until date is only postponed"
    KEEPS_VERSION = "a version is published until the day that its released schema states"
    KEEPS_ADDRESS = "an event keeps its exchange, routing key and subject"
    ENVELOPE = "an envelope satisfies every released envelope schema"
    STAYS_READABLE = "a released sample is read as it was"
    ONE_MARK = "a mark has one version, because services of all releases read the log"


@dataclass(frozen=True)
class Break:
    """One breaking change: its place, its description and the broken rule."""

    at: str  # path of a field within the schema, "/" for the whole
    what: str
    rule: str

    def __str__(self) -> str:
        """`/present_n: removed (a version keeps its fields)`."""
        return f"{self.at}: {self.what} ({self.rule})"


def breaks(released: JsonObject, current: JsonObject, at: str = "") -> Iterator[Break]:
    """Compare an event's schema with a released one, in both directions.

    Args:
        released: a JSON Schema as it was released.
        current: the current schema.
        at: path of the two within the whole schema.
    """
    where = at or "/"
    old_fields, new_fields = released.get("properties", {}), current.get("properties", {})
    for name in old_fields:
        if name not in new_fields:
            yield Break(f"{at}/{name}", "removed", Rule.KEEPS_FIELDS)
    yield from _required(released, current, at)
    for name in old_fields:
        if name in new_fields:
            yield from breaks(old_fields[name], new_fields[name], f"{at}/{name}")
    old_records, new_records = released.get("$defs", {}), current.get("$defs", {})
    for name in old_records:
        if name in new_records:
            yield from breaks(old_records[name], new_records[name], f"{at}/$defs/{name}")
    yield from _enum(released.get("enum", []), current.get("enum", []), where)
    if "items" in released and "items" in current:
        yield from breaks(released["items"], current["items"], f"{at}/items")
    yield from _until(released.get(PUBLISHED_UNTIL), current.get(PUBLISHED_UNTIL), where)
    yield from _other_keywords(released, current, where)


def removed_early(released: JsonObject, on: date) -> str | None:
    """Return the reason why a released version may not be absent on a day; None when it may."""
    until = released.get(PUBLISHED_UNTIL)
    if until is None:
        return "removed"
    return f"removed, but promised until {until}" if on <= date.fromisoformat(until) else None


def _other_keywords(released: JsonObject, current: JsonObject, where: str) -> Iterator[Break]:
    compared_above = WORDS | {"properties", "required", "$defs", "enum", "items", PUBLISHED_UNTIL}
    for keyword in sorted((released.keys() | current.keys()) - compared_above):
        old, new = released.get(keyword), current.get(keyword)
        if old != new:
            rule = Rule.OPEN_TO_FIELDS if isinstance(new, bool) else Rule.KEEPS_VALUES
            yield Break(where, f"{keyword} changed from {old!r} to {new!r}", rule)


def _until(before: str | None, now: str | None, where: str) -> Iterator[Break]:
    """Report a date that was brought forward; it may be postponed or removed."""
    if before is not None and now is not None and now < before:
        yield Break(where, f"published until {now}, but promised until {before}", Rule.KEEPS_PROMISE)


def _required(released: JsonObject, current: JsonObject, at: str) -> Iterator[Break]:
    before, now = set(released.get("required", [])), set(current.get("required", []))
    old_fields = released.get("properties", {})
    gone = old_fields.keys() - current.get("properties", {}).keys()
    for name in sorted(now - before):
        rule = Rule.KEEPS_PRESENCE if name in old_fields else Rule.NEW_IS_OPTIONAL
        yield Break(f"{at}/{name}", "now required", rule)
    for name in sorted(before - now - gone):
        yield Break(f"{at}/{name}", "no longer required", Rule.KEEPS_PRESENCE)


def _enum(before: list[object], now: list[object], where: str) -> Iterator[Break]:
    if before and not now:
        yield Break(where, "enum removed", Rule.CLOSED_CODES)
        return
    if now and not before:
        yield Break(where, "enum added", Rule.CLOSED_CODES)
        return
    for code in before:
        if code not in now:
            yield Break(where, f"{code!r} is no longer a code", Rule.CLOSED_CODES)
    for code in now:
        if code not in before:
            yield Break(where, f"{code!r} is a new code, which older readers refuse", Rule.CLOSED_CODES)
