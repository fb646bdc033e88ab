"""The third argument of a service's reactions: hub time and the service's name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hub_platform.clocks import Clocks


@dataclass(frozen=True)
class ReactionContext:
    """The facts of one call of a reaction that its delivery does not carry."""

    now: datetime  # hub time, aware UTC
    by: str  # the service's name, recorded with the rows that the reaction changes


class HasClocks(Protocol):
    """A service that declares its clocks, as `Probes` does."""

    name: str
    clocks: Clocks


def reaction_context(service: HasClocks) -> ReactionContext:
    """Read hub time for one call of a reaction."""
    return ReactionContext(now=service.clocks.hub.now(), by=service.name)
