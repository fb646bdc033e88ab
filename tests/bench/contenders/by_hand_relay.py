"""The limit of publishing from an outbox: one loop over psycopg2 and py-amqp with the same guarantees.

It takes what is unpublished, at most 500 events, in order, publishes all of it, waits until the broker has
confirmed every one, and marks them. It wakes by LISTEN, and nothing else is done.
"""

import json
import select
from datetime import UTC
from typing import Any, Final

import amqp
import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from tests.bench.contenders import work
from tests.bench.contenders.by_hand_reader import connected

BATCH: Final = 500
WAITING: Final = """
SELECT position, id, type, version, subject, revision, occurred_at, data FROM outbox
WHERE published_at IS NULL ORDER BY position LIMIT %s
"""
MARK: Final = "UPDATE outbox SET published_at = clock_timestamp() WHERE position = ANY(%s)"


class Relay:
    """The relay's connection and channel at the broker."""

    def __init__(self) -> None:
        self.connection = connected(work.amqp_uri())
        self.channel = self.connection.channel()
        self.channel.confirm_select()
        self.channel.events["basic_ack"].add(self.confirmed)
        self.sent = 0
        self.open: set[int] = set()

    def confirmed(self, tag: int, multiple: bool) -> None:
        """Note what the broker has taken."""
        if multiple:
            self.open = {other for other in self.open if other > tag}
        else:
            self.open.discard(tag)

    def send(self, rows: list[Any]) -> None:
        """Publish all and wait for every confirm."""
        for row in rows:
            message = amqp.Message(
                body(row),
                content_type="application/cloudevents+json",
                delivery_mode=2,
                message_id=row[1],
                type=row[2],
                app_id=work.SOURCE,
            )
            self.sent += 1
            self.open.add(self.sent)
            self.channel.basic_publish(message, exchange=work.EXCHANGE, routing_key=row[2], mandatory=True)
        while self.open:
            self.connection.drain_events(timeout=30)


def body(row: Any) -> str:
    """The event as it travels."""
    _, id_, type_, version, subject, revision, occurred_at, data = row
    event = {
        "specversion": "1.0",
        "id": id_,
        "source": work.SOURCE,
        "type": type_,
        "subject": subject,
        "time": occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "dataschema": f"/schemas/{type_}/{version}",
        "revision": revision,
        "data": data,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Publish for ever."""
    database, waker = (psycopg2.connect(work.database_url()) for _ in range(2))
    waker.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    waker.cursor().execute("LISTEN hub_outbox")
    relay = Relay()
    while True:
        with database, database.cursor() as cursor:
            cursor.execute(WAITING, (BATCH,))
            rows = cursor.fetchall()
        if rows:
            relay.send(rows)
            with database, database.cursor() as cursor:
                cursor.execute(MARK, ([row[0] for row in rows],))
        if len(rows) < BATCH:
            select.select([waker], [], [], 1.0)
            waker.poll()
            waker.notifies.clear()


if __name__ == "__main__":
    main()
