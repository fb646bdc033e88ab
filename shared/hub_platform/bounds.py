"""Values that no rule and no database can use: half characters, NUL, deep nesting, far-off days."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Final

DEEPEST: Final = 50  # levels of nesting in a JSON body; our deepest command has five
# Days near the year 1 and 9999 overflow when a rule adds years or an offset to them; what is too early or
# too late for a rule, the rule says itself.
FIRST_DAY: Final = date(1000, 1, 1)
LAST_DAY: Final = date(8999, 12, 31)
FAR_OFF: Final = f"Give a day from {FIRST_DAY.isoformat()} to {LAST_DAY.isoformat()}."


class Unusable(ValueError):
    """A value that nothing behind the edge could take; the message says why, without the value."""


def parse_json(raw: bytes) -> object:
    """Read a JSON text (RFC 8259, December 2017) that is no deeper than DEEPEST and has usable names.

    Values are each field's to check.

    Raises:
        Unusable: it is too deep, or a name contains NUL or an unpaired surrogate.
        ValueError: it is not JSON.
    """
    try:
        value: object = json.loads(raw.decode(), parse_constant=_no_number, parse_float=_finite)
    except RecursionError as exc:
        raise Unusable("The body is nested too deeply.") from exc
    if b"\\u" in raw or raw.count(b"[") + raw.count(b"{") > DEEPEST:
        for level, text in _walk(value):
            if level > DEEPEST:
                raise Unusable("The body is nested too deeply.")
            if text is not None and not is_text(text):
                raise Unusable("A name in the body contains NUL or an unpaired surrogate.")
    return value


def _no_number(name: str) -> float:
    """Refuse NaN and Infinity, which Python's reader takes and JSON does not have."""
    raise Unusable(f"{name} is not JSON.")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise Unusable("A number in the body is too large.")
    return number


def unusable_texts(value: object) -> list[str] | dict[str | int, object] | None:
    """Return an error for each text with NUL or an unpaired surrogate, nested as by marshmallow, or None."""
    if isinstance(value, str):
        return None if is_text(value) else ["Use printable characters only."]
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        found: dict[str | int, object] = {
            key: said for key, inner in pairs if (said := unusable_texts(inner)) is not None
        }
        return found or None
    return None


def is_text(value: str) -> bool:
    """Whether every character can be kept by PostgreSQL and written in UTF-8."""
    if "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def far_off(values: Mapping[str, object]) -> list[str]:
    """The names of values that are, or hold at any depth, days outside FIRST_DAY to LAST_DAY."""
    return [name for name, value in values.items() if _is_far_off(value)]


def _is_far_off(value: object) -> bool:
    if isinstance(value, list | tuple | set | frozenset):
        return any(map(_is_far_off, value))
    if is_dataclass(value):
        return any(_is_far_off(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, datetime):
        try:
            value = value.astimezone(UTC).date() if value.tzinfo else value.date()
        except OverflowError:  # its offset leads out of the years 1 to 9999
            return True
    return isinstance(value, date) and not FIRST_DAY <= value <= LAST_DAY


def _walk(value: object) -> Iterator[tuple[int, str | None]]:
    """Each level that is reached, and each name, without recursion."""
    left = [(0, value)]
    while left:
        level, one = left.pop()
        yield level, None
        if level > DEEPEST:
            return
        if isinstance(one, dict):
            for key, inner in one.items():
                yield level, key
                left.append((level + 1, inner))
        elif isinstance(one, list):
            left.extend((level + 1, inner) for inner in one)
