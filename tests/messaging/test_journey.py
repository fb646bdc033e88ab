"""From a command in one process to its effect in another, over real RabbitMQ and PostgreSQL.

The two processes run for all of these tests; each has parcels with numbers of its own.
"""

import json
import signal
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from sqlalchemy.orm import Session
from tests.messaging.conftest import Pair
from tests.messaging.posting import rows
from tests.support.amqp import connected
from tests.support.services import Client, RunningService
from tests.support.waiting import wait_until

from hub_messaging import outbox
from hub_messaging.topology import LOG_QUEUE


def sort(sorter: Client, number: int, weight: int = 1) -> None:
    assert sorter("POST", "/sorting/v1/parcels", {"number": number, "weight": weight}).status == 201


def weigh(sorter: Client, number: int, weight: int, revision: int) -> None:
    path = f"/sorting/v1/parcels/{number}"
    assert sorter("PUT", path, {"weight": weight}, If_Match=f'"{revision}"').status == 200


def effects(url: str, numbers: range) -> list[Any]:
    """Return the effects of these parcels, in order."""
    subjects = [f"parcels/{number}" for number in numbers]
    return rows(
        url, "SELECT * FROM effects WHERE subject = ANY(:subjects) ORDER BY position", subjects=subjects
    )


def kept(url: str, numbers: range) -> list[Any]:
    """Return the stored and undecodable deliveries of these parcels."""
    subjects = [f"parcels/{number}" for number in numbers]
    statement = "SELECT * FROM inbox WHERE state <> 'done' AND (subject IS NULL OR subject = ANY(:subjects))"
    return rows(url, statement, subjects=subjects)


def in_order(rows: list[Any]) -> bool:
    by_subject = groupby(
        sorted(rows, key=lambda row: (row.subject, row.position)), key=lambda row: row.subject
    )
    return all(
        [row.revision for row in group] == list(range(1, 1 + sum(r.subject == subject for r in rows)))
        for subject, group in by_subject
    )


@pytest.fixture(name="sorting")
def _sorting(pair: Pair) -> RunningService:
    pair.go_on()
    return pair.sorting


@pytest.fixture(name="counting")
def _counting(sorting: RunningService, pair: Pair) -> RunningService:
    return pair.counting


@pytest.fixture(name="counting_url")
def _counting_url(counting: RunningService) -> str:
    return counting.environment["HUB_DATABASE_URL"]


def test_each_event_takes_effect_once_and_in_order(sorting: RunningService, counting_url: str) -> None:
    sorter, numbers = sorting.client("sorter"), range(20)
    for number in numbers:
        sort(sorter, number)
        for revision in range(1, 4):
            weigh(sorter, number, weight=revision, revision=revision)
    wait_until(lambda: len(effects(counting_url, numbers)) >= 80, deadline=20)
    found = effects(counting_url, numbers)
    assert len({row.event_id for row in found}) == len(found) == 80
    assert in_order(found)


def test_a_subscriber_that_was_away_catches_up(
    sorting: RunningService, counting: RunningService, counting_url: str
) -> None:
    counting.stop()
    sorter, numbers = sorting.client("sorter"), range(100, 130)
    for number in numbers:
        sort(sorter, number)
    assert effects(counting_url, numbers) == []
    counting.start()
    wait_until(lambda: len(effects(counting_url, numbers)) == 30, deadline=20)


def test_a_subscriber_killed_at_any_moment_repeats_no_effect(
    sorting: RunningService, counting: RunningService, counting_url: str
) -> None:
    sorter, numbers = sorting.client("sorter"), range(200, 260)
    for number in numbers:
        sort(sorter, number)
        if number % 20 == 10:
            assert counting.child is not None
            counting.child.process.send_signal(signal.SIGKILL)
            counting.child.process.wait()
            counting.start()
    wait_until(lambda: len(effects(counting_url, numbers)) >= 60, deadline=20)
    found = effects(counting_url, numbers)
    assert len({row.event_id for row in found}) == len(found) == 60


def test_a_subscriber_that_is_asked_to_stop_finishes_what_it_has(
    sorting: RunningService, counting: RunningService, counting_url: str, pair: Pair
) -> None:
    counting.stop()
    numbers = range(10_000, 12_000)  # many times what a reader has in hand at once
    record(sorting.environment["HUB_DATABASE_URL"], numbers)
    wait_until(lambda: sorting.metric("hub_outbox_pending") == 0, deadline=20)
    counting.start()
    wait_until(lambda: len(effects(counting_url, numbers)) > 0, deadline=20)
    counting.stop()
    left: list[Any] = []
    expected = len(numbers) - len(effects(counting_url, numbers))
    assert expected > 0
    with connected(pair.uri) as connection:
        channel = connection.channel()
        channel.basic_qos(0, len(numbers), False)
        channel.basic_consume("counting.in", callback=left.append)
        while len(left) < expected:
            connection.drain_events(timeout=5)
    assert len(left) == expected
    assert not any(message.delivery_info["redelivered"] for message in left)


def record(url: str, numbers: range) -> None:
    """Record events as one command of the publisher would."""
    engine = sa.create_engine(url)
    with Session(engine) as session, session.begin():
        events = [ParcelSorted(number=number, weight=1) for number in numbers]
        outbox.record_all(session, events, occurred_at=datetime.now(UTC))
    engine.dispose()


def test_one_poisoned_event_waits_with_its_subject_and_the_rest_goes_on(
    sorting: RunningService, counting_url: str
) -> None:
    sorter, numbers = sorting.client("sorter"), range(2000, 2005)
    for number in numbers:
        sort(sorter, number)
    weigh(sorter, 2003, weight=666, revision=1)
    weigh(sorter, 2003, weight=5, revision=2)
    for number in (2000, 2001, 2002, 2004):
        weigh(sorter, number, weight=5, revision=1)
    wait_until(lambda: len(effects(counting_url, numbers)) == 9, deadline=20)
    states = ["held", "waiting"]
    wait_until(lambda: sorted(row.state for row in kept(counting_url, numbers)) == states)
    (waiting,) = (row for row in kept(counting_url, numbers) if row.state == "waiting")
    assert waiting.first_error == "RuntimeError: poison"
    assert in_order(effects(counting_url, numbers))


def test_a_message_that_is_no_event_is_parked_with_its_bytes_and_the_service_goes_on(
    sorting: RunningService, counting: RunningService, counting_url: str, pair: Pair
) -> None:
    import amqp

    nothing = range(0)
    with connected(pair.uri) as connection:
        channel = connection.channel()
        headers = {"nameko.call_id_stack": 7}
        for body in (b"\xff\xfe not JSON", b'{"specversion": "1.0"}'):
            channel.basic_publish(amqp.Message(body, application_headers=headers), "", "counting.in")
    wait_until(lambda: len(kept(counting_url, nothing)) == 2)
    parked = kept(counting_url, nothing)
    assert {bytes(row.body) for row in parked} == {b"\xff\xfe not JSON", b'{"specversion": "1.0"}'}
    assert {row.state for row in parked} == {"parked"}
    sort(sorting.client("sorter"), 3000)
    wait_until(lambda: len(effects(counting_url, range(3000, 3001))) == 1)
    assert counting.metric('hub_inbox_deliveries{state="parked"}') == 2


def test_an_unsubscribed_type_is_skipped(counting: RunningService, pair: Pair) -> None:
    import amqp

    body = (
        b'{"specversion":"1.0","id":"0192f3c4-0000-7000-8000-000000000001","source":"/hubs/test/x","type":"Other",'
        b'"subject":"x/1","time":"2026-11-23T10:04:00Z","dataschema":"/schemas/Other/1","revision":1,"data":{}}'
    )
    parked = counting.metric('hub_inbox_deliveries{state="parked"}')
    with connected(pair.uri) as connection:
        connection.channel().basic_publish(amqp.Message(body), "", "counting.in")
    wait_until(lambda: "unknown_type" in counting.log)
    assert counting.metric('hub_inbox_deliveries{state="parked"}') == parked


def test_every_event_is_in_the_log_stream(sorting: RunningService, pair: Pair) -> None:
    sorter, numbers = sorting.client("sorter"), range(4000, 4010)
    for number in numbers:
        sort(sorter, number)
    wait_until(lambda: sorting.metric("hub_outbox_pending") == 0)
    with connected(pair.uri) as connection:
        channel = connection.channel()
        read: list[Any] = []
        channel.basic_qos(0, 100, False)

        def take(message: Any) -> None:
            message.channel.basic_ack(message.delivery_tag)
            if json.loads(message.body).get("subject") in {f"parcels/{number}" for number in numbers}:
                read.append(message)

        channel.basic_consume(LOG_QUEUE, callback=take, arguments={"x-stream-offset": "first"})
        while len(read) < len(numbers):
            connection.drain_events(timeout=5)
    assert [message.properties["type"] for message in read] == ["ParcelSorted"] * 10


def test_a_service_leaves_within_ten_seconds_when_asked(
    sorting: RunningService, counting: RunningService
) -> None:
    for service in (sorting, counting):
        assert service.child is not None
        service.child.process.send_signal(signal.SIGTERM)
        assert service.child.process.wait(10) == 0
