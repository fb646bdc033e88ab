"""Projections rebuilt in a shadow copy: the same figures, no event lost or repeated, no partial switch."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from tests.messaging.received import QUEUE
from tests.messaging.shop import ADA, EFFECTS, Interruption, Shop, body, ids

from hub_messaging import shadow_copy, shadow_statements
from hub_messaging.dispatch import DatabaseAway
from hub_messaging.shadow_fill import CannotRebuild
from hub_messaging.tables import inbox, inbox_audit


def test_a_spoiled_projection_is_rebuilt_and_the_previous_tables_stay(shop: Shop) -> None:
    shop.receive(body(1), body(2), body(1, 2), body(3))
    right = shop.effects()
    shop.spoil()
    rebuilt = shop.rebuild()
    (compared,) = rebuilt.compared
    assert (compared.table, compared.live, compared.new) == ("effects", 1, 4)
    assert (compared.only_live, compared.only_new) == (0, 3)
    assert rebuilt.switched
    assert shop.effects() == right
    assert shop.effects(shadow_statements.PREVIOUS) == [("parcels/1", 2)]
    assert shop.schemas() == {shadow_statements.PREVIOUS}


def test_a_history_of_many_batches_keeps_its_order(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_messaging.shadow_fill.BATCH", 5)
    for revision in range(1, 6):
        shop.receive(*(body(number, revision) for number in range(1, 9)))
    right = shop.effects()
    rebuilt = shop.rebuild()
    assert shop.effects() == right
    assert rebuilt.read >= len(right) == 40


def test_a_failure_of_the_database_between_batches_ends_the_run(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub_messaging.shadow_fill.BATCH", 5)
    shop.receive(*(body(number) for number in range(1, 31)))
    prepared = shop.prepared()

    def away(_bodies: Sequence[bytes]) -> None:
        raise DatabaseAway

    monkeypatch.setattr(prepared._filling._dispatcher, "take", away)
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
    rebuilt = shop.rebuild()
    assert rebuilt.loss is not None
    assert (rebuilt.switched, rebuilt.loss.subjects, rebuilt.loss.events) == (False, 1, 1)
    assert len(shop.effects()) == 2
    assert shop.schemas() == set()


def test_an_event_of_a_type_that_is_no_longer_subscribed_to_stays_stored(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    with shop.engine.begin() as connection:
        connection.execute(sa.update(inbox).where(inbox.c.event_id == ids(1001)[0]).values(type="Forgotten"))
    shop.log[0] = shop.log[0].replace(b"ParcelSorted", b"Forgotten")
    assert shop.rebuild().switched
    assert set(shop.states()) == set(ids(1001, 2001))


def test_an_interrupted_run_leaves_the_live_tables_and_the_next_starts_clean(shop: Shop) -> None:
    shop.receive(*(body(n) for n in range(1, 8)))

    def interrupted(_read: int) -> None:
        raise Interruption

    with pytest.raises(Interruption):
        shop.prepared(progress=interrupted).run(ADA)
    with shop.engine.begin() as connection:  # the remains of a kill -9
        connection.exec_driver_sql("CREATE SCHEMA rebuild")
        connection.exec_driver_sql("CREATE TABLE rebuild.effects (position integer)")
    assert len(shop.effects()) == 7
    assert shop.rebuild().switched
    assert len(shop.effects()) == 7
    assert shop.schemas() == {shadow_statements.PREVIOUS}


def test_only_one_rebuilds_at_a_time_and_a_later_one_may(shop: Shop) -> None:
    shop.receive(body(1))
    with shadow_copy.only_one(shop.engine) as alone, pytest.raises(CannotRebuild, match="Another rebuild"):
        assert alone
        shop.rebuild()
    assert shop.rebuild().switched


def test_the_place_is_free_before_the_connection_that_held_it_is_closed(shop: Shop) -> None:
    here = sa.text(
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
        " WHERE locktype = 'advisory' AND datname = current_database()"
    )
    held: list[int] = []

    @sa.event.listens_for(shop.engine, "close_detached")
    def look(_connection: Any) -> None:
        with shop.engine.connect() as other:
            held.append(other.scalar(here))

    with shadow_copy.only_one(shop.engine) as alone:
        assert alone
    assert held == [0]


def test_a_database_that_goes_away_lets_go_of_the_place_by_itself(shop: Shop) -> None:
    sessions_of_others = sa.text(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with shadow_copy.only_one(shop.engine), shop.engine.connect() as other:
        other.execute(sessions_of_others)
    with shadow_copy.only_one(shop.engine) as alone:
        assert alone


def test_users_of_the_live_tables_are_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.receive(body(1))
    monkeypatch.setattr("hub_messaging.shadow_fill.LOCK_ATTEMPTS", 2)
    with shop.database.begin() as session:
        session.execute(sa.text("LOCK TABLE effects IN ROW EXCLUSIVE MODE"))
        with pytest.raises(CannotRebuild, match="could not be locked"):
            shop.rebuild()
    assert shop.rebuild().switched


def test_a_lock_that_fails_for_another_reason_is_not_tried_again(shop: Shop) -> None:
    with shop.engine.connect() as connection, pytest.raises(sa.exc.OperationalError):
        connection.exec_driver_sql("SET statement_timeout = 1")
        with shop.database.begin() as session:
            session.execute(sa.text("LOCK TABLE effects"))
            shadow_copy.ShadowCopy((EFFECTS,)).lock(connection, "EXCLUSIVE")
