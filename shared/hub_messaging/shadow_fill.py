"""History read into a shadow copy of a service's tables, until it has all deliveries of the live copy.

History is read up to now while the reader runs. Events that arrive meanwhile follow in ever shorter rounds.
For the last round the live tables are locked.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

import sqlalchemy as sa
from prometheus_client import CollectorRegistry
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import sessionmaker

from hub_messaging import retries, shadow_copy, stored_deliveries
from hub_messaging.catchup import ReadLog
from hub_messaging.completeness import Completeness
from hub_messaging.dispatch import Degraded, Dispatcher, Handler
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.provenance import Origins
from hub_messaging.sessions import reaching
from hub_messaging.shadow_copy import Busy, Decision, ShadowCopy
from hub_messaging.shadow_statements import NEW
from hub_messaging.wall_clock import utc_now

BATCH: Final = 1000  # messages in one transaction
SHORT: Final = timedelta(seconds=10)
# How far back each round reads again (None: everything): the log is asked by the clock, and clocks differ.
OVERLAPS: Final = (SHORT, timedelta(minutes=1), timedelta(hours=1), None)
LOCK_ATTEMPTS: Final = 300
PAUSE_SECONDS: Final = 0.2  # between them
READS_ALLOWED, NO_ACCESS = "EXCLUSIVE", "ACCESS EXCLUSIVE"  # modes of LOCK TABLE

T = TypeVar("T")


class CannotRebuild(Exception):
    """The rebuild is not possible; the message gives the reason. The live tables are unchanged."""


@dataclass(frozen=True)
class Service:
    """The subject of a rebuild: one service's subscription, handlers and projections."""

    engine: sa.Engine  # its connections find the live tables
    subscription: str
    handlers: Sequence[Handler]
    projections: Sequence[sa.Table]
    read_log: ReadLog
    origins: Origins
    progress: Callable[[int], None] = lambda _read: None  # called with the number of messages read


@dataclass
class ShadowFill:
    """One copy while it is being filled."""

    service: Service
    schema: str = NEW
    read: int = 0
    absent: int = 0  # deliveries that took effect in the live copy and are not in the history
    began: datetime = field(default_factory=utc_now)
    floor: datetime | None = None  # earliest instant to read history from; None: its beginning

    def __post_init__(self) -> None:
        service = self.service
        self.copies = ShadowCopy(service.projections, self.schema)
        self.engine = _engine_of(service.engine, self.schema)
        self.sessions = sessionmaker(self.engine, expire_on_commit=False)
        metrics = ReadingMetrics(CollectorRegistry())
        self._dispatcher = Dispatcher(
            service.subscription, self.sessions, service.handlers, metrics, service.origins
        )
        self.types = self._dispatcher.types
        self._completeness = Completeness(self.sessions, service.origins, self.types)

    def fill(self, since: datetime | None, live: sa.Connection | None = None) -> None:
        """Process history from an instant in the copy; `live` is the connection with the lock, if any."""
        self.began = utc_now()
        with contextlib.nullcontext(live) if live else self.service.engine.connect() as connection:
            decided = shadow_copy.decided(connection)
        gathered: list[Message] = []
        # A batch takes effect in another thread, which waits for the database, while the next one is read.
        with ThreadPoolExecutor(1) as worker:
            taken = worker.submit(self._take, [])
            for messages in self.service.read_log(since):
                wanted = [m for m in messages if m.routing_key in self.types]
                if self.schema == NEW:
                    self._completeness.note(messages)
                gathered += self._as_decided(wanted, decided) if decided else wanted
                self.read += len(messages)
                self.service.progress(self.read)
                if len(gathered) >= BATCH:
                    taken.result()
                    taken, gathered = worker.submit(self._take, gathered), []
            taken.result()
        self._completeness.flush()
        self._take(gathered)
        self._let_held_ones_follow(whole=since is None)

    def _take(self, left: list[Message]) -> None:
        """Dispatch messages until none is left."""
        while left:
            step = 1 if self._dispatcher.degraded else BATCH
            try:
                self._dispatcher.take(left[:step])
            except Degraded:
                continue  # the same messages again, one at a time: those already done change nothing
            del left[:step]

    def _as_decided(
        self, messages: Sequence[Message], decided: Mapping[tuple[str, str], Decision]
    ) -> Iterator[Message]:
        """Apply operators' actions to messages: omit dropped ones, replace the bodies of edited ones."""
        for message in messages:
            decision = decided.get(stored_deliveries.name_of(message.body))
            if decision is None:
                yield message
                continue
            if decision.given_up is not None:
                with self.sessions.begin() as session:
                    retries.reach(session, decision.given_up)
            if decision.instead is not None:
                yield replace(message, body=decision.instead, routing_key=None)

    def _let_held_ones_follow(self, *, whole: bool) -> None:
        """Retry held deliveries; after the whole history, release those whose predecessor is missing."""
        while self._dispatcher.retry_all_stored():
            pass
        if not whole:
            return
        with self.sessions.begin() as session:
            gaps = retries.missing(session, self.service.subscription, utc_now())
            for gap in gaps:
                retries.stop_waiting_for(session, self.service.subscription, gap.source, gap.event_id)
        if gaps:
            self._let_held_ones_follow(whole=True)

    def at_rest(self, mode: str, act: Callable[[sa.Connection], T]) -> T:
        """Call `act` under a lock, when this copy has all deliveries of the live one that history holds.

        `absent` is then the number of deliveries with effect in the live copy that history lacks.
        """
        types, known = sorted(self.types), self.absent
        for overlap in OVERLAPS:
            self.fill(self.floor if overlap is None else self.began - overlap)
            with self._locked(mode) as live:
                if self.copies.missing(live, types) > known:
                    self.fill(self.began - SHORT, live)
                self.absent = self.copies.missing(live, types)
                if self.absent <= known or overlap is None:
                    return act(live)
        raise AssertionError("the last round acts")

    @contextlib.contextmanager
    def _locked(self, mode: str) -> Iterator[sa.Connection]:
        for _ in range(LOCK_ATTEMPTS):
            with self.service.engine.connect() as live, live.begin():
                try:
                    self.copies.lock(live, mode)
                except Busy:
                    live.rollback()
                else:
                    yield live
                    return
            time.sleep(PAUSE_SECONDS)
            self.service.progress(self.read)
        raise CannotRebuild("The live tables could not be locked: long queries keep using them.")


def _engine_of(live: sa.Engine, schema: str) -> sa.Engine:
    """Make an engine whose connections see one schema only: a handler that uses other tables fails."""
    url = live.url
    engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=reaching(url))

    @sa.event.listens_for(engine, "connect")
    def look_here(connection: DBAPIConnection, _record: object) -> None:
        with contextlib.closing(connection.cursor()) as cursor:
            # Commits of the fill become durable with that of the switch.
            cursor.execute(f"SET search_path TO {schema}; SET synchronous_commit TO off")
        connection.commit()

    return engine
