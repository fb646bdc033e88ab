"""Projections made anew from history, beside the live ones, and put in their place while the reader goes on.

History is read up to now while nobody is held up; what came meanwhile follows in ever shorter rounds. For the
last of it the live tables are locked, so that nothing can come between: then everything that has taken effect
is in the new copy too, and the copies change places in that one transaction. Until it is committed the live
tables are untouched; what an interrupted run leaves is taken away by the next one.
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
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging import beside, inbox, kept, retries
from hub_messaging.beside import Beside, Busy, Compared, Decision
from hub_messaging.catchup import ReadLog
from hub_messaging.dispatch import Dispatcher, Handler, Struggling
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.parking import Operator
from hub_messaging.provenance import Origins
from hub_messaging.tables import inbox_audit, inbox_types
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
class Rebuilt:
    """What came of it."""

    read: int  # messages of history
    seconds: float  # for reading it
    compared: Sequence[Compared]
    kept: Mapping[str, int]  # state → deliveries without effect in the new copy
    undone: int  # deliveries that have taken effect in the live copy only
    switched: bool


@dataclass
class Rebuild:
    """One run."""

    engine: sa.Engine  # whose connections find the live tables
    subscription: str
    handlers: Sequence[Handler]
    projections: Sequence[sa.Table]
    read_log: ReadLog
    origins: Origins
    progress: Callable[[int], None] = lambda _read: None  # told how many messages have been read
    read: int = 0
    _began: datetime = field(default_factory=utc_now)

    def __post_init__(self) -> None:
        self._copies = Beside(self.projections)
        self._fresh = _engine_of(self.engine, beside.NEW)
        sessions = sessionmaker(self._fresh, expire_on_commit=False)
        metrics = ReadingMetrics(CollectorRegistry())
        self._dispatcher = Dispatcher(self.subscription, sessions, self.handlers, metrics, self.origins)

    def run(self, operator: Operator | None, *, accept_undone: bool = False) -> Rebuilt:
        """Fill, compare and switch; without an operator nothing is switched.

        Args:
            operator: who switches, and why.
            accept_undone: switch although events that had taken effect fail now; they are kept as failures.

        Raises:
            CannotRebuild, dispatch.DatabaseAway, and whatever `read_log` raises: nothing was switched.
        """
        try:
            with beside.only_one(self.engine) as alone:
                if not alone:
                    raise CannotRebuild("Somebody else is rebuilding in this database.")
                try:
                    return self._run(operator, accept_undone=accept_undone)
                finally:
                    self._take_away()
        finally:
            self._fresh.dispose()

    def _run(self, operator: Operator | None, *, accept_undone: bool) -> Rebuilt:
        self._make()
        started = time.monotonic()
        self._fill(None)
        seconds = time.monotonic() - started
        self._round_off()
        compared, undone = self._at_rest(READERS_GO_ON, self._compare)
        switched = operator is not None and (accept_undone or not undone)
        if operator is not None and switched:
            self._at_rest(NOBODY_ELSE, lambda live: self._switch(live, operator))
        with Session(self.engine) if switched else self._dispatcher.sessions() as session:
            unfinished = inbox.counts(session)
        return Rebuilt(self.read, seconds, compared, unfinished, undone, switched)

    def _fill(self, since: datetime | None, live: sa.Connection | None = None) -> None:
        """Let history from an instant on take effect in the new copy; `live` is what holds a lock."""
        self._began = utc_now()
        with contextlib.nullcontext(live) if live else self.engine.connect() as connection:
            decided = beside.decided(connection)
        types = self._dispatcher.types
        gathered: list[Message] = []
        # A batch takes effect in another thread, which waits for the database, while the next one is read.
        with ThreadPoolExecutor(1) as worker:
            taken = worker.submit(self._take, [])
            for messages in self.read_log(since):
                wanted = [m for m in messages if m.routing_key in types]
                gathered += self._as_decided(wanted, decided) if decided else wanted
                self.read += len(messages)
                self.progress(self.read)
                if len(gathered) >= BATCH:
                    taken.result()
                    taken, gathered = worker.submit(self._take, gathered), []
            taken.result()
        self._take(gathered)
        self._let_held_ones_follow(whole=since is None)

    def _take(self, left: list[Message]) -> None:
        """Hand messages to the dispatcher until none is left."""
        while left:
            step = 1 if self._dispatcher.struggling else BATCH
            try:
                self._dispatcher.take(left[:step])
            except Struggling:
                continue  # the same again, one at a time: what is done already changes nothing
            del left[:step]

    def _as_decided(
        self, messages: Sequence[Message], decided: Mapping[tuple[str, str], Decision]
    ) -> Iterator[Message]:
        """Messages as operators have left them: without the dropped ones, edited ones as they are now."""
        for message in messages:
            decision = decided.get(kept.name_of(message.body))
            if decision is None:
                yield message
                continue
            if decision.given_up is not None:
                with self._dispatcher.sessions.begin() as session:
                    retries.reach(session, decision.given_up)
            if decision.instead is not None:
                yield replace(message, body=decision.instead, routing_key=None)

    def _let_held_ones_follow(self, *, whole: bool) -> None:
        """Try what is held; what the whole of history does not bring is waited for no longer."""
        while self._dispatcher.try_all_kept():
            pass
        if not whole:
            return
        with self._dispatcher.sessions.begin() as session:
            gaps = retries.missing(session, self.subscription, utc_now())
            for gap in gaps:
                retries.stop_waiting_for(session, self.subscription, gap.source, gap.event_id)
        if gaps:
            self._let_held_ones_follow(whole=True)

    def _at_rest(self, mode: str, act: Callable[[sa.Connection], T]) -> T:
        """Do something while the reader waits and the new copy knows all that the live one knows."""
        types = sorted(self._dispatcher.types)
        absent = 0
        for overlap in OVERLAPS:
            self._fill(None if overlap is None else self._began - overlap)
            with self._locked(mode) as live:
                if beside.missing(live, types):
                    self._fill(self._began - SHORT, live)
                absent = beside.missing(live, types)
                if not absent:
                    return act(live)
        raise CannotRebuild(f"History does not hold {absent} events that have taken effect.")

    @contextlib.contextmanager
    def _locked(self, mode: str) -> Iterator[sa.Connection]:
        for _ in range(LOCK_ATTEMPTS):
            with self.engine.connect() as live, live.begin():
                try:
                    self._copies.lock(live, mode)
                except Busy:
                    live.rollback()
                else:
                    yield live
                    return
            time.sleep(PAUSE_SECONDS)
            self.progress(self.read)
        raise CannotRebuild("The live tables are never free: too many long questions are asked of them.")

    def _compare(self, live: sa.Connection) -> tuple[list[Compared], int]:
        if beside.recorded(live):
            raise CannotRebuild("Its handlers record events, which a rebuild would publish again.")
        return self._copies.compare(live), beside.undone(live)

    def _switch(self, live: sa.Connection, operator: Operator) -> None:
        self._copies.carry(live)
        self._copies.swap(live)
        named = {"subscription": self.subscription, "source": "", "event_id": "", "attempts": 0}
        said = {"by": operator.by, "why": operator.why, "action": "rebuild"}
        live.execute(sa.insert(inbox_audit).values(named | said))

    def _round_off(self) -> None:
        """The new copy has caught up with every type; and PostgreSQL should know what is in it."""
        rows = [
            {"subscription": self.subscription, "type": type_} for type_ in sorted(self._dispatcher.types)
        ]
        with self._fresh.begin() as fresh:
            fresh.execute(sa.insert(inbox_types), rows)
        with self._fresh.connect().execution_options(isolation_level="AUTOCOMMIT") as fresh:
            for table in self._copies.moved:
                fresh.execute(sa.text(f'ANALYZE "{table.name}"'))

    def _make(self) -> None:
        with self.engine.begin() as live:
            linked = self._copies.linked(live)
            if linked:
                raise CannotRebuild(f"Foreign keys hold {', '.join(linked)} to other tables.")
            self._copies.make(live)

    def _take_away(self) -> None:
        """Leave nothing behind; where that cannot be done now, the next run does it."""
        with contextlib.suppress(sa.exc.SQLAlchemyError), self.engine.begin() as live:
            # Nobody waits behind this lock; autovacuum may hold it, and gives way after a second.
            live.execute(sa.text("SET LOCAL lock_timeout = '10s'"))
            live.execute(sa.text(f"DROP SCHEMA IF EXISTS {beside.NEW} CASCADE"))


def _engine_of(live: sa.Engine, schema: str) -> sa.Engine:
    """Connections that see one schema and nothing else: a handler that touches other tables fails."""
    engine = sa.create_engine(live.url, hide_parameters=True, pool_pre_ping=True)

    @sa.event.listens_for(engine, "connect")
    def look_here(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            # What the fill commits becomes durable with the switch, which is a commit like any other.
            cursor.execute(f"SET search_path TO {schema}; SET synchronous_commit TO off")
        connection.commit()

    return engine
