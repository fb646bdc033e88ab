"""Lists a page at a time, by keyset: the cursor holds the last row's keys, so every page costs the same."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from marshmallow import fields, validate
from sqlalchemy import Select, SQLColumnExpression, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from hub_platform.bounds import is_text, parse_json
from hub_platform.problems import Problem

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
LARGEST = 2**31 - 1  # of PostgreSQL's integer

PAGE_FIELDS = {
    "limit": fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT)),
    "after": fields.String(load_default=None, metadata={"pattern": "^[A-Za-z0-9_-]+$"}),
}


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `next` is the cursor of the page behind it, None on the last."""

    items: Sequence[T]
    next: str | None = None


Key: TypeAlias = InstrumentedAttribute[Any]  # Any: each column has a type of its own


@dataclass(frozen=True)
class PageRequest:
    """Which page was asked for."""

    limit: int = DEFAULT_LIMIT
    after: tuple[object, ...] | None = None

    def fetch(
        self,
        session: Session,
        statement: Select[T],
        keys: Sequence[Key],
        *,
        newest_first: bool = False,
    ) -> tuple[list[T], str | None]:
        """Read one page of a one-entity select in the order of `keys`, which together must be unique.

        `newest_first` turns the order round.

        Raises:
            Problem: 400 `bad_cursor` when the cursor was made for another list.
        """
        if self.after is not None:
            if len(self.after) != len(keys):
                raise bad_cursor()
            values = [_typed(value, key) for value, key in zip(self.after, keys, strict=True)]
            held = tuple_(*keys)
            last = tuple_(*(literal(v, k.type) for v, k in zip(values, keys, strict=True)))
            statement = statement.where(held < last if newest_first else held > last)
        order = [key.desc() for key in keys] if newest_first else keys
        rows = list(session.scalars(statement.order_by(*order).limit(self.limit + 1)))
        if len(rows) <= self.limit:
            return rows, None
        rows.pop()
        return rows, encode_cursor([getattr(rows[-1], key.key) for key in keys])


def where_given(statement: Select[T], *filters: tuple[SQLColumnExpression[object], object]) -> Select[T]:
    """Filter a list: each column equals its value; a column whose value is None is left out."""
    return statement.where(*(column == value for column, value in filters if value is not None))


def encode_cursor(values: Sequence[object]) -> str:
    """Make an opaque cursor of one row's keys."""
    text = json.dumps([value if isinstance(value, int | str) else str(value) for value in values])
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode_cursor(cursor: str) -> tuple[object, ...]:
    """Read a cursor back.

    Raises:
        Problem: 400 `bad_cursor`.
    """
    try:
        values = parse_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as exc:
        raise bad_cursor() from exc
    if not isinstance(values, list) or not all(map(_is_key, values)):
        raise bad_cursor()
    return tuple(values)


def _is_key(value: object) -> bool:
    """Whether a value can stand in a cursor of ours: a text, or a number that a column can hold."""
    if isinstance(value, int):
        return abs(value) <= LARGEST
    return isinstance(value, str) and is_text(value)


def bad_cursor() -> Problem:
    """The cursor was not made by this list."""
    detail = "Use the `next` value of the previous page."
    return Problem(400, "bad_cursor", detail, errors=[("/after", detail)])


def _typed(value: Any, key: Key) -> object:  # Any: the errors of other types are caught
    """Give a value from a cursor the type of its column."""
    python_type = key.type.python_type
    try:
        if python_type is UUID:
            return UUID(value)
        if python_type is datetime:
            return _instant(value)
        if python_type is date:
            return date.fromisoformat(value)
        typed = python_type(value)
    except (ValueError, TypeError, AttributeError, OverflowError) as exc:
        raise bad_cursor() from exc
    if isinstance(typed, int) and not _is_key(typed):
        raise bad_cursor()
    return typed


def _instant(text: str) -> datetime:
    """Parse an aware instant; a forged cursor may hold a naive one, or none."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise bad_cursor()
    return instant.astimezone(UTC)
