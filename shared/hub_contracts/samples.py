"""The checked samples: whole envelopes of invented facts, for the tests of whoever publishes or reads."""

import json
from pathlib import Path
from typing import Any, Final

EXAMPLES: Final = Path(__file__).parent / "examples"  # <Event>.<case>.json


def samples(type_: str) -> dict[str, dict[str, Any]]:
    """The sample envelopes of one event by the name of their case."""
    return {
        path.name.split(".")[1]: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(EXAMPLES.glob(f"{type_}.*.json"))
    }
