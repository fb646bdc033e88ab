"""From a command in one process to its effect in another, over real RabbitMQ and PostgreSQL."""

import signal
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from tests.support.amqp import connected
from tests.support.services import Client, RunningService
from tests.support.waiting import wait_until

from hub_messaging.topology import LOG_QUEUE


def sort(sorter: Client, number: int, weight: int = 1) -> None:
    assert sorter("POST", "/sorting/v1/parcels", {"number": number, "weight": weight}).status == 201


def weigh(sorter: Client, number: int, weight: int, revision: int) -> None:
    path = f"/sorting/v1/parcels/{number}"
    assert sorter("PUT", path, {"weight": weight}, If_Match=f'"{revision}"').status == 200


def effects(url: str) -> list[Any]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM effects ORDER BY position")).all()
    engine.dispose()
    return list(rows)


def kept(url: str) -> list[Any]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM inbox WHERE state <> 'done'")).all()
    engine.dispose()
    return list(rows)


def in_order(rows: list[Any]) -> bool:
    by_subject = groupby(
        sorted(rows, key=lambda row: (row.subject, row.position)), key=lambda row: row.subject
    )
    return all(
        [row.revision for row in group] == list(range(1, 1 + sum(r.subject == subject for r in rows)))
        for subject, group in by_subject
    )


def test_each_event_takes_effect_once_and_in_order(
    sorting: RunningService, counting: RunningService, counting_url: str
) -> None:
    wait_until(counting.ready)
    sorter = sorting.client("sorter")
    for number in range(20):
        sort(sorter, number)
        for revision in range(1, 4):
            weigh(sorter, number, weight=revision, revision=revision)
    rows = wait_until(lambda: found if len(found := effects(counting_url)) >= 80 else None, deadline=20)
    assert len({row.event_id for row in rows}) == len(rows) == 80
    assert in_order(rows)


def test_a_subscriber_that_was_away_catches_up(
    sorting: RunningService, counting: RunningService, counting_url: str
) -> None:
    wait_until(counting.ready)
    counting.stop()
    sorter = sorting.client("sorter")
    for number in range(30):
        sort(sorter, number)
    assert effects(counting_url) == []
    counting.start()
    wait_until(lambda: len(effects(counting_url)) == 30, deadline=20)


def test_a_subscriber_killed_at_any_moment_repeats_no_effect(
    sorting: RunningService, counting: RunningService, counting_url: str
) -> None:
    wait_until(counting.ready)
    sorter = sorting.client("sorter")
    for number in range(60):
        sort(sorter, number)
        if number % 20 == 10:
            assert counting.child is not None
            counting.child.process.send_signal(signal.SIGKILL)
            counting.child.process.wait()
            counting.start()
    rows = wait_until(lambda: found if len(found := effects(counting_url)) >= 60 else None, deadline=20)
    assert len({row.event_id for row in rows}) == len(rows) == 60


def test_a_subscriber_that_is_asked_to_stop_finishes_what_it_has(
    sorting: RunningService, counting: RunningService, counting_url: str, amqp_uri: str
) -> None:
    wait_until(counting.ready)
    counting.stop()
    sorter = sorting.client("sorter")
    for number in range(400):  # more than one reader has in hand at once
        sort(sorter, number)
    wait_until(lambda: sorting.metric("hub_outbox_pending") == 0)
    counting.start()
    wait_until(lambda: len(effects(counting_url)) > 0, deadline=20)
    counting.stop()
    left: list[Any] = []
    expected = 400 - len(effects(counting_url))
    with connected(amqp_uri) as connection:
        channel = connection.channel()
        channel.basic_qos(0, 400, False)
        channel.basic_consume("counting.in", callback=left.append)
        wait_until(lambda: len(left) >= expected or (connection.drain_events(timeout=5), False)[1])
    assert len(left) == expected
    assert not any(message.delivery_info["redelivered"] for message in left)


def test_one_poisoned_event_waits_with_its_subject_and_the_rest_goes_on(
    sorting: RunningService, counting: RunningService, counting_url: str
) -> None:
    wait_until(counting.ready)
    sorter = sorting.client("sorter")
    for number in range(5):
        sort(sorter, number)
    weigh(sorter, 3, weight=666, revision=1)
    weigh(sorter, 3, weight=5, revision=2)
    for number in (0, 1, 2, 4):
        weigh(sorter, number, weight=5, revision=1)
    wait_until(lambda: len(effects(counting_url)) == 9, deadline=20)
    wait_until(lambda: sorted(row.state for row in kept(counting_url)) == ["held", "waiting"])
    (waiting,) = (row for row in kept(counting_url) if row.state == "waiting")
    assert waiting.first_error == "RuntimeError: poison"
    assert in_order(effects(counting_url))


def test_a_message_that_is_no_event_is_parked_with_its_bytes_and_the_service_goes_on(
    sorting: RunningService, counting: RunningService, counting_url: str, amqp_uri: str
) -> None:
    import amqp

    wait_until(counting.ready)
    with connected(amqp_uri) as connection:
        channel = connection.channel()
        headers = {"nameko.call_id_stack": 7}
        for body in (b"\xff\xfe not JSON", b'{"specversion": "1.0"}'):
            channel.basic_publish(amqp.Message(body, application_headers=headers), "", "counting.in")
    rows = wait_until(lambda: found if len(found := kept(counting_url)) == 2 else None)
    assert {bytes(row.body) for row in rows} == {b"\xff\xfe not JSON", b'{"specversion": "1.0"}'}
    assert {row.state for row in rows} == {"parked"}
    sort(sorting.client("sorter"), 1)
    wait_until(lambda: len(effects(counting_url)) == 1)
    assert counting.metric('hub_inbox_deliveries{state="parked"}') == 2


def test_a_type_that_nobody_asked_for_is_passed_over(
    counting: RunningService, amqp_uri: str, sorting: RunningService
) -> None:
    import amqp

    wait_until(counting.ready)
    body = (
        b'{"specversion":"1.0","id":"0192f3c4-0000-7000-8000-000000000001","source":"/hubs/test/x","type":"Other",'
        b'"subject":"x/1","time":"2026-11-23T10:04:00Z","dataschema":"/schemas/Other/1","revision":1,"data":{}}'
    )
    with connected(amqp_uri) as connection:
        connection.channel().basic_publish(amqp.Message(body), "", "counting.in")
    wait_until(lambda: "unknown_type" in counting.log)
    assert counting.metric('hub_inbox_deliveries{state="parked"}') == 0


def test_every_event_is_in_the_log_stream(sorting: RunningService, amqp_uri: str) -> None:
    wait_until(sorting.ready)
    sorter = sorting.client("sorter")
    for number in range(10):
        sort(sorter, number)
    wait_until(lambda: sorting.metric("hub_outbox_pending") == 0)
    with connected(amqp_uri) as connection:
        channel = connection.channel()
        read: list[Any] = []
        channel.basic_qos(0, 100, False)
        channel.basic_consume(LOG_QUEUE, callback=read.append, arguments={"x-stream-offset": "first"})
        wait_until(lambda: (connection.drain_events(timeout=5), len(read) == 10)[1])
    assert [message.properties["type"] for message in read] == ["ParcelSorted"] * 10


def test_a_service_leaves_within_ten_seconds_when_asked(
    sorting: RunningService, counting: RunningService
) -> None:
    wait_until(counting.ready)
    for service in (sorting, counting):
        assert service.child is not None
        service.child.process.send_signal(signal.SIGTERM)
        assert service.child.process.wait(10) == 0
