"""The checked samples: whole envelopes of invented facts, for the tests of whoever publishes or reads."""

import json
from pathlib import Path
from typing import Any, Final

EXAMPLES: Final = Path(__file__).parent / "examples"  # <routing key>.<case>.json


def samples(key: str, folder: Path = EXAMPLES) -> dict[str, dict[str, Any]]:
    """The sample envelopes of one event, named by its routing key, by the name of their case."""
    return {
        path.stem.rpartition(".")[2]: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob(f"{key}.*.json"))
        if path.stem.rpartition(".")[0] == key
    }
