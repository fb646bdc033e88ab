"""An OpenTelemetry collector as far as a test needs one: takes OTLP over HTTP and keeps the spans."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from hub_local import ports


@dataclass(frozen=True)
class SentSpan:
    """One span with what a test asks about."""

    service: str
    resource: dict[str, Any]
    name: str
    kind: int
    trace_id: str
    span_id: str
    parent_id: str  # empty for the first of a trace
    links: tuple[tuple[str, str], ...]  # trace and span ids
    attributes: dict[str, Any]
    failed: bool
    raw: str  # everything in it


@dataclass
class Collector:
    """The address of the collector and the requests that it received."""

    endpoint: str
    spans: list[SentSpan] = field(default_factory=list)
    answering: threading.Event = field(default_factory=threading.Event)

    def named(self, name: str) -> list[SentSpan]:
        """The spans of one name, as they came."""
        return [span for span in list(self.spans) if span.name == name]

    def take(self, request: ExportTraceServiceRequest) -> None:
        """Keep what one request brings."""
        for group in request.resource_spans:
            resource = _values(group.resource.attributes)
            for scope in group.scope_spans:
                self.spans += [_span(span, resource) for span in scope.spans]


@contextlib.contextmanager
def running_collector() -> Iterator[Collector]:
    """Collect until the end of the `with` statement; clear `answering` to let senders wait."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.answering.wait(30)
            collector.take(ExportTraceServiceRequest.FromString(body))
            answer = ExportTraceServiceResponse().SerializeToString()
            with contextlib.suppress(ConnectionError):
                self.send_response(200 if self.path == "/v1/traces" else 404)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((ports.LOOPBACK, 0), Handler)
    server.daemon_threads = True
    collector = Collector(f"http://{ports.LOOPBACK}:{server.server_address[1]}")
    collector.answering.set()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield collector
    finally:
        collector.answering.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def _span(span: Any, resource: dict[str, Any]) -> SentSpan:
    return SentSpan(
        service=str(resource["service.name"]),
        resource=resource,
        name=span.name,
        kind=span.kind,
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        links=tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links),
        attributes=_values(span.attributes),
        failed=span.status.code == span.status.STATUS_CODE_ERROR,
        raw=str(span),
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in attributes}
