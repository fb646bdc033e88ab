"""Traces across services: W3C Trace Context (November 2021), by OpenTelemetry's interface.

Without an SDK in the process nothing is recorded, and a received context is passed on unchanged.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final

import structlog
from opentelemetry import trace
from opentelemetry.trace import Link, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from hub_messaging.envelope import Envelope

LINKS: Final = 32  # of a batch at most

_tracer = trace.get_tracer("hub_messaging")
_format = TraceContextTextMapPropagator()


def current_traceparent() -> str | None:
    """Return the `traceparent` of the current work, whether it is sampled or not."""
    carrier: dict[str, str] = {}
    _format.inject(carrier)
    return carrier.get("traceparent")


@contextlib.contextmanager
def handling(subscription: str, envelopes: Sequence[Envelope]) -> Iterator[None]:
    """Record the handling of one event, or of a batch, in logs and traces.

    One event continues the trace that it came from; a batch has a trace of its own with links to theirs.
    """
    first = envelopes[0]
    alone = len(envelopes) == 1
    names = _names(first) if alone else {"events": len(envelopes)}
    attributes: dict[str, str | int] = {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": subscription,
        "messaging.batch.message_count": len(envelopes),
    }
    if alone:
        attributes["messaging.message.id"] = str(first.id)
    span = _tracer.start_as_current_span(
        f"process {first.type}" if alone else f"process {subscription}",
        context=_format.extract(_carrier(first)) if alone else None,
        kind=SpanKind.CONSUMER,
        attributes=attributes,
        links=() if alone else _links(envelopes),
        record_exception=False,  # an exception's text may quote personal data
        set_status_on_exception=False,
    )
    with span as current, structlog.contextvars.bound_contextvars(**names):
        try:
            yield
        except Exception as exc:
            current.set_attribute("error.type", type(exc).__name__)
            current.set_status(StatusCode.ERROR)
            raise


def name_in_log(envelope: Envelope) -> None:
    """Add an event's ids to every log line from now on, until the next call."""
    structlog.contextvars.unbind_contextvars("event_id", "correlation_id", "causation_id")
    structlog.contextvars.bind_contextvars(**_names(envelope))


def _names(envelope: Envelope) -> dict[str, str]:
    names = {
        "event_id": str(envelope.id),
        "correlation_id": envelope.correlation_id,
        "causation_id": envelope.causation_id,
    }
    return {name: value for name, value in names.items() if value is not None}


def _carrier(envelope: Envelope) -> dict[str, str]:
    return {} if envelope.traceparent is None else {"traceparent": envelope.traceparent}


def _links(envelopes: Sequence[Envelope]) -> list[Link]:
    traced = [envelope for envelope in envelopes if envelope.traceparent is not None][:LINKS]
    spans = [trace.get_current_span(_format.extract(_carrier(envelope))) for envelope in traced]
    return [Link(context) for span in spans if (context := span.get_span_context()).is_valid]
