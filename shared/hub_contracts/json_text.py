"""Strict parser of JSON (RFC 8259), whose errors quote nothing of the text.

hub_messaging.json_text does the same: each distribution is installed alone, and neither depends on the other.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

# Any in these two: values of every JSON type, which schemas and callers check at run time.
JsonObject = dict[str, Any]
JsonMapping = Mapping[str, Any]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")  # a field name in a schema; any other name may be data


class NotJson(ValueError):
    """The text is not JSON, or is ambiguous JSON."""


def parse(body: bytes | str) -> object:
    """Return the value of a JSON text.

    Raises:
        NotJson: with the position or the reason, never with parts of the text.
    """
    try:
        value: object = json.loads(body, object_pairs_hook=_once, parse_constant=_refuse)
    except NotJson:
        raise
    except json.JSONDecodeError as exc:
        raise NotJson(f"not JSON from character {exc.pos + 1} on") from exc
    except UnicodeDecodeError as exc:
        raise NotJson(f"not UTF-8 from byte {exc.start + 1} on") from exc
    except RecursionError as exc:
        raise NotJson("JSON is nested too deeply") from exc
    except ValueError as exc:
        raise NotJson("JSON holds a number that is too long") from exc
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    twice = next(name for place, name in enumerate(names) if name in names[:place])
    raise NotJson(f"{twice if _NAME.fullmatch(twice) else 'a name'} stands in one JSON object twice")


def _refuse(_constant: str) -> NoReturn:
    raise NotJson("JSON holds a number that is not finite")
