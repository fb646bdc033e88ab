"""What a storm of failures costs those who come after it: nothing that grows with it."""

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.messaging.plans import STORM, STORMS, cost_of, fill
from tests.messaging.received import QUEUE, Database, delivery, message

from hub_messaging import inbox, kept, retries
from hub_messaging.retries import Unread
from hub_messaging.turns import SUBJECTS_AT_ONCE, Turns

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
BATCH = [delivery(number, 2, after=1) for number in range(200)]

ACTIONS: dict[str, tuple[Callable[[Session], Any], int]] = {
    "a batch": (lambda session: inbox.unseen(session, QUEUE, BATCH), len(BATCH)),
    "one event": (lambda session: inbox.unseen(session, QUEUE, BATCH[:1]), 1),
    "a look at what is due": (lambda session: Turns(QUEUE).due(session, NOW), SUBJECTS_AT_ONCE),
    "parking": (lambda s: retries.park_unreadable(s, QUEUE, Unread(message(b"?"), ValueError())), 1),
    # It passes over what could not be read.
    "the last arrival": (lambda session: inbox.last_arrival(session, QUEUE), STORM),
    "one delivery by its name": (lambda session: kept.show(session, kept.Key(QUEUE, "", "none")), 1),
}


@pytest.mark.parametrize("analyzed", [False, True], ids=["in the middle of it", "known to PostgreSQL"])
@pytest.mark.parametrize("storm", STORMS)
def test_a_storm_costs_nothing_that_grows_with_it(database: Database, storm: str, analyzed: bool) -> None:
    fill(database, storm, analyzed=analyzed)
    for name, (act, asked_for) in ACTIONS.items():
        with database() as session, cost_of(session) as cost:
            with contextlib.suppress(kept.Refused):
                act(session)
            assert not cost.scanned, name
            assert cost.rows <= 4 * asked_for, name
            assert cost.statements, name
