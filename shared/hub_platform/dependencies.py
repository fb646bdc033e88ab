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

    def without_service(self) -> Clocks:
        """The wall clock, for a rebuild: it only notes when events were counted in."""
        return Clocks()


class Noted(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """What the runner and the extensions have noted in the configuration under one name.

    - `checks`: name → a function that gives None, or what keeps the service from being ready
    - `details`: name → a function that gives None, or what is wrong although the service is ready
    - `hub_time_of_turns`: timer → the hub time at which its last turn without an error began
    - `work_left`: name → a function of a session that counts what is still to be done
    - `cookie_name`: the name of the cookie of browser sessions
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def get_dependency(self, worker_ctx: Any) -> Any:
        """What was noted."""
        return worker_ctx.config[self._name]


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
