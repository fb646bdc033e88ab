"""Follows requests across services: W3C Trace Context in, OpenTelemetry spans out.

Off unless the operator names a collector. The SDK is imported only then, for it takes memory; without it what
came in is still handed on, which OpenTelemetry's interface does by itself.
"""

import atexit
import contextlib
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from hub_platform import __version__

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

    from hub_platform.settings import Settings

FLUSH_SECONDS: Final = 2.0  # spans that the collector has not accepted by then are dropped
SPANS_PATH: Final = "/v1/traces"  # OTLP 1.0, "OTLP/HTTP Request"

_tracer = trace.get_tracer("hub_platform")
_format = TraceContextTextMapPropagator()


def configure(settings: "Settings") -> None:
    """Send spans to the collector from now on, when one is set; call it after eventlet has patched threads.

    Certificates and headers are read from OpenTelemetry's own variables, OTEL_EXPORTER_OTLP_*.
    """
    if settings.otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        endpoint = settings.otlp_endpoint.removesuffix("/") + SPANS_PATH
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=FLUSH_SECONDS)
        provider = provider_of(exporter, settings)
        trace.set_tracer_provider(provider)
        atexit.register(partial(_flush, provider))


def provider_of(exporter: "SpanExporter", settings: "Settings") -> "TracerProvider":
    """Return a provider that samples spans of this service by whole traces and exports them."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

    names = {
        "service.name": f"hub.{settings.service}",
        "service.namespace": settings.hub_id,
        "service.version": __version__,
    }
    provider = TracerProvider(
        resource=Resource.create(names),
        sampler=ParentBasedTraceIdRatio(settings.trace_ratio),
        shutdown_on_exit=False,  # it would wait for 30 s
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


@contextlib.contextmanager
def serving(method: str, route: str, traceparent: str | None) -> Iterator[Span]:
    """Note one request, as a part of the trace that it names.

    Names the route and not the address, which may contain a key or, in its query, a name of a person.
    """
    span = _tracer.start_as_current_span(
        f"{method} {route}",
        context=_format.extract({} if traceparent is None else {"traceparent": traceparent}),
        kind=SpanKind.SERVER,
        attributes={"http.request.method": method, "http.route": route, "url.scheme": "http"},
        record_exception=False,  # the text of an exception may contain data of senders
        set_status_on_exception=False,
    )
    with span as current:
        yield current


def answered(span: Span, status: int) -> None:
    """Note a request's answer; the caller's own mistakes are no error of ours."""
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_attribute("error.type", str(status))
        span.set_status(StatusCode.ERROR)


def current_traceparent() -> str | None:
    """Return the W3C Trace Context of the present span."""
    carrier: dict[str, str] = {}
    _format.inject(carrier)
    return carrier.get("traceparent")


def _flush(provider: "TracerProvider") -> None:
    """Send what is left, within a bounded time."""
    import eventlet

    with eventlet.Timeout(FLUSH_SECONDS, False):  # noqa: FBT003 - eventlet's signature
        provider.shutdown()
