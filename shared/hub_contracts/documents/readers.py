"""The hub's services that subscribe to each event, as they declare it (`python -m hub_local.declared`)."""

import json
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "readers.json"  # routing key → services


def readers() -> dict[str, tuple[str, ...]]:
    """Return the subscribing services of each routing key, without external subscribers."""
    found: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return {key: tuple(services) for key, services in found.items()}
