"""The relay gate: while a command holds it, no relay of the database publishes; no wait is endless."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from tests.messaging.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService
from tests.support.waiting import wait_until

from hub_messaging import gate
from hub_messaging.gate import Occupied


@pytest.fixture(name="engines")
def _engines(postgres: PostgresServer) -> Iterator[dict[str, sa.Engine]]:
    urls = {name: postgres.new_database() for name in ("counting", "sorting")}
    yield {name: sa.create_engine(url, poolclass=sa.NullPool) for name, url in urls.items()}
    for url in urls.values():
        postgres.drop_database(url)


@contextmanager
def connection_of(engine: sa.Engine) -> Iterator[Any]:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as lock:
        lock.exec_driver_sql(f"LISTEN {gate.CHANNEL}")
        yield lock


def never() -> bool:
    return False


def is_free(engine: sa.Engine) -> bool:
    with connection_of(engine) as lock:
        return bool(lock.exec_driver_sql(f"SELECT pg_try_advisory_lock({gate.KEY})").scalar())


@contextmanager
def relaying(engine: sa.Engine, batches: list[float]) -> Iterator[None]:
    """A relay that does nothing between its batches but look at the gate."""
    over = threading.Event()

    def run() -> None:
        with connection_of(engine) as lock:
            raw = lock.connection.driver_connection
            assert gate.enter(lock, time.sleep, never)
            while not over.is_set():
                batches.append(time.monotonic())
                lock.exec_driver_sql("SELECT pg_sleep(0.02)")
                if gate.asked(raw.notifies):
                    raw.notifies.clear()
                    assert gate.give_way(lock, time.sleep, never)

    thread = threading.Thread(target=run)
    thread.start()
    wait_until(lambda: bool(batches))
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_relay_gives_way_between_two_batches_and_goes_on_afterwards(engines: dict[str, sa.Engine]) -> None:
    batches: list[float] = []
    with relaying(engines["sorting"], batches):
        for _ in range(3):
            with gate.held(engines) as held:
                begun = time.monotonic()
                for _ in range(10):  # of the same length as its batches
                    held.connections["counting"].exec_driver_sql("SELECT pg_sleep(0.02)")
                held.require()
                ended = time.monotonic()
            known = len(batches)
            wait_until(lambda known=known: len(batches) > known + 2)  # type: ignore[misc]
            assert [one for one in batches if begun < one < ended] == []


def test_a_relay_that_does_not_give_way_is_named_and_the_other_gates_are_free_again(
    engines: dict[str, sa.Engine],
) -> None:
    with connection_of(engines["sorting"]) as lock:
        assert gate.enter(lock, time.sleep, never)
        with pytest.raises(Occupied, match="sorting"), gate.held(engines, seconds=0.1):
            pass
        assert is_free(engines["counting"])
    with gate.held(engines) as held:
        held.require()


def test_while_the_gate_is_held_alone_no_relay_enters_and_a_stop_ends_its_wait(
    engines: dict[str, sa.Engine],
) -> None:
    looks: list[float] = []
    with gate.held(engines), connection_of(engines["sorting"]) as lock:
        assert not gate.enter(lock, looks.append, lambda: len(looks) == 3)
        assert not gate.give_way(lock, looks.append, lambda: len(looks) > 5)
    assert gate.ASIDE_SECONDS in looks


def test_a_gate_whose_holder_was_cut_off_is_not_taken_for_held(engines: dict[str, sa.Engine]) -> None:
    with gate.held(engines) as held:
        cut = held.connections["sorting"].exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with engines["counting"].connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({cut})")
        with pytest.raises(DBAPIError):
            wait_until(held.require)
        assert is_free(engines["sorting"])


def test_a_halted_holder_is_cut_off_by_the_database(
    engines: dict[str, sa.Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "IDLE_SECONDS", 1)
    with gate.held(engines) as held, connection_of(engines["sorting"]) as lock:
        assert gate.enter(lock, time.sleep, never)
        with pytest.raises(DBAPIError):
            held.require()


def test_a_connection_of_a_pool_keeps_no_gate(postgres: PostgresServer) -> None:
    url = postgres.migrated_database(MIGRATIONS)
    engine = sa.create_engine(url, pool_size=1)
    with gate.held({"sorting": engine}):
        pass
    assert is_free(sa.create_engine(url, poolclass=sa.NullPool))
    with engine.connect() as used:
        settings = [
            used.exec_driver_sql(f"SHOW {name}").scalar() for name in ("lock_timeout", "idle_session_timeout")
        ]
    assert settings == ["0", "0"]
    engine.dispose()
    postgres.drop_database(url)


def test_the_relay_of_a_service_gives_way_and_sends_afterwards(sorting: RunningService) -> None:
    wait_until(sorting.ready, deadline=60)
    engine = sa.create_engine(sorting.environment["HUB_DATABASE_URL"], poolclass=sa.NullPool)
    sort = sorting.client("sorter")
    for number in range(1, 4):
        with gate.held({"sorting": engine}, seconds=20) as held:
            body = {"number": number, "weight": 1}
            assert sort("POST", "/sorting/v1/parcels", body).status == 201
            held.connections["sorting"].exec_driver_sql("SELECT pg_sleep(0.3)")
            assert sorting.metric("hub_outbox_pending") == 1
            held.require()
        wait_until(lambda: sorting.metric("hub_outbox_pending") == 0, deadline=30)
    assert sorting.metric("hub_outbox_reconnects_total") == 0
