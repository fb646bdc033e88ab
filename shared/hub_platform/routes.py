"""HTTP entrypoints: `route` reads and checks a request, opens one transaction, calls the method, answers.

The transaction is opened here, so that the change, its events and the answer stored for an Idempotency-Key
are saved together or not at all.
"""

import time
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import TypeVar, Unpack

import structlog
from marshmallow import Schema
from nameko.web.handlers import HttpRequestHandler
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from hub_platform import calls, headers, idempotency, recording, tracing
from hub_platform.access import ANONYMOUS, ANYONE, Actor, admit, identify, named_in_log
from hub_platform.bodies import RAW, Body, Raw, Received, receive
from hub_platform.calls import Answer, Call, Content, Later
from hub_platform.completing import Completed, completed
from hub_platform.context import context_of
from hub_platform.deadlines import REQUEST_SECONDS, within
from hub_platform.ids import new_id
from hub_platform.other_sites import refuse_other_sites
from hub_platform.paging import Page, PageRequest
from hub_platform.problem_pages import refusal_of
from hub_platform.problems import Problem, problem_of
from hub_platform.queueing import Queue
from hub_platform.route_options import Options
from hub_platform.telemetry import http_seconds_of
from hub_platform.web import HubRequest, HubWebServer
from hub_platform.working import turn, work

__all__ = [
    "JSON", "PAGE", "RAW", "Answer", "Body", "Call", "Completed", "Content", "Later", "Page", "PageRequest",
    "Raw", "Route", "route",
]  # fmt: skip

JSON = "application/json"
PAGE = "text/html"
F = TypeVar("F", bound=Callable[..., object])

log = structlog.get_logger(__name__)


class Route(HttpRequestHandler):  # type: ignore[misc]  # nameko ships no types
    """One method and path of a service's HTTP interface, with its schemas, roles and limits."""

    server = HubWebServer()

    def __init__(
        self,
        method: str,
        path: str,
        *,
        allow: frozenset[str],
        body: type[Schema] | Raw | None = None,
        query: type[Schema] | None = None,
        paged: bool = False,
        answer: type[Schema] | None = None,
        status: int = 200,
        media_type: str | tuple[str, ...] = JSON,
        sign_in_at: str | None = None,
        seconds: float = REQUEST_SECONDS,
        later_in: Queue | None = None,
        personal: bool = False,
        **kwargs: object,
    ) -> None:
        """`sign_in_at`: where pages send people without a credential; the first media type is the usual.

        `seconds` is what the method may take, `later_in` the queue in which a `Later` answer is made.
        `personal`: the answer holds names or contacts of people, so that the audit records who reads it.
        """
        super().__init__(method, path, **kwargs)
        self.allow = allow
        self.body = body
        self.query = query
        self.paged = paged
        self.answer = answer
        self.status = status
        self.media_types = (media_type,) if isinstance(media_type, str) else media_type
        self.sign_in_at = sign_in_at
        self.seconds = seconds
        self.later_in = later_in
        self.recorded = recording.is_recorded(method, personal=personal)

    @cached_property
    def body_schema(self) -> Schema | None:
        """Reads the body."""
        return None if self.body is None or isinstance(self.body, Raw) else self.body()

    @cached_property
    def query_schema(self) -> Schema:
        """Reads the parameters."""
        return calls.query_schema(self.query, paged=self.paged)

    @cached_property
    def answer_schema(self) -> Schema | None:
        """Writes the answer."""
        return None if self.answer is None else self.answer()

    def handle_request(self, request: HubRequest) -> Response:
        """Answer one request; every exception becomes a problem."""
        request.shallow = False
        request.correlation_id = headers.read_request_id(request) or str(new_id())
        with (
            structlog.contextvars.bound_contextvars(correlation_id=request.correlation_id),
            tracing.serving(self.method, self.url, headers.read_traceparent(request)) as span,
        ):
            response = self._handle(request)
            tracing.answered(span, response.status_code)
        return response

    def _handle(self, request: HubRequest) -> Response:
        started = time.perf_counter()
        try:
            response = self._answer(request, self._admitted(request))
        except Exception as exc:  # noqa: BLE001 - every exception becomes an answer
            problem = problem_of(exc)
            response = self._refuse(problem, exc, request)
            recording.record_refusal(self, request, problem)
        response.headers.update({"X-Request-ID": request.correlation_id, "X-Content-Type-Options": "nosniff"})
        if self.allow != ANYONE:  # restricted answers are stored by no cache
            response.headers.setdefault("Cache-Control", "no-store")
        seconds = time.perf_counter() - started
        http_seconds_of(self.method, self.url, response.status_code).observe(seconds)
        write = log.debug if "/health/" in self.url else log.info  # probes are too frequent for the log
        write(
            "request",
            method=self.method,
            route=self.url,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            actor=named_in_log(request.actor),
        )
        return response

    def _admitted(self, request: HubRequest) -> Actor:
        """Return the sender after checking credential, role, origin and rate limit."""
        context = context_of(self.container)
        if self.allow == ANYONE:
            context.rate_limits.spend_open(request)
            refuse_other_sites(request)
            return ANONYMOUS
        actor = identify(request, context.token_check, context.session_check, context.cookie_name)
        request.actor = actor
        context.rate_limits.spend_known(actor)
        refuse_other_sites(request)
        admit(actor, self.allow)
        return actor

    def _read(self, request: HubRequest, actor: Actor) -> tuple["partial[Call[object]]", str | None]:
        """Return a call without its transaction, and the digest of a body that was read as a stream."""
        query, page = calls.read_query(request, self.query_schema)
        known = actor is not ANONYMOUS
        now = headers.read_now(request, context_of(self.container).clocks.hub, known=known)
        expected = headers.read_expected(request)
        took = Received()
        if isinstance(self.body, Raw):
            took = receive(request, self.body, subject=actor.subject, known=known)
        call: partial[Call[object]] = partial(
            Call,
            actor=actor,
            now=now,
            command=self.body_schema and calls.read_command(request, self.body_schema, request.path_values),
            query=query,
            path=request.path_values,
            page=page,
            raw=took.raw,
            content=took.content,
            expected=expected,
            request=request,
        )
        return call, took.digest

    def _answer(self, request: HubRequest, actor: Actor) -> Response:
        make_call, digest = self._read(request, actor)
        attempt = idempotency.Attempt.of(request, actor, digest)
        context = context_of(self.container)
        real_now = context.clocks.real
        with (
            turn(context.shares, request, actor, self.later_in),
            context.sessions.begin() as session,
            within(self.seconds),  # and no longer: a commit that is broken off may have taken effect
        ):
            session.info["correlation_id"] = request.correlation_id
            session.info["traceparent"] = tracing.current_traceparent()
            kept = attempt and idempotency.first_answer(session, attempt, now=real_now())
            call = make_call(session=session, real_now=real_now())
            if kept:
                answer = idempotency.repeated(kept, session, partial(work, self.container, self, call))
                recording.record(self, call, answer, repeated=True)
                return answer
            result = work(self.container, self, call)
            if not isinstance(result, Later):
                response = self._respond(result.first if isinstance(result, Completed) else result)
                if attempt:
                    idempotency.keep(session, attempt, response)
                recording.record(self, call, response)
        if isinstance(result, Later):
            response = self._respond(result.make())
            recording.record_after(self, call, response)
        if isinstance(result, Completed):
            response = completed(result, response, attempt, self._respond, context.sessions)
        return response.make_conditional(request) if self.method == "GET" else response

    def _respond(self, result: object) -> Response:
        return calls.respond(result, status=self.status, schema=self.answer_schema)

    def _refuse(self, problem: Problem, exc: Exception, request: HubRequest) -> Response:
        if problem.status == 401 and self.sign_in_at is not None:
            return redirect(self.sign_in_at, 303)
        if problem.status == 500:
            log.error("request_failed", route=self.url, error=type(exc).__name__, exc_info=exc)
        return refusal_of(problem, request, reference=request.correlation_id, pages=request.pages)


def routes_of(service_class: type) -> Mapping[str, Route]:
    """Return every route of a service class by the name of its method."""
    return {
        name: entrypoint
        for name in dir(service_class)
        for entrypoint in getattr(getattr(service_class, name), "nameko_entrypoints", ())
        if isinstance(entrypoint, Route)
    }


def route(method: str, path: str, *, allow: frozenset[str], **options: Unpack[Options]) -> Callable[[F], F]:
    """Declare a method as the one that answers `method path`; see `Route`."""
    decorator: Callable[[F], F] = Route.decorator(method, path, allow=allow, **options)
    return decorator
