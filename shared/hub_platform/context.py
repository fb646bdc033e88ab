"""The context of a service's process: its settings, and the resources that requests, timers and probes share.

nameko hands each extension one dictionary, `container.config`. It holds the context under one key, which only
this module reads: everything else of the platform and of a service asks `context_of` or `context_with`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar

from prometheus_client import CollectorRegistry
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hub_platform.access import SessionCheck, TokenCheck
from hub_platform.clocks import Clocks
from hub_platform.database import Sessions, engine_of
from hub_platform.limiting import RateLimits
from hub_platform.settings import Settings
from hub_platform.shares import Shares

KEY: Final = "context"

O = TypeVar("O")  # noqa: E741 - the options of a service
Check = Callable[[], str | None]  # returns None, or a sentence about what is wrong
Count = Callable[[Session], int]  # counts the work of one kind that is left to do


@dataclass(kw_only=True)
class Context(Generic[O]):
    """Settings and resources of one process.

    Extensions add to `checks`, `details`, `work_left` and `session_check` while the service starts.
    """

    settings: Settings
    options: O  # the service's own settings; None where it has none
    sessions: Sessions
    clocks: Clocks
    token_check: TokenCheck
    cookie_name: str  # of browser sessions
    rate_limits: RateLimits
    shares: Shares
    metrics: CollectorRegistry
    session_check: SessionCheck | None = None  # of the service that has pages
    checks: dict[str, Check] = field(default_factory=dict)  # by name: what keeps the service from being ready
    details: dict[str, Check] = field(default_factory=dict)  # by name: a fault although the service is ready
    work_left: dict[str, Count] = field(default_factory=dict)  # by name
    # By timer: the hub time at which its last turn without an error began.
    hub_time_of_turns: dict[str, datetime] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        """The engine of the sessions, for a connection that outlives a transaction."""
        return engine_of(self.sessions)


class Configured(Protocol):
    """A nameko container, or a worker's context, which refers to the same configuration."""

    @property
    def config(self) -> Mapping[str, object]:
        """Nameko's configuration."""


def context_of(container: Configured) -> Context[object]:
    """Return the context of a container's process, whatever the service's own settings are.

    Raises:
        TypeError: the container was started without one.
    """
    return context_with(container, object)


def context_with(container: Configured, options: type[O]) -> Context[O]:
    """Return the context of a service whose own settings are of the type `options`.

    Raises:
        TypeError: the container was started without a context, or with other settings.
    """
    context = container.config.get(KEY)
    if not isinstance(context, Context) or not isinstance(context.options, options):
        raise TypeError(f"the container has no context with {options.__name__}")
    return context
