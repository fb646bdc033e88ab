"""Lost events are recovered as far as the log has them, on a real broker.

That each kind of loss is noticed and healed at all: tests/security/test_messages.py.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.messaging.losing import MISSING, QUEUE, Both, losing_pair, refill, sort_without_subscriber
from tests.support.amqp import connected
from tests.support.postgres import PostgresServer
from tests.support.waiting import wait_until

from hub_messaging import missing_events
from hub_messaging.operator_actions import Operator
from hub_messaging.topology import LOG_ARGUMENTS, LOG_QUEUE


@pytest.fixture(name="both")
def _both(postgres: PostgresServer, amqp_uri: str, tmp_path: Path) -> Iterator[Both]:
    with losing_pair(postgres, amqp_uri, tmp_path) as both:
        yield both


def test_a_log_that_was_deleted_heals_nothing_until_it_is_filled_again(both: Both) -> None:
    with connected(both.uri) as connection:
        channel = connection.channel()
        channel.queue_delete(LOG_QUEUE)
        channel.queue_declare(LOG_QUEUE, durable=True, auto_delete=False, arguments=LOG_ARGUMENTS)
        channel.queue_unbind(QUEUE, "sorting.events", "ParcelSorted")
    sort_without_subscriber(both, 4)
    wait_until(lambda: both.counting.metric(MISSING) == 4, deadline=30)
    wait_until(lambda: both.counting.lines("log_repair_started"), deadline=30)
    assert both.effects() == 5
    assert both.counting.ready()
    refill(both)
    with Session(sa.create_engine(both.url)) as session, session.begin():
        missing_events.ask(session, QUEUE, ["ParcelSorted"], Operator("ada", "the log is whole again"))
    both.wait(9)


def test_one_loss_after_another_is_healed_without_waiting(both: Both) -> None:
    for lost in (3, 4):
        both.lose_binding()
        both.sort(lost)
        both.wait(both.sorted)
