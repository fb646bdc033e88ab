"""Projections made anew beside the live ones: the same figures, nothing lost or twice, nothing half-done."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from parcels.service import POISON
from parcels.tables import Base, Effect
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session
from tests.messaging.received import QUEUE, SOURCE, Database, delivery

from hub_messaging import beside, kept, outbox, parking
from hub_messaging.catchup import Logged
from hub_messaging.dispatch import DatabaseAway, Dispatcher, Handler
from hub_messaging.inbox import Delivery
from hub_messaging.kept import Key
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.outbox_log import read_outboxes
from hub_messaging.parking import Operator
from hub_messaging.rebuild import CannotRebuild, Rebuild, Rebuilt
from hub_messaging.retries import Permanent, RetryPolicy
from hub_messaging.tables import inbox, inbox_audit

ADA = Operator(by="ada", why="the shelf list was wrong")
EFFECTS: Any = Effect.__table__


class Interruption(BaseException):
    """Somebody pressed Ctrl-C."""


class Shop:
    """A live service of one projection, and the log that it was fed from."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.engine: sa.Engine = database.kw["bind"]
        Base.metadata.create_all(self.engine)
        self.log: list[bytes] = []
        self.broken = False  # whether the handlers of a rebuild fail
        self.reads: list[datetime | None] = []
        self.meanwhile: list[Callable[[], None]] = []  # done at the end of the next readings of the log
        self.reader = self.dispatcher(self.note)

    def dispatcher(self, call: Callable[[Session, Sequence[Delivery]], None]) -> Dispatcher:
        handlers = [Handler({ParcelSorted.type: ParcelSorted}, batch=True, call=call)]
        metrics = ReadingMetrics(CollectorRegistry())
        return Dispatcher(QUEUE, self.database, handlers, metrics, RetryPolicy(()))

    def note(self, session: Session, deliveries: Iterable[Delivery]) -> None:
        for one in deliveries:
            if one.event.weight == POISON:
                raise Permanent("poison")
            said = {"event_id": str(one.envelope.id), "subject": one.envelope.subject}
            session.add(Effect(**said, revision=one.envelope.revision))
            session.flush()

    def note_anew(self, session: Session, deliveries: Iterable[Delivery]) -> None:
        if self.broken:
            raise RuntimeError("a mistake in the new version")
        self.note(session, deliveries)

    def receive(self, *bodies: bytes) -> None:
        """Events are published: they reach the log and the reader."""
        self.log += bodies
        self.reader.take(bodies)

    def read_log(self, since: datetime | None) -> Iterator[list[Logged]]:
        self.reads.append(since)
        for start in range(0, len(self.log), 7):
            yield [Logged(ParcelSorted.type, body) for body in self.log[start : start + 7]]
        if self.meanwhile:
            self.meanwhile.pop(0)()

    def rebuild(self, operator: Operator | None = ADA, **options: Any) -> Rebuilt:
        return self.prepared().run(operator, **options)

    def prepared(self, **others: Any) -> Rebuild:
        handlers = [Handler({ParcelSorted.type: ParcelSorted}, batch=True, call=self.note_anew)]
        values: dict[str, Any] = {
            "handlers": handlers,
            "projections": (EFFECTS,),
            "read_log": self.read_log,
        } | others
        return Rebuild(self.engine, QUEUE, **values)

    def effects(self, schema: str = beside.LIVE) -> list[tuple[str, int]]:
        with self.engine.connect() as connection:
            table = EFFECTS.to_metadata(sa.MetaData(), schema=schema)
            rows = connection.execute(sa.select(table).order_by(table.c.position))
            return [(row.subject, row.revision) for row in rows]

    def states(self) -> dict[str, str]:
        with self.database() as session:
            return {row.event_id: row.state for row in session.execute(sa.select(inbox))}

    def schemas(self) -> set[str]:
        return set(sa.inspect(self.engine).get_schema_names()) & {beside.NEW, beside.PREVIOUS}

    def spoil(self) -> None:
        """Make the projection wrong, as a fault of an earlier version would."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM effects WHERE revision = 1")


@pytest.fixture(name="shop")
def _shop(database: Database) -> Shop:
    return Shop(database)


def body(number: int, revision: int = 1, weight: int = 1) -> bytes:
    one = delivery(number, revision, after=revision - 1)
    return one.body.replace(b'"weight":1}', b'"weight":%d}' % weight)


def ids(*numbers: int) -> list[str]:
    return [str(UUID(int=number)) for number in numbers]


def key(number: int) -> Key:
    return Key(QUEUE, SOURCE, str(UUID(int=number)))


def test_a_spoiled_projection_is_made_anew_and_what_was_live_is_kept_aside(shop: Shop) -> None:
    shop.receive(body(1), body(2), body(1, 2), body(3))
    right = shop.effects()
    shop.spoil()
    rebuilt = shop.rebuild()
    (compared,) = rebuilt.compared
    assert (compared.table, compared.live, compared.new) == ("effects", 1, 4)
    assert (compared.only_live, compared.only_new) == (0, 3)
    assert rebuilt.switched
    assert shop.effects() == right
    assert shop.effects(beside.PREVIOUS) == [("parcels/1", 2)]
    assert shop.schemas() == {beside.PREVIOUS}


def test_a_history_of_many_batches_keeps_its_order(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_messaging.rebuild.BATCH", 5)
    for revision in range(1, 6):
        shop.receive(*(body(number, revision) for number in range(1, 9)))
    right = shop.effects()
    rebuilt = shop.rebuild()
    assert shop.effects() == right
    assert rebuilt.read >= len(right) == 40


def test_a_failure_of_the_database_between_batches_ends_the_run(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub_messaging.rebuild.BATCH", 5)
    shop.receive(*(body(number) for number in range(1, 31)))
    prepared = shop.prepared()

    def away(_bodies: Sequence[bytes]) -> None:
        raise DatabaseAway

    monkeypatch.setattr(prepared._dispatcher, "take", away)
    with pytest.raises(DatabaseAway):
        prepared.run(ADA)
    assert (len(shop.effects()), shop.schemas()) == (30, set())


def test_the_reader_goes_on_with_the_new_copy_and_repeats_nothing(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    shop.rebuild()
    shop.receive(body(1), body(1, 2), body(3))
    assert shop.effects() == [("parcels/1", 1), ("parcels/2", 1), ("parcels/1", 2), ("parcels/3", 1)]
    assert shop.rebuild().switched  # and once more, with an earlier copy in the way
    assert len(shop.effects()) == 4


def test_a_dry_run_compares_and_leaves_nothing(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    shop.spoil()
    rebuilt = shop.rebuild(None)
    assert (rebuilt.switched, rebuilt.compared[0].only_new) == (False, 2)
    assert (shop.effects(), shop.schemas()) == ([], set())


def test_copies_that_say_the_same_have_no_digest_and_others_always_the_same(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    assert shop.rebuild(None).compared[0].digest is None
    shop.spoil()
    digests = {shop.rebuild(None).compared[0].digest for _ in range(2)}
    assert len(digests) == 1
    assert None not in digests


def test_who_switched_and_why_is_written_down(shop: Shop) -> None:
    shop.receive(body(1))
    shop.rebuild(None)
    shop.rebuild()
    with shop.database() as session:
        (row,) = session.execute(sa.select(inbox_audit)).all()
    assert (row.by, row.why, row.action, row.subscription) == (ADA.by, ADA.why, "rebuild", QUEUE)


def test_what_takes_effect_while_history_is_read_is_in_the_new_copy_too(shop: Shop) -> None:
    shop.receive(body(1))
    # After the first reading, after the second, not while the tables are locked, and just before the switch.
    shop.meanwhile = [partial(shop.receive, *bodies) for bodies in ([body(2)], [body(3)], [], [body(4)])]
    assert shop.rebuild().switched
    assert shop.effects() == [(f"parcels/{n}", 1) for n in (1, 2, 3, 4)]
    assert not shop.meanwhile
    assert shop.reads[0] is None
    assert None not in shop.reads[1:]


def test_an_event_that_no_history_holds_keeps_the_live_copy(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    del shop.log[0]
    with pytest.raises(CannotRebuild, match="does not hold 1 events"):
        shop.rebuild()
    assert len(shop.effects()) == 2
    assert shop.schemas() == set()


def test_an_event_of_a_type_that_is_no_longer_heard_is_remembered(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    with shop.engine.begin() as connection:
        connection.execute(sa.update(inbox).where(inbox.c.event_id == ids(1001)[0]).values(type="Forgotten"))
    del shop.log[0]
    assert shop.rebuild().switched
    assert set(shop.states()) == set(ids(1001, 2001))


def test_an_interrupted_run_leaves_the_live_tables_and_the_next_starts_clean(shop: Shop) -> None:
    shop.receive(*(body(n) for n in range(1, 8)))

    def interrupted(_read: int) -> None:
        raise Interruption

    with pytest.raises(Interruption):
        shop.prepared(progress=interrupted).run(ADA)
    with shop.engine.begin() as connection:  # what kill -9 would have left
        connection.exec_driver_sql("CREATE SCHEMA rebuild")
        connection.exec_driver_sql("CREATE TABLE rebuild.effects (position integer)")
    assert len(shop.effects()) == 7
    assert shop.rebuild().switched
    assert len(shop.effects()) == 7
    assert shop.schemas() == {beside.PREVIOUS}


def test_only_one_rebuilds_at_a_time_and_a_later_one_may(shop: Shop) -> None:
    shop.receive(body(1))
    with beside.only_one(shop.engine) as alone, pytest.raises(CannotRebuild, match="Somebody else"):
        assert alone
        shop.rebuild()
    assert shop.rebuild().switched


def test_whoever_uses_the_live_tables_is_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.receive(body(1))
    monkeypatch.setattr("hub_messaging.rebuild.LOCK_ATTEMPTS", 2)
    with shop.database.begin() as session:
        session.execute(sa.text("LOCK TABLE effects IN ROW EXCLUSIVE MODE"))
        with pytest.raises(CannotRebuild, match="never free"):
            shop.rebuild()
    assert shop.rebuild().switched


def test_a_lock_that_fails_for_another_reason_is_not_tried_again(shop: Shop) -> None:
    with shop.engine.connect() as connection, pytest.raises(sa.exc.OperationalError):
        connection.exec_driver_sql("SET statement_timeout = 1")
        with shop.database.begin() as session:
            session.execute(sa.text("LOCK TABLE effects"))
            beside.Beside((EFFECTS,)).lock(connection, "EXCLUSIVE")


def test_what_is_parked_stays_parked_with_its_record(shop: Shop) -> None:
    shop.receive(body(1, weight=POISON), body(1, 2), body(2))
    with shop.database.begin() as session:
        session.execute(sa.update(inbox).where(inbox.c.event_id == ids(1001)[0]).values(attempts=6))
    rebuilt = shop.rebuild()
    assert rebuilt.kept == {"waiting": 0, "held": 1, "parked": 1}
    with shop.database() as session:
        (found,) = kept.kept(session)
    assert (found.attempts, found.behind, found.last_error) == (6, 1, "Permanent: poison")


def test_what_only_the_queue_brought_is_kept(shop: Shop) -> None:
    shop.receive(body(1))
    shop.reader.take([b"not JSON"])
    assert shop.rebuild().switched
    assert sorted(shop.states().values()) == ["done", "parked"]


def test_what_was_dropped_stays_dropped_and_holds_up_nothing(shop: Shop) -> None:
    shop.receive(body(1, weight=2), body(2))
    with shop.database.begin() as session:
        # The handler would take it now; the operator's word counts.
        session.execute(
            sa.update(inbox).where(inbox.c.event_id == ids(1001)[0]).values(state="parked", body=shop.log[0])
        )
        session.execute(sa.text("DELETE FROM effects WHERE subject = 'parcels/1'"))
        parking.drop(session, [key(1001)], ADA)
    shop.receive(body(1, 2))
    assert shop.rebuild().switched
    assert sorted(shop.effects()) == [("parcels/1", 2), ("parcels/2", 1)]
    assert shop.states()[ids(1001)[0]] == "dropped"


def test_an_edited_delivery_that_waits_takes_effect_in_its_edited_form(shop: Shop) -> None:
    shop.receive(body(1, weight=POISON), body(1, 2), b"not JSON")
    (unreadable,) = (name for name in shop.states() if name not in ids(1001, 1002))
    with shop.database.begin() as session:
        parking.edit(session, key(1001), body(1), ADA)
        parking.edit(session, Key(QUEUE, "", unreadable), body(5), ADA)
    rebuilt = shop.rebuild()
    assert rebuilt.kept == {"waiting": 0, "held": 0, "parked": 0}
    assert sorted(shop.effects()) == [("parcels/1", 1), ("parcels/1", 2), ("parcels/5", 1)]
    assert shop.states()[unreadable] == "dropped"


def test_an_edited_delivery_that_was_dropped_stays_dropped(shop: Shop) -> None:
    shop.receive(body(1, weight=POISON))
    with shop.database.begin() as session:
        parking.edit(session, key(1001), body(1), ADA)
        parking.drop(session, [key(1001)], ADA)
    shop.rebuild()
    assert (shop.effects(), shop.states()) == ([], {ids(1001)[0]: "dropped"})


def test_a_version_that_fails_where_the_live_one_did_not_is_not_switched_to_unless_told(shop: Shop) -> None:
    shop.receive(*(body(n) for n in range(1, 31)))
    shop.broken = True
    rebuilt = shop.rebuild()
    assert (rebuilt.switched, rebuilt.undone) == (False, 30)
    assert len(shop.effects()) == 30
    assert shop.rebuild(accept_undone=True).switched
    assert shop.effects() == []
    assert set(shop.states().values()) == {"waiting"}


def test_what_history_lost_holds_up_nothing_for_ever(shop: Shop) -> None:
    shop.receive(body(1), body(1, 2), body(1, 3))
    with shop.database.begin() as session:
        session.execute(sa.delete(inbox).where(inbox.c.event_id == ids(1001)[0]))  # forgotten long ago
    del shop.log[0]
    assert shop.rebuild().kept == {"waiting": 0, "held": 0, "parked": 0}
    assert shop.effects() == [("parcels/1", 2), ("parcels/1", 3)]


def test_a_handler_that_touches_other_tables_fails_instead_of_changing_them(shop: Shop) -> None:
    shop.receive(body(1))

    def meddle(session: Session, _deliveries: Sequence[Delivery]) -> None:
        session.execute(sa.text("INSERT INTO parcels (number, weight, revision) VALUES (1, 1, 1)"))

    handlers = [Handler({ParcelSorted.type: ParcelSorted}, batch=True, call=meddle)]
    rebuilt = shop.prepared(handlers=handlers).run(ADA)
    assert (rebuilt.switched, rebuilt.undone) == (False, 1)
    with shop.database() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM parcels")) == 0


def test_a_handler_that_records_events_is_refused_and_publishes_nothing(shop: Shop) -> None:
    shop.receive(body(1))

    def announce(session: Session, deliveries: Sequence[Delivery]) -> None:
        outbox.record(session, deliveries[0].event, occurred_at=datetime.now(UTC))

    handlers = [Handler({ParcelSorted.type: ParcelSorted}, batch=True, call=announce)]
    with pytest.raises(CannotRebuild, match="record events"):
        shop.prepared(handlers=handlers).run(ADA)
    with shop.database() as session:
        assert outbox.counts(session) == (0, 0)


def test_tables_that_foreign_keys_hold_are_refused(shop: Shop) -> None:
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (effect integer REFERENCES effects)")
    with pytest.raises(CannotRebuild, match="effects"):
        shop.rebuild()


def test_outboxes_tell_the_same_history_from_any_instant(shop: Shop) -> None:
    with shop.database.begin() as session:
        for number in (1, 2, 3):
            outbox.record(session, ParcelSorted(number=number, weight=1), occurred_at=datetime.now(UTC))
    with shop.database.begin() as session:
        listed = outbox.unpublished(session, SOURCE, 10)
        outbox.mark_published(session, [position for position, _ in listed[:2]])
    between = datetime.now(UTC)
    publishers = {SOURCE: shop.engine}
    assert list(read_outboxes(publishers, between)) == []
    with shop.database.begin() as session:
        outbox.mark_published(session, [listed[2][0]])
    bodies = [posted.body for _, posted in listed]
    sent = [json.loads(body) for body in bodies]
    assert [json.loads(m.body) for messages in read_outboxes(publishers, None) for m in messages] == sent
    assert [json.loads(m.body) for messages in read_outboxes(publishers, between) for m in messages] == sent[
        2:
    ]
    shop.reader.take(bodies)
    shop.spoil()
    history = shop.prepared(read_log=lambda since: read_outboxes(publishers, since))
    assert history.run(ADA).switched
    assert len(shop.effects()) == 3
