"""History taken into one copy of a service's tables, up to the point where the live copy knows no more.

History is read up to now while nobody is held up; what came meanwhile follows in ever shorter rounds. For the
last of it the live tables are locked, so that nothing can come between.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from prometheus_client import CollectorRegistry
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
READERS_GO_ON, NOBODY_ELSE = "EXCLUSIVE", "ACCESS EXCLUSIVE"  # modes of LOCK TABLE

T = TypeVar("T")


class CannotRebuild(Exception):
    """The live tables are as they were; the message says why in one sentence."""


@dataclass(frozen=True)
class Service:
    """What is filled: one service's subscription, its handlers and its projections."""

    engine: sa.Engine  # whose connections find the live tables
    subscription: str
    handlers: Sequence[Handler]
    projections: Sequence[sa.Table]
    read_log: ReadLog
    origins: Origins
    progress: Callable[[int], None] = lambda _read: None  # told how many messages have been read


@dataclass
class ShadowFill:
    """One copy that is filled, in the schema `made`."""

    service: Service
    made: str = NEW
    read: int = 0
    absent: int = 0  # deliveries that took effect in the live copy and are not in the history
    began: datetime = field(default_factory=utc_now)
    floor: datetime | None = None  # from where history is read at the most; None: from its beginning

    def __post_init__(self) -> None:
        service = self.service
        self.copies = ShadowCopy(service.projections, self.made)
        self.engine = _engine_of(service.engine, self.made)
        self.sessions = sessionmaker(self.engine, expire_on_commit=False)
        metrics = ReadingMetrics(CollectorRegistry())
        self._dispatcher = Dispatcher(
            service.subscription, self.sessions, service.handlers, metrics, service.origins
        )
        self.types = self._dispatcher.types
        self._completeness = Completeness(self.sessions, service.origins, self.types)

    def fill(self, since: datetime | None, live: sa.Connection | None = None) -> None:
        """Let history from an instant on take effect in the new copy; `live` is what holds a lock."""
        self.began = utc_now()
        with contextlib.nullcontext(live) if live else self.service.engine.connect() as connection:
            decided = shadow_copy.decided(connection)
        gathered: list[Message] = []
        # A batch takes effect in another thread, which waits for the database, while the next one is read.
        with ThreadPoolExecutor(1) as worker:
            taken = worker.submit(self._take, [])
            for messages in self.service.read_log(since):
                wanted = [m for m in messages if m.routing_key in self.types]
                if self.made == NEW:
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
        """Hand messages to the dispatcher until none is left."""
        while left:
            step = 1 if self._dispatcher.struggling else BATCH
            try:
                self._dispatcher.take(left[:step])
            except Degraded:
                continue  # the same again, one at a time: what is done already changes nothing
            del left[:step]

    def _as_decided(
        self, messages: Sequence[Message], decided: Mapping[tuple[str, str], Decision]
    ) -> Iterator[Message]:
        """Messages as operators have left them: without the dropped ones, edited ones as they are now."""
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
        """Try what is held; what the whole of history does not bring is waited for no longer."""
        while self._dispatcher.try_all_kept():
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
        """Do something while the reader waits and this copy knows all that history holds of the live one.

        `absent` is then the number of deliveries that took effect in the live copy and that history lacks.
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
        raise CannotRebuild("The live tables are never free: too many long questions are asked of them.")


def _engine_of(live: sa.Engine, schema: str) -> sa.Engine:
    """Connections that see one schema and nothing else: a handler that touches other tables fails."""
    url = live.url
    engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=reaching(url))

    @sa.event.listens_for(engine, "connect")
    def look_here(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            # What the fill commits becomes durable with the switch, which is a commit like any other.
            cursor.execute(f"SET search_path TO {schema}; SET synchronous_commit TO off")
        connection.commit()

    return engine
