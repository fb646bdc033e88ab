"""The cost of later deliveries does not grow with a storm of failures."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.messaging.operating import ADA
from tests.messaging.plans import STORM, STORMS, cost_of, fill
from tests.messaging.received import QUEUE, SOURCE, Database, delivery, message

from hub_messaging import inbox, operator_actions, retries, stored_deliveries
from hub_messaging.delivery_states import UNFINISHED
from hub_messaging.retries import Unread
from hub_messaging.retry_order import SUBJECTS_AT_ONCE, RetryOrder

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
BATCH = [delivery(number, 2, after=1) for number in range(200)]

ACTIONS: dict[str, tuple[Callable[[Session], Any], int]] = {
    "a batch": (lambda session: inbox.unseen(session, QUEUE, BATCH), len(BATCH)),
    "one event": (lambda session: inbox.unseen(session, QUEUE, BATCH[:1]), 1),
    "a look at what is due": (lambda session: RetryOrder(QUEUE).due(session, NOW), SUBJECTS_AT_ONCE),
    "parking": (lambda s: retries.park_unreadable(s, QUEUE, Unread(message(b"?"), ValueError())), 1),
    # It passes over what could not be read.
    "the last arrival": (lambda session: inbox.last_arrival(session, QUEUE), STORM),
    "one delivery by its name": (
        lambda session: stored_deliveries.show(session, stored_deliveries.Key(QUEUE, "", "none")),
        1,
    ),
}


@pytest.mark.parametrize("analyzed", [False, True], ids=["in the middle of it", "known to PostgreSQL"])
@pytest.mark.parametrize("storm", STORMS)
def test_a_storm_costs_nothing_that_grows_with_it(database: Database, storm: str, analyzed: bool) -> None:
    fill(database, storm, analyzed=analyzed)
    for name, (act, asked_for) in ACTIONS.items():
        with database() as session, cost_of(session) as cost:
            with contextlib.suppress(stored_deliveries.Refused):
                act(session)
            assert not cost.scanned, name
            assert cost.rows <= 4 * asked_for, name
            assert cost.statements, name


KEYS = [stored_deliveries.Key(QUEUE, source, f"storm-{n}") for n in range(1, 1001) for source in ("", SOURCE)]
# Queries of operators and probes may read all stored deliveries once, never all received ones.
QUESTIONS: dict[str, Callable[[Session], Any]] = {
    "figures": inbox.counts,
    "what never came": lambda session: retries.missing(session, QUEUE, NOW),
    "a page": lambda session: stored_deliveries.stored(session, UNFINISHED, limit=50),
    "all": lambda session: stored_deliveries.stored(session, UNFINISHED),
    "how many": lambda session: stored_deliveries.count(session, UNFINISHED),
    "groups": lambda session: stored_deliveries.groups(session, UNFINISHED),
    "a name": lambda session: stored_deliveries.find(session, "7777"),
    "a replay": lambda session: operator_actions.replay(session, KEYS, ADA, NOW),
    "a drop": lambda session: operator_actions.drop(session, KEYS, ADA),
}


@pytest.mark.parametrize("analyzed", [False, True], ids=["in the middle of it", "known to PostgreSQL"])
@pytest.mark.parametrize("storm", STORMS)
def test_operators_queries_read_stored_deliveries_once(
    database: Database, storm: str, analyzed: bool
) -> None:
    fill(database, storm, analyzed=analyzed)
    for name, ask in QUESTIONS.items():
        with database() as session, cost_of(session) as cost:
            ask(session)
            assert cost.rows <= 3.5 * STORM, name
            assert cost.statements, name
