"""Dependencies that a service class may declare; nameko injects their values into each worker.

    database = Database()

`self.database` is then a source of sessions, for the type checker too.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Generic, Self, TypeVar, overload

from nameko.extensions import DependencyProvider

from hub_platform.clocks import Clocks
from hub_platform.context import Configured, Context, Count, context_of, context_with
from hub_platform.database import Sessions

T = TypeVar("T")


class Provided(Generic[T]):
    """The type that a declared dependency has in a worker."""

    @overload
    def __get__(self, worker: None, service_class: type) -> Self: ...
    @overload
    def __get__(self, worker: object, service_class: type) -> T: ...
    def __get__(self, worker: object | None, service_class: type) -> Self | T:
        """Return the declaration; a worker finds the value that nameko has put into its instance first."""
        return self


class Dependency(Provided[T], DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """A value that is read from the context of the process for each worker."""

    def __init__(self, read: Callable[[Context[object]], T]) -> None:
        self._read = read

    def get_dependency(self, worker_ctx: Configured) -> T:
        """Return the value for a worker."""
        return self._read(context_of(worker_ctx))


class Database(Dependency[Sessions]):
    """Sessions for work that has no transaction of a route or subscription, such as a timer's."""

    def __init__(self) -> None:
        super().__init__(lambda context: context.sessions)


class Time(Dependency[Clocks]):
    """The service's two clocks, for work that no route has read the time for."""

    def __init__(self) -> None:
        super().__init__(lambda context: context.clocks)

    def without_service(self) -> Clocks:
        """Return the wall clock, for a rebuild, which only records when it counted events."""
        return Clocks()


class OwnSettings(Dependency[T]):
    """The service's own settings: `options = OwnSettings(config.Options)`."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind

    def get_dependency(self, worker_ctx: Configured) -> T:
        """Return the settings."""
        return context_with(worker_ctx, self._kind).options


def cookie_name() -> Dependency[str]:
    """The name of the cookie of browser sessions."""
    return Dependency(lambda context: context.cookie_name)


def hub_time_of_turns() -> Dependency[Mapping[str, datetime]]:
    """By timer, the hub time at which its last turn without an error began."""
    return Dependency(lambda context: context.hub_time_of_turns)


def work_left() -> Dependency[Mapping[str, Count]]:
    """By kind of work, a function of a session that counts what is still to be done."""
    return Dependency(lambda context: context.work_left)
