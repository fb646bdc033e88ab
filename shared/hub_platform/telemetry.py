"""Logs and metrics of a service for its operator: one JSON line for each log event, and Prometheus metrics.

Neither ever carries a name, an address, a token or free text: subjects, routes, codes and times only.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from functools import cache
from types import TracebackType

import structlog
from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from structlog.typing import EventDict, Processor

CHAIN = 5  # exceptions, each the cause of the one before, that a log line tells of

registry = CollectorRegistry()

http_seconds = Histogram(
    "hub_http_request_seconds",
    "Time from a request's first byte to its answer.",
    ["method", "route", "status"],
    registry=registry,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
process_failures = Counter(
    "hub_process_failures",
    "Files not read and documents not printed, as the process that works on them failed.",
    ["work", "reason"],
    registry=registry,
)
http_connections = Gauge("hub_http_connections", "Open connections of clients.", registry=registry)

http_seconds_of = cache(http_seconds.labels)  # looked up once: there are only so many routes and statuses


def _say_trace(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Name the trace, when spans are made."""
    span = trace.get_current_span()
    if span.is_recording():
        event["trace_id"] = trace.format_trace_id(span.get_span_context().trace_id)
    return event


_shared: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    _say_trace,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure(service: str, level: int | str) -> None:
    """Send everything logged, ours and the libraries', to standard output as JSON lines."""
    structlog.configure(
        processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_shared, structlog.stdlib.add_logger_name],
            processors=[
                _say_service(service),
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _tell_exceptions_without_their_texts,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    sys.excepthook = _uncaught
    # nameko logs every exception with its message; the edges log failures themselves, without.
    logging.getLogger("nameko.containers").setLevel(logging.CRITICAL)
    logging.getLogger("nameko.web.server").setLevel(logging.WARNING)
    # It warns of each message that still comes while a channel is closed, which is no trouble.
    logging.getLogger("amqp").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _uncaught(kind: type[BaseException], exc: BaseException, trace: TracebackType | None) -> None:
    """Log what ends the process, where Python would print its text."""
    if isinstance(exc, KeyboardInterrupt):
        sys.__excepthook__(kind, exc, trace)
    else:
        logging.getLogger(__name__).critical("uncaught", exc_info=(kind, exc, trace))


def _say_service(service: str) -> Processor:
    def add(_logger: object, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return add


def _tell_exceptions_without_their_texts(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Return the traceback of an exception without its text, which may contain data of senders."""
    if exc_info := event.pop("exc_info", None):
        event["exception"] = "".join(told(_exception(exc_info)))
    return event


def _exception(exc_info: object) -> BaseException | None:
    """Return the exception that `exc_info=` of a logging call names: itself, in a triple, or present."""
    if isinstance(exc_info, tuple):
        exc_info = exc_info[1]
    return exc_info if isinstance(exc_info, BaseException) else sys.exc_info()[1]


def told(exc: BaseException | None) -> Iterator[str]:
    """Where an exception and its causes were raised, line by line, without their texts."""
    for _ in range(CHAIN):
        if exc is None:
            return
        yield from traceback.format_tb(exc.__traceback__)
        yield f"{type(exc).__qualname__}{_sqlstate(exc)}\n"
        exc = exc.__cause__ or exc.__context__


def _sqlstate(exc: BaseException) -> str:
    """PostgreSQL's code of a database error: its own log holds none of it."""
    code = getattr(exc, "pgcode", None)
    return f" [{code}]" if isinstance(code, str) else ""
