"""Routes of every service about itself: health, metrics, version, description."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from types import FunctionType
from typing import Final

import eventlet
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from werkzeug.wrappers import Response

from hub_platform import __version__, audit, calls, headers, idempotency
from hub_platform.access import ANYONE, SIGNED_IN, Actor
from hub_platform.calls import Call, Content
from hub_platform.context import Check, Context, context_of
from hub_platform.dependencies import Database, Time, hub_time_of_turns, work_left
from hub_platform.periodic import every
from hub_platform.routes import JSON, Answer, Route, route
from hub_platform.telemetry import registry
from hub_platform.web import HubRequest

CHECKS_SECONDS: Final = 3.0  # for all checks together: a container's health check (alive.py) waits 4 s


class Probe(Route):
    """A health probe: its method is called with the context of the process.

    Its answer needs no worker, no transaction and no clock of the database: a hanging dependency does not
    block the probe, which reports it.
    """

    def _answer(self, request: HubRequest, actor: Actor) -> Response:  # noqa: ARG002 - anyone may ask
        context = context_of(self.container)
        calls.read_query(request, self.query_schema)
        if "Hub-Time" in request.headers:
            headers.read_now(request, context.clocks.hub, known=False)
        said = getattr(self.container.service_cls, self.method_name)(context)
        return self._respond(said)


class Probes:
    """Inherited by every service class; a subclass with a name gets the probes below /<name>/."""

    name: str
    # Members of commands, parameters and addresses that the audit takes as ids although they are no UUIDs.
    named_in_audit: frozenset[str] = frozenset()
    housekeeping = Database()
    clocks = Time()
    timers = hub_time_of_turns()
    work_left = work_left()

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Put the probes' routes on a service class."""
        super().__init_subclass__(**kwargs)
        if "name" not in vars(cls):
            return
        for probe, path in ((_live, "health/live"), (_ready, "health/ready")):
            cls._add(probe, Probe.decorator("GET", f"/{cls.name}/{path}", allow=ANYONE))
        for answer, path, media_type in (
            (_metrics, "metrics", "text/plain"),
            (_version, "version", JSON),
            (_clock, "v1/clock", JSON),
        ):
            cls._add(answer, route("GET", f"/{cls.name}/{path}", allow=SIGNED_IN, media_type=media_type))
        # Developers of other programs read it before they have a token.
        cls._add(_openapi, route("GET", f"/{cls.name}/v1/openapi.json", allow=ANYONE))

    @classmethod
    def _add(cls, answer: Callable[..., object], decorate: Callable[[FunctionType], object]) -> None:
        """Put a route on this class; on a function of its own, as nameko keeps the route on the function."""
        own = FunctionType(answer.__code__, answer.__globals__, answer.__name__)
        own.__doc__ = answer.__doc__
        setattr(cls, answer.__name__.removeprefix("_"), decorate(own))

    @every(seconds=3600)
    def apply_retention(self) -> None:
        """Delete old answers to Idempotency-Keys and old audit rows; shorten old addresses of the audit."""
        now = self.clocks.real()
        with self.housekeeping.begin() as session:
            idempotency.forget(session, now - idempotency.KEPT_FOR)
        with self.housekeeping.begin() as session:
            audit.shorten(session, now)
            audit.forget(session, now)


def _live(context: Context[object]) -> dict[str, str]:  # noqa: ARG001 - every probe takes it
    """Return that the process answers, without checking its dependencies."""
    return {"status": "live"}


def _ready(context: Context[object]) -> Answer:
    """Return whether the service is ready, what is missing, and other faults for operators."""
    until = time.monotonic() + CHECKS_SECONDS
    wrong, details = _said(context.checks, until), _said(context.details, until)
    told = {"details": details} if details else {}
    if wrong:
        return Answer({"status": "not ready", "missing": wrong, **told}, status=503)
    return Answer({"status": "ready", **told})


def _said(checks: Mapping[str, Check], until: float) -> dict[str, str]:
    """Return the faults that checks report, by name; a check is ended at `until` (monotonic)."""
    answers = {name: _ask(check, max(0.0, until - time.monotonic())) for name, check in checks.items()}
    return {name: said for name, said in answers.items() if said is not None}


def _ask(check: Check, seconds: float) -> str | None:
    said: str | None = f"no answer within {CHECKS_SECONDS:.0f} s"
    with eventlet.Timeout(seconds, False):  # noqa: FBT003 - eventlet's signature
        try:
            said = check()
        except Exception as exc:  # noqa: BLE001 - a check that fails is an answer, too
            said = f"the check failed: {type(exc).__name__}"
    return said


def _metrics(self: Probes, call: Call[None]) -> Content:  # noqa: ARG001 - every route takes the call
    """Return the metrics of this process in Prometheus' text format."""
    return Content(generate_latest(registry), CONTENT_TYPE_LATEST)


def _version(self: Probes, call: Call[None]) -> dict[str, str]:  # noqa: ARG001 - every route takes the call
    """Return the release of this service."""
    return {"service": self.name, "version": __version__}


def _clock(self: Probes, call: Call[None]) -> dict[str, object]:
    """Return both clocks, the hub time at which each timer's last turn began, and the work left."""
    return {
        "hub_time": _iso(self.clocks.hub.now()),
        "real_time": _iso(call.real_now),
        "timers": {name: _iso(at) for name, at in sorted(self.timers.items())},
        "work_left": {name: count(call.session) for name, count in sorted(self.work_left.items())},
    }


def _iso(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _openapi(self: Probes, call: Call[None]) -> dict[str, object]:  # noqa: ARG001 - every route takes the call
    """This interface, described in OpenAPI 3.1."""
    from hub_platform.openapi import describe  # asked for seldom, and slow to import

    return describe(type(self))
