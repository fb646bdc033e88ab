"""The checked samples: envelopes with invented facts, for tests of publishers and subscribers."""

import json
from pathlib import Path
from typing import Final

from hub_contracts.json_text import JsonObject

EXAMPLES: Final = Path(__file__).parent / "examples"  # <routing key>.<case>.json


def samples(key: str, folder: Path = EXAMPLES) -> dict[str, JsonObject]:
    """Return the sample envelopes of a routing key by the name of their case."""
    return {
        path.stem.rpartition(".")[2]: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob(f"{key}.*.json"))
        if path.stem.rpartition(".")[0] == key
    }
