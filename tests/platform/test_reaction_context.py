"""The third argument of a reaction: hub time and the service's name."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from hub_platform.reaction_context import ReactionContext, reaction_context

HUB_NOW = datetime(2026, 9, 7, 9, 5, tzinfo=UTC)


def test_a_reaction_takes_hub_time_and_the_name_of_its_service() -> None:
    clocks = SimpleNamespace(hub=SimpleNamespace(now=lambda: HUB_NOW))
    service: Any = SimpleNamespace(name="visits", clocks=clocks)
    assert reaction_context(service) == ReactionContext(now=HUB_NOW, by="visits")
