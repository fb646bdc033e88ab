"""`python -m tests.bench.storms`: what 20,000 parked deliveries, a storm of poison and a long chain cost.

By hand, on a database of its own and without a broker; PYTHONPATH=tests/example. The plans behind them are
held by tests/messaging/test_costs.py.
"""

import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import structlog
import typer
from prometheus_client import CollectorRegistry, generate_latest
from sqlalchemy.orm import Session, sessionmaker
from tests.messaging import plans
from tests.messaging.dispatching import Office
from tests.messaging.operating import ADA
from tests.messaging.plans import STORM
from tests.messaging.received import delivery, message
from tests.support.postgres import running_postgres

from hub_messaging import operator_actions, stored_deliveries
from hub_messaging.metrics import InboxTable
from hub_platform.database import make_sessions
from hub_platform.runner import migrations_of

BATCH: Final = 200
CHAIN: Final = 3_000
DONE: Final = 100_000
STEP: Final = 1_000  # as hubctl drops


@dataclass
class Figures:
    """The measured figures."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def seconds(self, what: str, act: Callable[[], Any], times: int = 1) -> float:
        """The fastest of some times."""
        took = []
        for _ in range(times):
            begun = time.perf_counter()
            act()
            took.append(time.perf_counter() - begun)
        self.lines.append((what, f"{min(took):8.3f} s"))
        return min(took)

    def rate(self, what: str, number: int, act: Callable[[], Any]) -> None:
        """Of something that is done once."""
        seconds = self.seconds(what, act)
        self.lines.append(("", f"{number / seconds:8,.0f} /s"))


@contextmanager
def empty() -> Iterator[sessionmaker[Session]]:
    """A database with the messaging library's tables."""
    with tempfile.TemporaryDirectory() as folder, running_postgres(Path(folder)) as server:
        sessions = make_sessions(server.migrated_database(migrations_of("parcels")))
        yield sessions
        sessions.kw["bind"].dispose()


def batches(figures: Figures, office: Office, what: str) -> None:
    """Batches of events that no queue has received."""
    start = next(_numbers)
    firsts = iter(range(start * 10_000, start * 10_000 + 5 * BATCH, BATCH))

    def take() -> None:
        first = next(firsts)
        office.take(*(delivery(number) for number in range(first, first + BATCH)))

    figures.seconds(what, take, times=5)


_numbers = iter(range(1, 1_000))


def chain(figures: Figures, office: Office) -> None:
    """A chain whose first event arrives last."""
    events = [delivery(7, revision, after=revision - 1) for revision in range(1, CHAIN + 1)]
    for start in range(1, CHAIN, BATCH):
        office.take(*events[start : start + BATCH])
    office.take(events[0])

    def work_off() -> None:
        while office.dispatcher.retry_stored():
            pass

    figures.rate(f"a held chain of {CHAIN:,}", CHAIN - 1, work_off)


def operators(figures: Figures, sessions: sessionmaker[Session]) -> None:
    """Measure the questions and actions of hubctl."""
    with sessions() as session:
        figures.seconds("parked list", lambda: stored_deliveries.stored(session, limit=50))
        figures.seconds("parked list --grouped", lambda: stored_deliveries.groups(session))
        keys = [one.key for one in stored_deliveries.stored(session)]

    def drop() -> None:
        for start in range(0, len(keys), STEP):
            with sessions.begin() as changing:
                operator_actions.drop(changing, keys[start : start + STEP], ADA)

    figures.seconds(f"parked drop --all of {len(keys):,}", drop)


def main() -> None:
    """Measure and show."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    figures = Figures()
    with empty() as sessions:
        office = Office(sessions)
        batches(figures, office, f"a batch of {BATCH}, nothing parked")
        chain(figures, office)
        plans.fill(sessions, "parked subjects", analyzed=False, done=DONE)
        batches(figures, office, f"a batch of {BATCH}, {STORM:,} parked")
        poison = [message(b"poison %d" % number) for number in range(STORM)]
        portions = [poison[start : start + BATCH] for start in range(0, STORM, BATCH)]
        figures.rate("a poison storm", STORM, lambda: list(map(office.dispatcher.take, portions)))
        registry = CollectorRegistry()
        registry.register(InboxTable(sessions))
        figures.seconds("a scrape of the inbox's metrics", lambda: generate_latest(registry), times=5)
        figures.seconds("a look at what is due", office.dispatcher.retry_stored, times=5)
        with sessions() as session:
            figures.seconds("doctor's counts", lambda: stored_deliveries.count(session))
        operators(figures, sessions)
        batches(figures, office, f"a batch of {BATCH}, everything dropped")
    width = max(len(what) for what, _ in figures.lines)
    typer.echo("\n".join(f"{what:{width}} {said}" for what, said in figures.lines))


if __name__ == "__main__":
    main()
