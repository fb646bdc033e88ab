"""The edge that restores missing events of the log from the outboxes, as the broker's administrator.

The log is bound first. Then a snapshot of each outbox is taken, a mark is written, and the log is read up to
it. Events of the snapshot that the log lacks are published through the refill exchange of their publisher, in
the outbox's order. So no event is written twice, and an interrupted restore can simply be repeated.
"""

import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa
from amqp.exceptions import ResourceLocked
from sqlalchemy.orm import Session

from hub_messaging import counting, outbox
from hub_messaging.amqp_types import Connection
from hub_messaging.envelope import Posted, routing_key_of
from hub_messaging.event_log import LogSilent, Unbound, read_log
from hub_messaging.log_monitor import Remembered, remember
from hub_messaging.messages import Message
from hub_messaging.publisher import CONFIRM_SECONDS, ConfirmedPublisher
from hub_messaging.tables import StoredRow
from hub_messaging.tables import outbox as table
from hub_messaging.topology import MARK, exchange_of, refill_exchange_of, source_of
from hub_messaging.wire import declare_publishers, drain, tick

BATCH: Final = 500
LOCK: Final = "hub.log.restore"  # a queue of one connection: two restores at once would write an event twice
LOOK_AGAIN_SECONDS: Final = 0.5

Tell = Callable[[str, int, int], None]  # reports progress: step, done, total


class AtWork(Exception):
    """Another restore is running."""


@dataclass(frozen=True)
class Kind:
    """The events of one kind in a publisher's outbox, and the number that the log lacks."""

    publisher: str
    routing_key: str
    kept: int
    missing: int


@dataclass(frozen=True)
class Compared:
    """The log compared with the outboxes."""

    kinds: Sequence[Kind]
    gone: Mapping[str, int]  # publisher → events that neither the log nor its outbox holds

    @property
    def missing(self) -> int:
        """The number of events that can be restored."""
        return sum(kind.missing for kind in self.kinds)


@dataclass(frozen=True)
class Outboxes:
    """The publishers' databases of one hub, which a restore reads."""

    hub_id: str
    schemas: str
    engines: Mapping[str, sa.Engine] = field(repr=False)  # publisher → its database


@dataclass(frozen=True)
class _Run:
    """One run of a comparison or a restore: the log's connection, the outboxes, the report of progress."""

    connection: Connection
    outboxes: Outboxes
    tell: Tell


def compare(connection: Connection, outboxes: Outboxes, tell: Tell) -> Compared:
    """Compare the log with the outboxes; writes only a mark.

    Raises:
        wire.Missing: there is no log, or it is bound to no publisher.
        BROKER_ERRORS, SQLAlchemyError: the broker or a database is unavailable.
    """
    with _snapshots(outboxes) as sessions:
        return _compared(sessions, _logged(_Run(connection, outboxes, tell), list(sessions)))


def restore(connection: Connection, outboxes: Outboxes, tell: Tell) -> Compared:
    """Declare the log and its bindings, restore the events that it lacks, and return their numbers.

    Raises:
        AtWork: another restore is running.
        Unconfirmed: the broker refuses; confirmed events are there, the next restore adds the others.
        BROKER_ERRORS, SQLAlchemyError: the broker or a database is unavailable; likewise.
    """
    channel = connection.channel()
    try:
        channel.queue_declare(LOCK, exclusive=True)
    except ResourceLocked:
        raise AtWork from None
    declare_publishers(connection, *outboxes.engines)
    run, bound_at = _Run(connection, outboxes, tell), time.monotonic()
    with _snapshots(outboxes) as sessions:
        in_transit = {name: _in_transit(session) for name, session in sessions.items()}
        found = _restore_missing(run, sessions)
    found = _restore_after_transit(run, in_transit, found, bound_at=bound_at)
    for engine in outboxes.engines.values():
        with Session(engine) as session, session.begin():
            remember(session, Remembered(mark_offset=-1, published=None))
    channel.queue_delete(LOCK)
    return found


@contextlib.contextmanager
def _snapshots(outboxes: Outboxes) -> Iterator[dict[str, Session]]:
    """Open a transaction on each database with a snapshot of its outbox."""
    with contextlib.ExitStack() as stack:
        sessions = {}
        for publisher, engine in outboxes.engines.items():
            fixed = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            sessions[publisher] = stack.enter_context(Session(fixed))
            sessions[publisher].execute(sa.select(table.c.position).limit(1))  # takes the snapshot
        yield sessions


def _in_transit(session: Session) -> list[int]:
    """Return the unmarked positions that the relay may have sent before the log was bound."""
    waiting = sa.select(table.c.position).where(table.c.published_at.is_(None))
    return list(session.scalars(waiting.order_by(table.c.position).limit(BATCH)))


def _logged(run: _Run, publishers: Sequence[str]) -> dict[str, set[str]]:
    """Return the ids of each publisher's events in the log, by the exchange that they came through."""
    publisher_of = {name(one): one for one in publishers for name in (exchange_of, refill_exchange_of)}
    ids: dict[str, set[str]] = {one: set() for one in publishers}
    read = 0
    for messages in _read(run.connection, publishers):
        read += len(messages)
        run.tell("Reading the log", read, 0)
        for message in messages:
            publisher = publisher_of.get(message.exchange or "")
            if publisher is not None and message.routing_key != MARK:
                with contextlib.suppress(ValueError, TypeError, KeyError):
                    ids[publisher].add(str(json.loads(message.body)["id"]))
    return ids


def _read(connection: Connection, publishers: Sequence[str]) -> Iterator[list[Message]]:
    """Read all of the log; the first publisher to which it is bound marks its end."""
    for number, publisher in enumerate(publishers, start=1):
        try:
            yield from read_log(connection, publisher, None)
        except (Unbound, LogSilent):
            if number == len(publishers):
                raise
        else:
            return


def _compared(sessions: Mapping[str, Session], logged: Mapping[str, set[str]]) -> Compared:
    kinds, gone = [], {}
    for publisher, session in sessions.items():
        kept: Counter[str] = Counter()
        missing: Counter[str] = Counter()
        present = 0
        for id_, type_, version in _published(session):
            key, there = routing_key_of(type_, version), str(id_) in logged[publisher]
            kept[key] += 1
            missing[key] += not there
            present += there
        kinds += [Kind(publisher, key, number, missing[key]) for key, number in sorted(kept.items())]
        forgotten = sum(counting.published(session).values()) - kept.total()
        gone[publisher] = max(0, forgotten - (len(logged[publisher]) - present))
    return Compared(kinds, gone)


def _published(session: Session) -> Iterator[StoredRow]:
    columns = sa.select(table.c.id, table.c.type, table.c.version)
    published = columns.where(table.c.published_at.is_not(None))
    return iter(session.execute(published, execution_options={"yield_per": 10 * BATCH}))


def _restore_missing(run: _Run, sessions: Mapping[str, Session]) -> Compared:
    """Publish the events that the log lacks, and return the comparison made before."""
    logged = _logged(run, list(sessions))
    found, done = _compared(sessions, logged), 0
    for publisher, session in sessions.items():
        sender = ConfirmedPublisher(run.connection, refill_exchange_of(publisher))
        for wanted in _wanted(session, run.outboxes, publisher, logged[publisher]):
            sender.publish(wanted)
            done += len(wanted)
            run.tell("Restoring missing events", done, found.missing)
        sender.close()
    return found


def _wanted(session: Session, outboxes: Outboxes, publisher: str, logged: set[str]) -> Iterator[list[Posted]]:
    source, position = source_of(outboxes.hub_id, publisher), 0
    while events := outbox.history(session, source, after=position, limit=BATCH):
        position = events[-1][0]
        wanted = [event.posted(outboxes.schemas) for _, event in events if str(event.id) not in logged]
        if wanted:
            yield wanted


def _restore_after_transit(
    run: _Run, in_transit: Mapping[str, list[int]], found: Compared, *, bound_at: float
) -> Compared:
    """Repeat the restore once the relay has marked the events in transit while the log was bound."""
    while any(_waits(run.outboxes.engines[name], positions) for name, positions in in_transit.items()):
        if time.monotonic() - bound_at > CONFIRM_SECONDS:
            break  # the relay has given up by now and publishes them again: into the log
        drain(run.connection, LOOK_AGAIN_SECONDS)
        tick(run.connection)  # the wait is longer than the broker waits for a heartbeat
    if not any(in_transit.values()):
        return found
    with _snapshots(run.outboxes) as sessions:
        late = _restore_missing(run, sessions)
    before = {(kind.publisher, kind.routing_key): kind.missing for kind in found.kinds}
    kinds = [
        Kind(k.publisher, k.routing_key, k.kept, k.missing + before.get((k.publisher, k.routing_key), 0))
        for k in late.kinds
    ]
    return Compared(kinds, late.gone)


def _waits(engine: sa.Engine, positions: list[int]) -> bool:
    if not positions:
        return False
    waiting = sa.select(table.c.position).where(
        table.c.position.in_(positions), table.c.published_at.is_(None)
    )
    with Session(engine) as session:
        return session.scalar(waiting.limit(1)) is not None
