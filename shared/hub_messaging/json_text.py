"""A strict parser of JSON (RFC 8259) whose errors name the fault without quoting the text."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeAlias

# Any: values of any JSON type, checked by their schema.
JsonObject: TypeAlias = dict[str, Any]
JsonMapping: TypeAlias = Mapping[str, Any]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")  # a field's name in a schema; any other text may be data


class NotJson(Exception):
    """Bytes that are no JSON, or JSON of which two readers could understand different things."""


def parse(body: bytes) -> object:
    """The value that a JSON text stands for.

    Raises:
        NotJson: saying where or why, never with words of the text itself.
    """
    try:
        return json.loads(body, object_pairs_hook=_once, parse_constant=_refuse)
    except json.JSONDecodeError as exc:
        raise NotJson(f"not JSON from character {exc.pos + 1} on") from exc
    except UnicodeDecodeError as exc:
        raise NotJson(f"not UTF-8 from byte {exc.start + 1} on") from exc
    except RecursionError as exc:
        raise NotJson("JSON is nested too deeply") from exc
    except ValueError as exc:
        raise NotJson("JSON holds a number that is too long") from exc


def _once(pairs: list[tuple[str, object]]) -> JsonObject:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    twice = next(name for place, name in enumerate(names) if name in names[:place])
    raise NotJson(f"{twice if _NAME.fullmatch(twice) else 'a name'} stands in one JSON object twice")


def _refuse(_constant: str) -> NoReturn:
    raise NotJson("JSON holds a number that is not finite")
