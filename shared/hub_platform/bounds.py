"""Values that no rule and no database can use: half characters, NUL, deep nesting, far-off days."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

DEEPEST: Final = 50  # levels of nesting in a JSON body; our deepest command has five
# Earlier and later days overflow as soon as a rule adds a year or an offset to them.
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
FAR_OFF: Final = f"Give a day from {FIRST_DAY.isoformat()} to {LAST_DAY.isoformat()}."


class Unusable(ValueError):
    """A value that nothing behind the edge could take; the message says why, without the value."""


def parse_json(raw: bytes) -> Any:
    """Read a JSON text (RFC 8259, December 2017) that is no deeper than DEEPEST and holds only characters.

    Raises:
        Unusable: it is too deep, is not UTF-8, or holds NUL or half a character.
        ValueError: it is not JSON.
    """
    try:
        value = json.loads(raw.decode())
    except RecursionError as exc:
        raise Unusable("The body is nested too deeply.") from exc
    if b"\\u" in raw or raw.count(b"[") + raw.count(b"{") > DEEPEST:
        for level, text in _walk(value):
            if level > DEEPEST:
                raise Unusable("The body is nested too deeply.")
            if text is not None and not is_text(text):
                raise Unusable("The body holds NUL or half a character.")
    return value


def is_text(value: str) -> bool:
    """Whether every character can be kept by PostgreSQL and written in UTF-8."""
    if "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def far_off(values: Mapping[str, Any]) -> list[str]:
    """The names of values that are, or hold, days outside FIRST_DAY to LAST_DAY."""
    return [name for name, value in values.items() if any(map(_is_far_off, _each(value)))]


def _each(value: Any) -> Any:
    return value if isinstance(value, list | tuple | set | frozenset) else (value,)


def _is_far_off(value: Any) -> bool:
    if isinstance(value, datetime):
        value = value.astimezone(UTC).date() if value.tzinfo else value.date()
    return isinstance(value, date) and not FIRST_DAY <= value <= LAST_DAY


def _walk(value: Any) -> Iterator[tuple[int, str | None]]:
    """Each level that is reached, and each text, without recursion."""
    left = [(0, value)]
    while left:
        level, one = left.pop()
        yield level, one if isinstance(one, str) else None
        if level > DEEPEST:
            return
        if isinstance(one, dict):
            for key, inner in one.items():
                yield level, key
                left.append((level + 1, inner))
        elif isinstance(one, list):
            left.extend((level + 1, inner) for inner in one)
