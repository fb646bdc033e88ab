"""Makes the work: events into a queue, events into an outbox."""

import json
import random
from typing import Final
from uuid import uuid4

import amqp
import sqlalchemy as sa
from tests.bench.contenders import work

IN_FLIGHT: Final = 500  # published before their confirms are waited for
FILL_OUTBOX: Final = sa.text(
    """
    INSERT INTO outbox (id, type, version, subject, revision, occurred_at, data)
    SELECT gen_random_uuid(), :type, 1,
           'enrolments/' || lpad(to_hex((:first + n - 1) / :revisions), 32, '0')::uuid,
           (n - 1) % :revisions + 1, clock_timestamp(), CAST(:data AS jsonb)
    FROM generate_series(1, :events) AS n
    """
)


def in_some_order(events: int) -> list[tuple[int, int]]:
    """Subject and revision of each event: subjects mixed, the revisions of each in order; always the same."""
    numbers = [number for number in range(events // work.REVISIONS) for _ in range(work.REVISIONS)]
    random.Random(events).shuffle(numbers)
    reached: dict[int, int] = {}
    ordered = []
    for number in numbers:
        reached[number] = reached.get(number, 0) + 1
        ordered.append((number, reached[number]))
    return ordered


def fill(connection: amqp.Connection, exchange: str, key: str, events: int, content_type: str) -> None:
    """Publish events, persistent and confirmed; the exchange "" is the queue that the key names."""
    channel = connection.channel()
    channel.confirm_select()
    open_: set[int] = set()

    def confirmed(tag: int, multiple: bool) -> None:
        open_.difference_update([t for t in open_ if t <= tag] if multiple else [tag])

    channel.events["basic_ack"].add(confirmed)
    for tag, (number, revision) in enumerate(in_some_order(events), 1):
        body = json.dumps(work.cloud_event(number, revision, uuid4()), separators=(",", ":"))
        message = amqp.Message(
            body,
            content_type=content_type,
            content_encoding="utf-8",
            delivery_mode=2,
            type=work.EVENT_TYPE,
        )
        open_.add(tag)
        # The channel's own confirm mode waits after each message; `_basic_publish` is the same without.
        channel._basic_publish(message, exchange=exchange, routing_key=key)
        while len(open_) >= IN_FLIGHT:
            connection.drain_events(timeout=30)
    while open_:
        connection.drain_events(timeout=30)
    channel.close()


def fill_outbox(connection: sa.Connection, events: int, *, first: int = 0) -> None:
    """Record events in one transaction and wake the relay, as `outbox.record` does; not committed here.

    `first`: how many were recorded before, in whole subjects.
    """
    values = {"type": work.EVENT_TYPE, "revisions": work.REVISIONS, "events": events, "first": first}
    connection.execute(FILL_OUTBOX, values | {"data": json.dumps(work.facts(1))})
    connection.exec_driver_sql("SELECT pg_notify('hub_outbox', '')")
