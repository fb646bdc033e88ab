"""The edge that rebuilds one service's projections: `python -m <package> rebuild`.

Its output is lines of text or, with --json, one JSON object a line:
{"read": …, "of": …} while history is read, and at the end {"result": …} or {"error": "…"}.
"""

import argparse
import contextlib
import logging
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, NoReturn

import sqlalchemy as sa
import structlog
from nameko.extensions import DependencyProvider
from sqlalchemy.orm import Session

from hub_messaging.catchup import ReadLog
from hub_messaging.delivery import Delivery
from hub_messaging.dispatch import DatabaseAway, Handler
from hub_messaging.envelope import Event
from hub_messaging.event_log import read_log
from hub_messaging.loss_report import CannotList
from hub_messaging.messages import Message
from hub_messaging.operator_actions import Operator
from hub_messaging.outbox_log import read_outboxes
from hub_messaging.provenance import Origins, foreign_sources
from hub_messaging.rebuild import Accepted, Rebuild, Rebuilt
from hub_messaging.rebuild_options import options_of
from hub_messaging.rebuild_output import Interruption, Words
from hub_messaging.sessions import reaching
from hub_messaging.shadow_fill import CannotRebuild, Service
from hub_messaging.stored_deliveries import Refused
from hub_messaging.subscribe import Subscription, subscriber_of
from hub_messaging.switch_back import SwitchBack
from hub_messaging.tables import inbox
from hub_messaging.topology import source_of
from hub_messaging.wire import BROKER_ERRORS, connected

INTERRUPTED: Final = 130  # the exit code that shells give it

Setting = Callable[[str], str]


class NeedsDependency(BaseException):
    """A handler uses a dependency of a running service: a fault of its class, not of one event."""


class _Absent:
    """A placeholder for a dependency of a running service; any use raises."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, _attribute: str) -> NoReturn:
        raise NeedsDependency(self._name)


def rebuild(service_class: type, setting: Setting, arguments: Sequence[str]) -> int:
    """Run the command line, and return the exit code.

    Args:
        service_class: the service, whose `projections` names the tables that events alone make.
        setting: gives the value of a setting by its name.
        arguments: what follows `rebuild` on the command line.
    """
    options = options_of(arguments)
    words = Words(options.json)
    try:
        operator = None if options.dry_run else Operator(options.by, options.why)
        with (
            _interrupts_received_by(words.interruption),
            _without_log(),
            _prepared(service_class, setting, words, from_outboxes=options.from_outboxes) as service,
        ):
            rebuilt = _run(service, operator, options)
    except KeyboardInterrupt:
        return _interrupted(words)
    except (Refused, CannotRebuild, CannotList) as exc:
        words.error(str(exc))
        return 1
    except NeedsDependency as exc:
        words.error(f"Its handlers use `{exc}`, which only a running service has: it cannot be rebuilt.")
        return 1
    except (DatabaseAway, sa.exc.SQLAlchemyError) as exc:
        return _unanswered(words, "database", exc)
    except BROKER_ERRORS as exc:
        return _unanswered(words, "broker", exc)
    words.result(rebuilt)
    return 0 if options.dry_run or rebuilt.switched else 1


def _run(service: Service, operator: Operator | None, options: argparse.Namespace) -> Rebuilt:
    if options.back:
        return SwitchBack(service).run(operator, accept_undone=options.accept_undone)
    accepted = Accepted(undone=options.accept_undone, loss=options.accept_loss)
    return Rebuild(service, options.losses).run(operator, accepted)


def _interrupted(words: Words) -> int:
    words.error("Interrupted: the live tables are as they were.")
    return INTERRUPTED


def _unanswered(words: Words, server: str, error: Exception) -> int:
    """A connection fails too when an interruption breaks it in the middle of a statement."""
    if words.interruption.asked:
        return _interrupted(words)
    words.error(f"The {server} does not answer, or not as expected ({type(error).__name__}).")
    return 1


def handlers_of(service_class: type) -> list[Handler]:
    """Return the handlers of a service, callable without a running one."""
    service: object = object.__new__(service_class)
    for name in dir(service_class):
        provider = getattr(service_class, name)
        if isinstance(provider, DependencyProvider):
            stands_in = getattr(
                provider, "without_service", None
            )  # for a dependency that needs no running service
            setattr(service, name, stands_in() if stands_in else _Absent(name))
    return [
        Handler(entrypoint.event_classes, entrypoint.batch, _call(getattr(service, name), entrypoint))
        for name in dir(service_class)
        for entrypoint in getattr(getattr(service_class, name), "nameko_entrypoints", ())
        if isinstance(entrypoint, Subscription)
    ]


def _call(
    method: Callable[..., None], entrypoint: Subscription
) -> Callable[[Session, Sequence[Delivery[Event]]], None]:
    return lambda session, deliveries: method(*entrypoint.arguments(session, deliveries))


@contextlib.contextmanager
def _interrupts_received_by(interruption: Interruption) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, interruption.receive)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _without_log() -> Iterator[None]:
    """Silence the log: failures are counted in the result, and a line for each would hide it."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


@contextlib.contextmanager
def _prepared(
    service_class: type, setting: Setting, words: Words, *, from_outboxes: bool
) -> Iterator[Service]:
    subscriber = subscriber_of(service_class)
    projections = getattr(service_class, "projections", None)
    if not projections:
        name = subscriber.service.capitalize()
        raise CannotRebuild(f"{name} cannot be rebuilt: its tables hold what no event could bring back.")
    with contextlib.ExitStack() as stack:
        engine = _engine(stack, setting("DATABASE_URL"))
        with engine.connect() as connection:
            words.of = connection.scalar(sa.select(sa.func.count()).select_from(inbox)) or 0
        if from_outboxes:
            history = _outboxes(stack, subscriber.listens_to, setting)
        else:
            history = _log(setting("AMQP_URI"), subscriber.service)
        yield Service(
            engine,
            subscriber.queue,
            handlers_of(service_class),
            projections,
            history,
            Origins(setting("ID"), foreign_sources(setting("FOREIGN_SOURCES"))),
            words.progress,
        )


def _log(uri: str, service: str) -> ReadLog:
    """Read the log with a new connection each time: an idle one would miss its heartbeats."""

    def read(since: datetime | None) -> Iterator[list[Message]]:
        with connected(uri) as connection:
            yield from read_log(connection, service, since)

    return read


def _outboxes(stack: contextlib.ExitStack, publishers: Iterable[str], setting: Setting) -> ReadLog:
    hub_id = setting("ID")
    engines = {
        source_of(hub_id, publisher): _engine(stack, setting(f"{publisher.upper()}_DATABASE_URL"))
        for publisher in sorted(publishers)
    }
    return lambda since: read_outboxes(engines, since)


def _engine(stack: contextlib.ExitStack, url: str) -> sa.Engine:
    engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=reaching(url))
    stack.callback(engine.dispose)
    return engine
