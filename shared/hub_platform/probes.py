"""The routes that every service answers about itself: health, metrics, version, its own description."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import FunctionType
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from hub_platform import __version__, idempotency
from hub_platform.access import ANYONE, SIGNED_IN
from hub_platform.calls import Call, Content
from hub_platform.dependencies import Database, Noted, Time
from hub_platform.periodic import every
from hub_platform.routes import JSON, Answer, route
from hub_platform.telemetry import registry


class Probes:
    """Inherited by every service class; a subclass with a name gets the probes below /<name>/."""

    name: str
    checks: Any = Noted("checks")
    details: Any = Noted("details")
    housekeeping: Any = Database()
    clocks: Any = Time()
    timers: Any = Noted("hub_time_of_turns")
    work_left: Any = Noted("work_left")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Put the probes' routes on a service class."""
        super().__init_subclass__(**kwargs)
        if "name" not in vars(cls):
            return
        for probe, path, allow, media_type in (
            (_live, "health/live", ANYONE, JSON),
            (_ready, "health/ready", ANYONE, JSON),
            (_metrics, "metrics", SIGNED_IN, "text/plain"),
            (_version, "version", SIGNED_IN, JSON),
            (_clock, "v1/clock", SIGNED_IN, JSON),
            (_openapi, "v1/openapi.json", SIGNED_IN, JSON),
        ):
            # A function of its own for each class: nameko keeps the route on the function.
            own = FunctionType(probe.__code__, probe.__globals__, probe.__name__)
            own.__doc__ = probe.__doc__
            answers = route("GET", f"/{cls.name}/{path}", allow=allow, media_type=media_type)
            setattr(cls, probe.__name__.removeprefix("_"), answers(own))

    @every(seconds=3600)
    def forget_answers(self) -> None:
        """Delete the answers kept for Idempotency-Keys that nobody will send again."""
        with self.housekeeping.begin() as session:
            idempotency.forget(session, self.clocks.real() - idempotency.KEPT_FOR)


def _live(self: Probes, call: Call[None]) -> dict[str, str]:  # noqa: ARG001 - every route takes the call
    """The process answers; says nothing about what it depends on."""
    return {"status": "live"}


def _ready(self: Probes, call: Call[None]) -> Answer:  # noqa: ARG001 - every route takes the call
    """Whether the service can do its work, what is missing if not, and what else operators should see to."""
    wrong, details = _said(self.checks), _said(self.details)
    told = {"details": details} if details else {}
    if wrong:
        return Answer({"status": "not ready", "missing": wrong, **told}, status=503)
    return Answer({"status": "ready", **told})


def _said(checks: Mapping[str, Callable[[], str | None]]) -> dict[str, str]:
    return {name: said for name, check in checks.items() if (said := check()) is not None}


def _metrics(self: Probes, call: Call[None]) -> Content:  # noqa: ARG001 - every route takes the call
    """Prometheus metrics."""
    return Content(generate_latest(registry), CONTENT_TYPE_LATEST)


def _version(self: Probes, call: Call[None]) -> dict[str, str]:  # noqa: ARG001 - every route takes the call
    """Which release this is."""
    return {"service": self.name, "version": __version__}


def _clock(self: Probes, call: Call[None]) -> dict[str, Any]:
    """Both clocks, the hub time at which the last turn of each timer began, and what is left to do."""
    return {
        "hub_time": _iso(self.clocks.hub.now()),
        "real_time": _iso(call.real_now),
        "timers": {name: _iso(at) for name, at in sorted(self.timers.items())},
        "work_left": {name: count(call.session) for name, count in sorted(self.work_left.items())},
    }


def _iso(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _openapi(self: Probes, call: Call[None]) -> dict[str, Any]:  # noqa: ARG001 - every route takes the call
    """This interface, described in OpenAPI 3.1."""
    from hub_platform.openapi import describe  # asked for seldom, and slow to import

    return describe(type(self))
