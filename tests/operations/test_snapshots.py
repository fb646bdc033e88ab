"""One moment of several databases: no subscriber's copy knows an event that its publisher's does not."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from sqlalchemy.orm import Session, sessionmaker
from tests.support.postgres import PostgresServer
from tests.support.waiting import wait_until

from hub_messaging import outbox
from hub_messaging.tables import inbox, inbox_forgotten, metadata
from hub_messaging.tables import outbox as recorded
from hub_operations.archive import Manifest
from hub_operations.contents import Contents, contents_of
from hub_operations.restoring import SENT_AGAIN, RestoreDiffers, finish
from hub_operations.snapshots import consistent_snapshots

NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
INBOX, OUTBOX = "public.inbox", "public.outbox"


@dataclass(frozen=True)
class Kept:
    """A service's database."""

    url: str
    sessions: sessionmaker[Session]

    def record(self, number: int) -> str:
        with self.sessions() as session, session.begin():
            event = ParcelSorted(number=number, weight=1)
            return str(outbox.record(session, event, occurred_at=NOW))

    def contents(self) -> dict[str, Contents]:
        with self.sessions() as session:
            return contents_of(session.connection())


def receive(session: Session, event_id: str) -> None:
    session.execute(
        sa.insert(inbox).values(subscription="b.in", source="/hubs/x/a", event_id=event_id, state="done")
    )


@pytest.fixture(name="kept")
def _kept(postgres: PostgresServer) -> Iterator[Callable[[], Kept]]:
    made: list[tuple[str, sa.Engine]] = []

    def make() -> Kept:
        url = postgres.new_database()
        engine = sa.create_engine(url)
        made.append((url, engine))
        metadata.create_all(engine)
        return Kept(url, sessionmaker(engine))

    yield make
    for url, engine in made:
        engine.dispose()
        postgres.drop_database(url)


def test_a_snapshot_can_be_read_by_others_and_stays_as_it_was(kept: Callable[[], Kept]) -> None:
    a = kept()
    a.record(1)
    with consistent_snapshots({"a": a.url}) as taken:
        a.record(2)
        with a.sessions() as session:
            session.execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            session.execute(sa.text(f"SET TRANSACTION SNAPSHOT '{taken['a'].name}'"))
            assert session.scalar(sa.select(sa.func.count()).select_from(recorded)) == 1
        assert taken["a"].contents[OUTBOX].rows == 1
    assert a.contents()[OUTBOX].rows == 2


def test_an_effect_that_is_being_made_is_waited_for(kept: Callable[[], Kept]) -> None:
    a, b = kept(), kept()
    rows: list[int] = []

    def cut() -> None:
        with consistent_snapshots({"a": a.url, "b": b.url}) as taken:
            rows.extend((taken["a"].contents[OUTBOX].rows, taken["b"].contents[INBOX].rows))

    with b.sessions() as handler:
        receive(handler, a.record(1))
        cutting = threading.Thread(target=cut)
        cutting.start()
        wait_until(lambda: waits_for_a_lock(b))
        # While the cut waits for `b`, `a` records on; the cut is taken after all of this.
        a.record(2)
        handler.commit()
    cutting.join(20)
    assert rows == [2, 1]


def waits_for_a_lock(where: Kept) -> bool:
    """Return whether a session waits for a lock in this database."""
    query = (
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        " WHERE NOT granted AND datname = current_database()"
    )
    with where.sessions() as session:
        return bool(session.scalar(sa.text(query)))


def test_under_load_a_subscribers_copy_knows_no_more(kept: Callable[[], Kept]) -> None:
    a, b = kept(), kept()
    over = threading.Event()

    def work() -> None:
        number = 0
        while not over.is_set():
            number += 1
            event_id = a.record(number)
            with b.sessions() as session, session.begin():
                receive(session, event_id)

    working = threading.Thread(target=work)
    working.start()
    try:
        wait_until(lambda: b.contents()[INBOX].rows > 0)
        for _ in range(20):
            # Publisher first: read simply one after the other, the subscriber would be the later one.
            with consistent_snapshots({"a": a.url, "b": b.url}) as taken:
                assert taken["b"].contents[INBOX].rows <= taken["a"].contents[OUTBOX].rows
    finally:
        over.set()
        working.join(20)


def manifest(**tables: dict[str, Contents]) -> Manifest:
    return Manifest(hub_id="x", version="0.1.0", postgres=17, made_at=NOW.isoformat(), tables=tables)


def test_after_a_restore_young_events_are_sent_again_and_old_ones_are_not(kept: Callable[[], Kept]) -> None:
    a = kept()
    old, young = a.record(1), a.record(2)
    long_ago = NOW - SENT_AGAIN - timedelta(hours=1)
    with a.sessions() as session, session.begin():
        session.execute(sa.update(recorded).values(published_at=NOW, recorded_at=NOW))
        session.execute(sa.update(recorded).where(recorded.c.id == old).values(recorded_at=long_ago))
    assert finish({"a": a.url}, manifest(a=a.contents()), NOW) == 1
    with a.sessions() as session:
        waiting = [posted.id for _, posted in outbox.unpublished(session, "/hubs/x/a", 10)]
    assert waiting == [young]


@pytest.mark.parametrize("wrong", [timedelta(days=401), timedelta(days=-401)])
def test_with_a_wrong_clock_what_inboxes_remember_is_sent_again_and_no_more(
    kept: Callable[[], Kept], wrong: timedelta
) -> None:
    a, b = kept(), kept()
    forgotten, young = a.record(1), a.record(2)
    line = NOW - timedelta(days=430)
    with a.sessions() as session, session.begin():
        session.execute(sa.update(recorded).values(published_at=NOW, recorded_at=NOW))
        session.execute(sa.update(recorded).where(recorded.c.id == forgotten).values(recorded_at=line))
    with b.sessions() as session, session.begin():
        said = {"subscription": "b.in", "source": "/hubs/x/a", "before": line}
        session.execute(sa.insert(inbox_forgotten).values(said))
    whole = manifest(a=a.contents(), b=b.contents())
    assert finish({"a": a.url, "b": b.url}, whole, NOW + wrong) == 1
    with a.sessions() as session:
        waiting = [posted.id for _, posted in outbox.unpublished(session, "/hubs/x/a", 10)]
    assert waiting == [young]


def test_what_did_not_come_back_stops_the_restore(kept: Callable[[], Kept]) -> None:
    a = kept()
    a.record(1)
    wanted = a.contents()
    with a.sessions() as session, session.begin():
        session.execute(sa.update(recorded).values(subject="another"))
    with pytest.raises(RestoreDiffers, match=r"a: rows of public\.outbox differ from the backup"):
        finish({"a": a.url}, manifest(a=wanted), NOW)
