"""An action on one delivery changes no other, of another subscription, hub or parcel."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.messaging.operating import ADA, heavier
from tests.messaging.received import LATER, POLICY, QUEUE, SOURCE, Database, delivery, message, receive

from hub_messaging import inbox, operator_actions, retries, stored_deliveries
from hub_messaging.delivery import Delivery
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.envelope import Envelope
from hub_messaging.retries import Permanent, Unread
from hub_messaging.retry_order import RetryOrder
from hub_messaging.stored_deliveries import Key
from hub_messaging.tables import inbox as table
from hub_messaging.tables import inbox_audit, inbox_subjects

OTHER_QUEUE, OTHER_HUB = "auditing.in", "/hubs/other/sorting"
TARGET = delivery(1, 2, after=1)
KEY = Key(QUEUE, SOURCE, str(TARGET.envelope.id))

Action = Callable[[Session], Any]
Rows = list[tuple[Any, ...]]


NO_EVENT: Any = None


def neighbours(one: Delivery[Any]) -> list[tuple[str, Delivery[Any]]]:
    """The event in another subscription, of another hub and of another parcel; then the event itself."""
    number, revision = one.event.number, one.envelope.revision
    return [
        (OTHER_QUEUE, one),
        (QUEUE, delivery(number, revision, source=OTHER_HUB, after=one.after)),
        (QUEUE, delivery(number + 1, revision, after=one.after)),
        (QUEUE, one),
    ]


def keep_all(database: Database, state: str) -> None:
    """Keep the target and each of its neighbours in one state."""
    for subscription, one in neighbours(TARGET):
        with database.begin() as session:
            if state == DeliveryState.HELD:
                assert inbox.unseen(session, subscription, [one]) == []
            else:
                error = RuntimeError("no") if state == DeliveryState.WAITING else Permanent("no")
                retries.keep_failed(session, subscription, one, error, POLICY)


def others(database: Database) -> tuple[Rows, Rows]:
    """Every row of the inbox but the target's, and how far each subject but the target's has come."""
    subject = TARGET.envelope.subject
    with database() as session:
        rows = session.execute(sa.select(table).order_by(table.c.arrival)).all()
        reached = session.execute(sa.select(inbox_subjects).order_by(*inbox_subjects.primary_key)).all()
    return (
        [tuple(row) for row in rows if Key(row.subscription, row.source, row.event_id) != KEY],
        [tuple(row) for row in reached if tuple(row)[:3] != (QUEUE, SOURCE, subject)],
    )


def row_of(session: Session) -> Any:
    row = retries.lock(session, QUEUE, SOURCE, KEY.event_id)
    assert row is not None
    return row


def own_row(database: Database) -> Any:
    with database() as session:
        return session.execute(sa.select(table).where(*stored_deliveries.is_(KEY))).one()


@pytest.mark.parametrize(
    ("state", "action", "becomes"),
    [
        pytest.param(
            DeliveryState.WAITING,
            lambda session: retries.fail_again(session, row_of(session), Permanent("still"), POLICY),
            DeliveryState.PARKED,
            id="another attempt fails",
        ),
        pytest.param(
            DeliveryState.WAITING,
            lambda session: retries.finish(session, row_of(session)),
            DeliveryState.DONE,
            id="another attempt succeeds",
        ),
        pytest.param(
            DeliveryState.PARKED,
            lambda session: operator_actions.replay(session, [KEY], ADA, LATER),
            DeliveryState.WAITING,
            id="replayed",
        ),
        pytest.param(
            DeliveryState.PARKED,
            lambda session: operator_actions.drop(session, [KEY], ADA),
            "dropped",
            id="dropped",
        ),
        pytest.param(
            DeliveryState.PARKED,
            lambda session: operator_actions.edit(session, KEY, heavier(TARGET), ADA),
            DeliveryState.PARKED,
            id="edited",
        ),
        pytest.param(
            DeliveryState.HELD,
            lambda session: retries.stop_waiting_for(session, QUEUE, SOURCE, KEY.event_id),
            DeliveryState.HELD,
            id="waits for nothing any more",
        ),
    ],
)
def test_what_is_done_to_one_delivery_leaves_every_other_as_it_was(
    database: Database, state: str, action: Action, becomes: str
) -> None:
    keep_all(database, state)
    before, own_before = others(database), own_row(database)
    with database.begin() as session:
        action(session)
    assert others(database) == before
    assert own_row(database).state == becomes
    assert own_row(database) != own_before


def test_a_message_that_can_be_read_at_last_gets_its_own_name_and_no_other_message_does(
    database: Database,
) -> None:
    unreadable = Delivery(NO_EVENT, TARGET.envelope, b"first", 0)
    with database.begin() as session:
        for body in (unreadable.body, b"second"):
            retries.park_unreadable(session, QUEUE, Unread(message(body), ValueError("no")))
        session.execute(
            sa.update(table).values(state=DeliveryState.WAITING, next_attempt_at=datetime.now(UTC))
        )
        first, second = session.scalars(sa.select(table.c.event_id).order_by(table.c.arrival))
    with database.begin() as session:
        row = retries.lock(session, QUEUE, "", first)
        assert row is not None
        assert retries.adopt(session, row, Envelope.from_bytes(TARGET.body)).event_id == KEY.event_id
    with database() as session:
        named = session.execute(sa.select(table.c.event_id, table.c.subject).order_by(table.c.arrival)).all()
    assert [tuple(row) for row in named] == [(KEY.event_id, TARGET.envelope.subject), (second, None)]


def test_a_subject_that_has_come_further_is_not_set_back(database: Database) -> None:
    first = delivery(1, 1)
    with database.begin() as session:
        retries.keep_failed(session, QUEUE, first, RuntimeError("no"), POLICY)
        row = retries.lock(session, QUEUE, SOURCE, str(first.envelope.id))
        assert row is not None
        session.execute(
            sa.insert(inbox_subjects).values(
                subscription=QUEUE, source=SOURCE, subject=first.envelope.subject, revision=7
            )
        )
        retries.finish(session, row)
        assert session.scalars(sa.select(inbox_subjects.c.revision)).all() == [7]


def test_a_subscription_sees_only_its_own_due_and_missing_deliveries(database: Database) -> None:
    with database.begin() as session:
        inbox.unseen(session, OTHER_QUEUE, [delivery(1, 2, after=1)])
        retries.keep_failed(session, OTHER_QUEUE, delivery(2), RuntimeError("no"), POLICY)
        retries.park_unreadable(session, OTHER_QUEUE, Unread(message(b"?"), ValueError("no")))
        session.execute(
            sa.update(table)
            .where(table.c.subject.is_(None))
            .values(state=DeliveryState.WAITING, next_attempt_at=LATER)
        )
    with database() as session:
        assert RetryOrder(QUEUE).due(session, LATER) == []
        assert retries.missing(session, QUEUE, LATER) == []
        assert len(RetryOrder(OTHER_QUEUE).due(session, LATER)) == 2
        assert len(retries.missing(session, OTHER_QUEUE, LATER)) == 1


@pytest.mark.parametrize("together", [False, True], ids=["one delivery", "a batch"])
def test_the_progress_of_another_subscription_or_hub_lets_nothing_go_ahead(
    database: Database, together: bool
) -> None:
    with database.begin() as session:
        assert inbox.unseen(session, OTHER_QUEUE, [delivery(1)])
        assert inbox.unseen(session, QUEUE, [delivery(1, source=OTHER_HUB)])
    early = [TARGET, delivery(3, 2, after=1)] if together else [TARGET]
    assert receive(database, *early) == []


@pytest.mark.parametrize("together", [False, True], ids=["one delivery", "a batch"])
def test_a_failure_of_another_subscription_or_hub_holds_up_nothing(
    database: Database, together: bool
) -> None:
    with database.begin() as session:
        retries.keep_failed(session, OTHER_QUEUE, delivery(1), RuntimeError("no"), POLICY)
        retries.keep_failed(session, QUEUE, delivery(1, source=OTHER_HUB), RuntimeError("no"), POLICY)
    free = [delivery(1), delivery(3)] if together else [delivery(1)]
    assert receive(database, *free) == free


def test_what_another_subscription_received_is_new_to_this_one(database: Database) -> None:
    with database.begin() as session:
        assert inbox.unseen(session, OTHER_QUEUE, [delivery(1), delivery(2)])
    assert receive(database, delivery(1), delivery(2)) == [delivery(1), delivery(2)]


def test_the_last_arrival_of_another_subscription_is_not_ours(database: Database) -> None:
    receive(database, delivery(1))
    with database.begin() as session:
        inbox.unseen(session, OTHER_QUEUE, [delivery(2)])
    with database() as session:
        last = inbox.last_arrival(session, QUEUE)
    assert last is not None
    assert last[0] == str(delivery(1).envelope.id)


def test_what_an_operator_did_to_one_delivery_is_not_told_of_another(database: Database) -> None:
    keep_all(database, DeliveryState.PARKED)
    with database.begin() as session:
        operator_actions.replay(session, [KEY], ADA, LATER)
    with database() as session:
        for subscription, one in neighbours(TARGET):
            key = Key(subscription, one.envelope.source, str(one.envelope.id))
            assert len(stored_deliveries.history(session, key)) == (1 if key == KEY else 0)
        assert session.scalars(sa.select(inbox_audit.c.subscription)).all() == [QUEUE]


def test_only_later_events_of_the_same_subject_wait_behind_a_delivery(database: Database) -> None:
    keep_all(database, DeliveryState.PARKED)
    with database.begin() as session:
        retries.keep_failed(session, OTHER_QUEUE, delivery(1, 3), RuntimeError("no"), POLICY)
        retries.keep_failed(session, QUEUE, delivery(1, 3, source=OTHER_HUB), RuntimeError("no"), POLICY)
        retries.keep_failed(session, QUEUE, delivery(1, 1), Permanent("no"), POLICY)
        behind = {one.key: one.behind for one in stored_deliveries.stored(session)}
    assert behind[KEY] == 0
    assert behind[Key(QUEUE, SOURCE, str(delivery(1, 1).envelope.id))] == 1


def test_a_message_that_could_not_be_read_is_no_last_arrival(database: Database) -> None:
    receive(database, delivery(1))
    with database.begin() as session:
        retries.park_unreadable(session, QUEUE, Unread(message(b"?"), ValueError("no")))
        last = inbox.last_arrival(session, QUEUE)
    assert last is not None
    assert last[0] == str(delivery(1).envelope.id), "a digest is not an id"
