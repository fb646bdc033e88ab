"""The effect of a rebuild on the counts, gaps and subjects of the inbox.

Before (at 6a1328b): whatever `inbox_subjects` said was carried into the new copy, so one forged revision took
the order from its subject for ever.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from tests.messaging.received import QUEUE, SOURCE, message
from tests.messaging.shop import Shop, body, ids

from hub_messaging.tables import inbox, inbox_counts, inbox_gaps, inbox_subjects

MARKED = datetime(2026, 11, 30, tzinfo=UTC)


def counts(shop: Shop) -> tuple[int, int, int | None, int, int]:
    wanted = sa.select(inbox_counts).where(inbox_counts.c.routing_key == "ParcelSorted")
    with shop.database() as session:
        row = session.execute(wanted).one()
    return row.received, row.done, row.published, row.accepted, row.missing


def change(shop: Shop, statement: sa.Executable) -> Any:
    with shop.database.begin() as session:
        return session.execute(statement)


def test_the_new_copy_has_counted_what_it_received_and_knows_what_publishers_said(shop: Shop) -> None:
    shop.receive(body(1), body(2), body(1, 2))
    change(shop, sa.update(inbox_counts).values(published=5, marked_at=MARKED, missing=1, accepted=1))
    shop.rebuild()
    assert counts(shop) == (3, 3, 5, 1, 1)
    shop.receive(body(3))
    assert counts(shop)[0] == 4


def test_what_a_rebuild_has_found_in_history_is_neither_missing_nor_given_up(shop: Shop) -> None:
    shop.receive(body(1))
    shop.log += [body(2), body(3)]  # lost between the log and the reader
    change(shop, sa.update(inbox_counts).values(published=3, missing=1, accepted=1))
    shop.rebuild()
    assert counts(shop) == (3, 3, 3, 0, 0)


def test_an_accepted_loss_is_not_counted_as_missing(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    change(shop, sa.update(inbox_counts).values(published=2))
    change(shop, sa.delete(inbox).where(inbox.c.event_id == ids(1001)[0]))
    del shop.log[0]
    loss = shop.rebuild().loss
    assert loss is not None
    shop.rebuild(loss=loss.sha256)
    assert counts(shop) == (2, 1, 2, 0, 0)


def test_counts_of_unsubscribed_types_stay(shop: Shop) -> None:
    shop.receive(body(1))
    row = {"subscription": QUEUE, "source": SOURCE, "routing_key": "Forgotten", "received": 9, "done": 9}
    change(shop, sa.insert(inbox_counts).values(row))
    shop.rebuild()
    with shop.database() as session:
        kept = session.scalar(sa.select(inbox_counts.c.received).where(inbox_counts.c.received == 9))
    assert kept == 9


def test_what_only_the_queue_brought_is_counted_as_before(shop: Shop) -> None:
    shop.receive(body(1))
    shop.reader.take([message(b"not JSON")])
    before = counts(shop)
    shop.rebuild()
    assert counts(shop) == before


def test_a_gap_that_history_fills_is_none_any_more(shop: Shop) -> None:
    shop.receive(body(1), body(1, 2), body(1, 3))
    gap = {"subscription": QUEUE, "source": SOURCE, "subject": "parcels/1", "after_revision": 2}
    change(shop, sa.insert(inbox_gaps).values(gap | {"event_id": ids(1003)[0]}))
    change(shop, sa.delete(inbox).where(inbox.c.event_id == ids(1002)[0]))
    shop.rebuild()
    with shop.database() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(inbox_gaps)) == 0


def test_progress_comes_from_deliveries_and_not_from_a_number_by_itself(shop: Shop) -> None:
    shop.receive(body(1), body(2))
    change(
        shop, sa.update(inbox_subjects).where(inbox_subjects.c.subject == "parcels/1").values(revision=999)
    )
    loss = shop.rebuild().loss
    assert loss is not None
    assert (loss.subjects, loss.rows) == (1, {})
    assert shop.rebuild(loss=loss.sha256).switched
    with shop.database() as session:
        assert set(session.scalars(sa.select(inbox_subjects.c.revision))) == {1}
    shop.receive(body(1, 3))
    assert shop.states()[ids(1003)[0]] == "held"  # order is kept: revision 2 has not come
    shop.receive(body(1, 2))
    shop.reader.retry_stored()
    assert shop.effects() == [("parcels/1", 1), ("parcels/2", 1), ("parcels/1", 2), ("parcels/1", 3)]
