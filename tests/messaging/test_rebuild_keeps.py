"""Data that a rebuild must not lose, and rebuilds that are refused."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from parcels.service import POISON
from sqlalchemy.orm import Session
from tests.messaging.received import QUEUE, SOURCE, message
from tests.messaging.shop import ADA, Shop, body, ids, key

from hub_messaging import operator_actions, outbox, stored_deliveries
from hub_messaging.delivery import Delivery
from hub_messaging.dispatch import Handler
from hub_messaging.outbox_log import read_outboxes
from hub_messaging.shadow_fill import CannotRebuild
from hub_messaging.stored_deliveries import Key
from hub_messaging.tables import inbox


def test_what_is_parked_stays_parked_with_its_record(shop: Shop) -> None:
    shop.receive(body(1, weight=POISON), body(1, 2), body(2))
    with shop.database.begin() as session:
        session.execute(sa.update(inbox).where(inbox.c.event_id == ids(1001)[0]).values(attempts=6))
    rebuilt = shop.rebuild()
    assert rebuilt.kept == {"waiting": 0, "held": 1, "parked": 1}
    with shop.database() as session:
        (found,) = stored_deliveries.stored(session)
    assert (found.attempts, found.behind, found.last_error) == (6, 1, "Permanent: poison")


def test_what_only_the_queue_brought_is_kept(shop: Shop) -> None:
    shop.receive(body(1))
    shop.reader.take([message(b"not JSON")])
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
        operator_actions.drop(session, [key(1001)], ADA)
    shop.receive(body(1, 2))
    assert shop.rebuild().switched
    assert sorted(shop.effects()) == [("parcels/1", 2), ("parcels/2", 1)]
    assert shop.states()[ids(1001)[0]] == "dropped"


def test_an_edited_delivery_that_waits_takes_effect_in_its_edited_form(shop: Shop) -> None:
    shop.receive(body(1, weight=POISON), body(1, 2), b"not JSON")
    (unreadable,) = (name for name in shop.states() if name not in ids(1001, 1002))
    with shop.database.begin() as session:
        operator_actions.edit(session, key(1001), body(1), ADA)
        operator_actions.edit(session, Key(QUEUE, "", unreadable), body(5), ADA)
    rebuilt = shop.rebuild()
    assert rebuilt.kept == {"waiting": 0, "held": 0, "parked": 0}
    assert sorted(shop.effects()) == [("parcels/1", 1), ("parcels/1", 2), ("parcels/5", 1)]
    assert shop.states()[unreadable] == "dropped"


def test_an_edited_delivery_that_was_dropped_stays_dropped(shop: Shop) -> None:
    shop.receive(body(1, weight=POISON))
    with shop.database.begin() as session:
        operator_actions.edit(session, key(1001), body(1), ADA)
        operator_actions.drop(session, [key(1001)], ADA)
    shop.rebuild()
    assert (shop.effects(), shop.states()) == ([], {ids(1001)[0]: "dropped"})


def test_a_version_that_fails_where_the_live_one_did_not_is_not_switched_to_unless_told(shop: Shop) -> None:
    shop.receive(*(body(n) for n in range(1, 31)))
    shop.broken = True
    rebuilt = shop.rebuild()
    assert (rebuilt.switched, rebuilt.undone) == (False, 30)
    assert len(shop.effects()) == 30
    assert shop.rebuild(undone=True).switched
    assert shop.effects() == []
    assert set(shop.states().values()) == {"waiting"}


def test_a_handler_that_touches_other_tables_fails_instead_of_changing_them(shop: Shop) -> None:
    shop.receive(body(1))

    def meddle(session: Session, _deliveries: Sequence[Delivery[Any]]) -> None:
        session.execute(sa.text("INSERT INTO parcels (number, weight, revision) VALUES (1, 1, 1)"))

    handlers = [Handler({ParcelSorted.type: ParcelSorted}, batch=True, call=meddle)]
    rebuilt = shop.prepared(handlers=handlers).run(ADA)
    assert (rebuilt.switched, rebuilt.undone) == (False, 1)
    with shop.database() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM parcels")) == 0


def test_a_handler_that_records_events_is_refused_and_publishes_nothing(shop: Shop) -> None:
    shop.receive(body(1))

    def announce(session: Session, deliveries: Sequence[Delivery[Any]]) -> None:
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
    shop.reader.take([message(body) for body in bodies])
    shop.spoil()
    history = shop.prepared(read_log=lambda since: read_outboxes(publishers, since))
    assert history.run(ADA).switched
    assert len(shop.effects()) == 3
