"""Traces of the library: passed on when nothing is recorded, without personal data when it is."""

from collections.abc import Iterator

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, TraceFlags
from tests.messaging.received import QUEUE, delivery

from hub_messaging import tracing
from hub_messaging.envelope import Envelope
from hub_messaging.tracing import LINKS, current_traceparent, handling

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"  # pragma: allowlist secret
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def traced(number: int, traceparent: str | None = TRACEPARENT) -> Envelope:
    return delivery(number).envelope._replace(traceparent=traceparent)


@pytest.fixture(name="recorded")
def _recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Record spans from now on, without a global provider, which can be set only once."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("tried"))
    yield exporter
    provider.shutdown()


def test_without_an_sdk_a_trace_is_handed_on_as_it_came() -> None:
    with handling(QUEUE, [traced(1)]):
        assert current_traceparent() == TRACEPARENT
    assert current_traceparent() is None


@pytest.mark.parametrize("broken", [None, "", "rubbish", f"00-{'0' * 32}-00f067aa0ba902b7-01", "\u00e9" * 55])
def test_what_is_no_trace_is_not_handed_on(broken: str | None) -> None:
    with handling(QUEUE, [traced(1, broken)]):
        assert current_traceparent() is None


def test_one_event_continues_its_trace(recorded: InMemorySpanExporter) -> None:
    with handling(QUEUE, [traced(1)]):
        handed_on = current_traceparent()
    (span,) = recorded.get_finished_spans()
    assert (span.name, span.kind) == ("process ParcelSorted", SpanKind.CONSUMER)
    assert span.parent is not None
    assert trace.format_trace_id(span.context.trace_id) == TRACE
    assert trace.format_span_id(span.parent.span_id) == "00f067aa0ba902b7"
    assert handed_on == f"00-{TRACE}-{trace.format_span_id(span.context.span_id)}-01"
    assert span.attributes is not None
    assert span.attributes["messaging.message.id"] == str(traced(1).id)


def test_a_batch_links_to_the_traces_of_its_events_up_to_a_bound(recorded: InMemorySpanExporter) -> None:
    untraced = [traced(1, None), traced(2, "rubbish")]
    with handling(QUEUE, [*untraced, *(traced(number) for number in range(3, 3 + 2 * LINKS))]):
        pass
    (span,) = recorded.get_finished_spans()
    assert (span.name, span.parent) == (f"process {QUEUE}", None)
    assert 0 < len(span.links) <= LINKS
    assert {trace.format_trace_id(link.context.trace_id) for link in span.links} == {TRACE}


def test_a_failure_is_recorded_by_its_class_alone(recorded: InMemorySpanExporter) -> None:
    with pytest.raises(RuntimeError), handling(QUEUE, [traced(1)]):
        raise RuntimeError("Ada Lovelace")
    (span,) = recorded.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["error.type"] == "RuntimeError"
    assert not span.status.is_ok
    assert "Ada" not in span.to_json()


def test_a_trace_that_is_not_recorded_here_is_not_begun_again_further_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tracer = TracerProvider(sampler=ALWAYS_OFF).get_tracer("tried")
    monkeypatch.setattr(tracing, "_tracer", tracer)
    with handling(QUEUE, [traced(1, None)]):
        handed_on = current_traceparent()
    assert handed_on is not None
    assert int(handed_on[-2:], 16) & TraceFlags.SAMPLED == 0


def test_log_lines_of_a_handler_name_the_event_and_those_of_a_batch_their_number() -> None:
    structlog.contextvars.clear_contextvars()  # whatever was handled before in this thread
    with handling(QUEUE, [delivery(1).envelope]):
        known = structlog.contextvars.get_contextvars()
    assert known == {"event_id": str(delivery(1).envelope.id), "correlation_id": "request-1"}
    with handling(QUEUE, [delivery(1).envelope, delivery(2).envelope]):
        assert structlog.contextvars.get_contextvars() == {"events": 2}
    assert structlog.contextvars.get_contextvars() == {}
