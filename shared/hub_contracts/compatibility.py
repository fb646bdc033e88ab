"""What a change of a schema would break. A version only ever gains optional fields.

Readers of different ages share one exchange. An older reader refuses a code or a value that its schema does
not know, and a newer one reads history from the log: so neither may be given less, or other, than before.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

# What explains and does not bind. The name of the file holds type and version; $id says where they are found.
WORDS: Final = frozenset({"description", "title", "$comment", "examples", "deprecated", "$id"})
PUBLISHED_UNTIL: Final = "x-published-until"  # the last day on which events of a schema are published


def breaks(released: dict[str, Any], current: dict[str, Any], at: str = "") -> Iterator[str]:
    """Say what a reader of one schema could not take from a publisher of the other; nothing when all is well.

    Args:
        released: a JSON Schema as it was released.
        current: the same as it is now.
        at: the path of the two within the whole.
    """
    where = at or "/"
    old_fields, new_fields = released.get("properties", {}), current.get("properties", {})
    yield from (f"{at}/{name}: removed" for name in old_fields if name not in new_fields)
    yield from _required(released, current, at)
    for name in old_fields.keys() & new_fields.keys():
        yield from breaks(old_fields[name], new_fields[name], f"{at}/{name}")
    old_records, new_records = released.get("$defs", {}), current.get("$defs", {})
    for name in old_records.keys() & new_records.keys():
        yield from breaks(old_records[name], new_records[name], f"{at}/$defs/{name}")
    yield from _enum(released.get("enum", []), current.get("enum", []), where)
    if "items" in released and "items" in current:
        yield from breaks(released["items"], current["items"], f"{at}/items")
    yield from _until(released.get(PUBLISHED_UNTIL), current.get(PUBLISHED_UNTIL), where)
    inner = WORDS | {"properties", "required", "$defs", "enum", "items", PUBLISHED_UNTIL}
    for keyword in sorted((released.keys() | current.keys()) - inner):
        old, new = released.get(keyword), current.get(keyword)
        if old != new:
            yield f"{where}: {keyword} changed from {old!r} to {new!r}"


def removed_early(released: dict[str, Any], on: date) -> str | None:
    """Why a version that was released may not be gone on a day; None when it may."""
    until = released.get(PUBLISHED_UNTIL)
    if until is None:
        return "removed"
    return f"removed, but promised until {until}" if on <= date.fromisoformat(until) else None


def _until(before: str | None, now: str | None, where: str) -> Iterator[str]:
    """A promise may be prolonged, never shortened."""
    if before is not None and now is not None and now < before:
        yield f"{where}: published until {now}, but promised until {before}"


def _required(released: dict[str, Any], current: dict[str, Any], at: str) -> Iterator[str]:
    before, now = set(released.get("required", [])), set(current.get("required", []))
    added = now - before
    yield from (f"{at}/{name}: now required" for name in sorted(added))
    yield from (
        f"{at}/{name}: no longer required" for name in sorted(before - now - _gone(released, current))
    )


def _gone(released: dict[str, Any], current: dict[str, Any]) -> set[str]:
    return set(released.get("properties", {})) - set(current.get("properties", {}))


def _enum(before: list[Any], now: list[Any], where: str) -> Iterator[str]:
    if before and not now:
        yield f"{where}: enum removed"
        return
    if now and not before:
        yield f"{where}: enum added"
        return
    yield from (f"{where}: {code!r} is no longer a code" for code in before if code not in now)
    yield from (
        f"{where}: {code!r} is a new code, which older readers refuse" for code in now if code not in before
    )
