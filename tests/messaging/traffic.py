"""Publishers at work while a subscriber is added: relays that hold the gate as a service's relay does."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from parcels.events import ParcelSorted, ParcelWeighed
from sqlalchemy.orm import Session
from tests.messaging.office import SCHEMAS, Office

from hub_messaging import gate, outbox
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.topology import exchange_of, source_of
from hub_messaging.wire import connected

SUBJECTS = 12  # parcels of each publisher: few, so that each has events in every step
LARGEST = 40  # events in a batch


class Traffic:
    """One thread for each publisher, which records and sends batches of random size until it is stopped."""

    def __init__(self, office: Office, seed: int, pause: float = 0.0) -> None:
        self.office, self.pause = office, pause
        self.sent = 0
        self._over = threading.Event()
        self._failed: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._run, args=(name, random.Random(f"{seed} {name}")))
            for name in office.engines
        ]

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Let them work meanwhile; whatever went wrong in a thread is raised here."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in self._threads:
                thread.join()
        for failure in self._failed:
            raise failure

    def _run(self, publisher: str, rng: random.Random) -> None:
        try:
            self._relay(publisher, rng)
        except BaseException as exc:  # noqa: BLE001 - handed to the test's own thread
            self._failed.append(exc)

    def _relay(self, publisher: str, rng: random.Random) -> None:
        engine, source = self.office.engines[publisher], source_of("test", publisher)
        autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        with autocommit.connect() as lock, connected(self.office.uri) as broker:
            lock.exec_driver_sql(f"LISTEN {gate.CHANNEL}")
            raw = lock.connection.driver_connection
            assert raw is not None
            sender = ConfirmedPublisher(broker, exchange_of(publisher))
            assert gate.enter(lock, time.sleep, self._over.is_set)
            while not self._over.is_set():
                if gate.asked(raw.notifies):
                    raw.notifies.clear()
                    if not gate.give_way(lock, time.sleep, self._over.is_set):
                        return
                record(engine, rng)
                waiting = outbox.unpublished(lock, source, LARGEST, SCHEMAS)
                sender.publish([event for _, event in waiting])
                outbox.mark_published(lock, [position for position, _ in waiting])
                self.sent += len(waiting)
                time.sleep(self.pause * rng.random())


def record(engine: object, rng: random.Random) -> None:
    """Let something happen to a few parcels."""
    with Session(engine) as session, session.begin():  # type: ignore[arg-type]
        for _ in range(rng.randint(1, LARGEST)):
            kind = rng.choice([ParcelSorted, ParcelWeighed])
            event = kind(number=rng.randrange(SUBJECTS), weight=1)
            outbox.record(session, event, occurred_at=datetime(2026, 1, 2, tzinfo=UTC))
