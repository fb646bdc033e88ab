"""The way back from a rebuild: figures as if there had been none, nothing lost and nothing twice.

Before (at 6a1328b): the copy in `previous` could only be brought back by hand, without what came since.
"""

from datetime import UTC, datetime
from functools import partial

import pytest
import sqlalchemy as sa
from parcels.service import POISON
from tests.messaging.operating import replay
from tests.messaging.received import message
from tests.messaging.shop import ADA, Shop, body, ids, key

from hub_messaging import operator_actions, shadow_copy, shadow_statements, stored_deliveries
from hub_messaging.operator_actions import Operator
from hub_messaging.shadow_fill import CannotRebuild
from hub_messaging.tables import inbox, inbox_audit, inbox_types

BEN = Operator(by="ben", why="the new figures are wrong")


def test_what_was_live_before_comes_back_with_what_has_come_since(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    shop.rebuild()
    shop.spoil()  # the new copy is wrong
    shop.receive(body(1, 2), body(3))
    back = shop.back(BEN)
    assert back.switched
    assert shop.effects() == [("parcels/1", 1), ("parcels/2", 1), ("parcels/1", 2), ("parcels/3", 1)]
    assert shop.effects(shadow_statements.PREVIOUS) == [("parcels/1", 2), ("parcels/3", 1)]
    with shop.database() as session:
        last = session.execute(sa.select(inbox_audit).order_by(inbox_audit.c.id.desc())).first()
    assert last is not None
    assert (last.by, last.why, last.action) == (BEN.by, BEN.why, "switch_back")


def test_going_back_can_itself_be_undone(shop: Shop) -> None:
    shop.receive(body(1))
    shop.rebuild()
    for number in (2, 3, 4):
        shop.receive(body(number))
        assert shop.back().switched
        shop.receive(body(number, 2), body(number))
        assert len(shop.effects()) == len(set(shop.effects())) == 2 * number - 1
    assert shop.rebuild().switched
    assert len(shop.effects()) == 7
    assert shop.schemas() == {shadow_statements.PREVIOUS}


def test_the_reader_goes_on_while_and_after(shop: Shop) -> None:
    shop.receive(body(1))
    shop.rebuild()
    shop.receive(body(2))
    # After the first reading, after the second, not while the tables are locked, and just before the switch.
    shop.meanwhile = [partial(shop.receive, *new) for new in ([body(3)], [body(4)], [], [body(5)])]
    assert shop.back().switched
    assert not shop.meanwhile
    shop.receive(body(6))
    shop.reader.take([message(one) for one in shop.log])
    assert sorted(shop.effects()) == [(f"parcels/{n}", 1) for n in range(1, 7)]


def test_only_what_came_since_is_read(shop: Shop) -> None:
    shop.receive(body(1))
    shop.rebuild()
    shop.reads.clear()
    shop.receive(body(2))
    shop.back()
    assert None not in shop.reads


def test_after_an_accepted_loss_the_way_back_brings_the_rows_again(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    with shop.database.begin() as session:
        session.execute(sa.delete(inbox).where(inbox.c.event_id == ids(1001)[0]))
    del shop.log[0]
    loss = shop.rebuild().loss
    assert loss is not None
    assert shop.rebuild(loss=loss.sha256).switched
    assert shop.effects() == [("parcels/2", 1)]
    assert shop.back().switched
    assert shop.effects() == [("parcels/1", 1), ("parcels/2", 1)]


def test_without_a_rebuild_there_is_nothing_to_go_back_to(shop: Shop) -> None:
    shop.receive(body(1))
    with pytest.raises(CannotRebuild, match="nothing to go back to"):
        shop.back()


def test_a_copy_that_never_received_anything_is_refused(shop: Shop) -> None:
    shop.rebuild()
    shop.receive(body(1))
    with pytest.raises(CannotRebuild, match="never received"):
        shop.back()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE effects ADD weight INTEGER",
        "ALTER TABLE effects ALTER revision TYPE BIGINT",
        "ALTER TABLE effects ADD CHECK (revision > 0)",
        "ALTER TABLE inbox ADD colour TEXT",
    ],
)
def test_tables_that_a_migration_has_changed_are_refused(shop: Shop, change: str) -> None:
    shop.receive(body(1))
    shop.rebuild()
    with shop.engine.begin() as connection:
        connection.exec_driver_sql(change)
    with pytest.raises(CannotRebuild, match="Migrations since the switch have changed"):
        shop.back()
    assert shop.effects() == [("parcels/1", 1)]


def test_any_migration_since_is_refused(shop: Shop) -> None:
    shop.receive(body(1))
    shop.rebuild()
    assert shop.back().switched
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(CannotRebuild, match="effects"):
        shop.back()


def test_a_history_that_lacks_what_came_since_is_refused(shop: Shop) -> None:
    shop.receive(body(1))
    shop.rebuild()
    shop.receive(body(2), body(3))
    del shop.log[-1]
    with pytest.raises(CannotRebuild, match="does not hold 1 events"):
        shop.back()
    assert sorted(shop.effects()) == [(f"parcels/{n}", 1) for n in (1, 2, 3)]
    with shop.database.begin() as session:  # nor when the inbox has forgotten it
        session.execute(sa.delete(inbox).where(inbox.c.event_id == ids(3001)[0]))
    with pytest.raises(CannotRebuild, match="does not hold 1 events"):
        shop.back()
    assert "outbox" not in sa.inspect(shop.engine).get_table_names(shadow_statements.PREVIOUS)


def test_a_dry_run_compares_and_changes_nothing(shop: Shop) -> None:
    shop.receive(body(1))
    shop.rebuild()
    shop.receive(body(2))
    said = shop.back(None)
    (compared,) = said.compared
    assert (said.switched, said.behind, compared.live, compared.new) == (False, 1, 2, 1)
    assert len(shop.effects(shadow_statements.PREVIOUS)) == 1


def test_what_an_operator_has_mended_since_is_mended_there_too(shop: Shop) -> None:
    shop.receive(body(1, weight=POISON), body(2, weight=POISON), body(3))
    shop.rebuild()
    with shop.database.begin() as session:
        operator_actions.drop(session, [key(2001)], ADA)
        session.execute(
            sa.update(inbox).where(inbox.c.event_id == ids(1001)[0]).values(body=body(1))
        )  # as if the handler took it now
    replay(shop.database, key(1001))
    shop.reader.retry_stored()
    with shop.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE previous.inbox SET body = :body WHERE event_id = :id"),
            {"body": body(1), "id": ids(1001)[0]},
        )
    assert shop.back().switched
    assert sorted(shop.effects()) == [("parcels/1", 1), ("parcels/3", 1)]
    assert shop.states()[ids(2001)[0]] == "dropped"
    shop.receive(body(2, 2))
    assert ("parcels/2", 2) in shop.effects()


def test_what_fails_there_and_not_here_is_not_switched_to_unless_told(shop: Shop) -> None:
    shop.receive(body(1))
    shop.rebuild()
    shop.receive(body(2))
    shop.broken = True
    back = shop.back()
    assert (back.switched, back.undone) == (False, 1)
    assert len(shop.effects()) == 2
    assert shop.back(accept_undone=True).switched
    with shop.database() as session:
        (found,) = stored_deliveries.stored(session, ("waiting",))
    assert found.subject == "parcels/2"


def test_a_type_that_was_behind_stays_behind(shop: Shop) -> None:
    shop.receive(body(1))
    shop.rebuild()
    then = datetime(2026, 1, 1, tzinfo=UTC)
    with shop.database.begin() as session:
        session.execute(sa.update(inbox_types).values(behind_since=then))
    shop.back()
    with shop.database() as session:
        assert session.scalar(sa.select(inbox_types.c.behind_since)) == then


def test_only_one_switches_at_a_time(shop: Shop) -> None:
    shop.receive(body(1))
    shop.rebuild()
    with shadow_copy.only_one(shop.engine), pytest.raises(CannotRebuild, match="Another rebuild"):
        shop.back()
