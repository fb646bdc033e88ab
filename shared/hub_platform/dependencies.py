"""What a service class may declare that it needs; nameko hands it to each worker."""

from collections.abc import Callable
from typing import Any

from nameko.extensions import DependencyProvider

from hub_platform.clocks import Clocks
from hub_platform.database import Sessions


class Database(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Sessions for work that no route or subscription opened a transaction for, such as a timer."""

    def get_dependency(self, worker_ctx: Any) -> Sessions:
        """The process's sessions."""
        sessions: Sessions = worker_ctx.config["sessions"]
        return sessions


class Time(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """The service's two clocks, for work that no route has read the time for."""

    def get_dependency(self, worker_ctx: Any) -> Clocks:
        """Real time and hub time."""
        clocks: Clocks = worker_ctx.config["clocks"]
        return clocks


class Timers(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """The hub time at which the last turn of each timer began, in this process, by the timer's name."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        """What the timers note."""
        return worker_ctx.config["hub_time_of_turns"]


class Checks(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """What must hold for the service to be ready: name → a function that gives None, or what is wrong."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        """The checks that the runner and the extensions have put down."""
        return worker_ctx.config["checks"]


class Extra(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """A service's own settings, loaded once when the service starts: `options = Extra(config.load)`."""

    def __init__(self, load: Callable[[], Any]) -> None:
        self._load = load
        self._loaded: Any = None

    def setup(self) -> None:
        """Read the settings, so that a wrong one stops the start and not a request."""
        self._loaded = self._load()

    def get_dependency(self, worker_ctx: Any) -> Any:  # noqa: ARG002 - nameko's signature
        """The same settings for every worker."""
        return self._loaded
