"""The checked samples: envelopes with invented facts, for tests of publishers and subscribers."""

import json
from pathlib import Path
from typing import Any, Final

EXAMPLES: Final = Path(__file__).parent / "examples"  # <routing key>.<case>.json


def samples(key: str, folder: Path = EXAMPLES) -> dict[str, dict[str, Any]]:
    """Return the sample envelopes of a routing key by the name of their case."""
    return {
        path.stem.rpartition(".")[2]: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob(f"{key}.*.json"))
        if path.stem.rpartition(".")[0] == key
    }
