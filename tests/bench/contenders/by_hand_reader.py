"""The limit of reading: one loop over py-amqp and psycopg2 with the same guarantees and nothing else.

It takes whatever has arrived, at most 200 events, records them as seen, writes what is new, commits, and
acknowledges all of them with one frame. It reads JSON and looks at what it needs; it checks no schema,
retries nothing, holds nothing back, measures nothing and stops only when it is killed.
"""

import json
from typing import Any, Final
from urllib.parse import urlsplit

import amqp
import psycopg2
from tests.bench.contenders import work

BATCH: Final = 200
SEE: Final = """
INSERT INTO seen (source, event_id)
SELECT source, event_id FROM unnest(%s::text[], %s::text[]) AS delivery (source, event_id)
ON CONFLICT DO NOTHING RETURNING source, event_id
"""
WRITE: Final = work.write_many("%s")


def connected(uri: str) -> Any:
    """An open connection to the broker."""
    parts = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port}",
        userid=parts.username,
        password=parts.password,
        virtual_host=parts.path[1:],
    )
    connection.connect()
    return connection


def take(cursor: Any, messages: list[Any]) -> None:
    """Let each event take effect once."""
    events = [json.loads(message.body) for message in messages]
    cursor.execute(SEE, ([e["source"] for e in events], [e["id"] for e in events]))
    fresh = set(cursor.fetchall())
    new = []
    for event in events:
        key = (event["source"], event["id"])
        if key in fresh:
            fresh.remove(key)
            row = {"subject": event["subject"], "revision": event["revision"]}
            data = event["data"]
            new.append(row | {name: data[name] for name in work.FACTS})
    if new:
        cursor.execute(WRITE, (work.newest(new),))


def main() -> None:
    """Read for ever."""
    database = psycopg2.connect(work.database_url())
    connection = connected(work.amqp_uri())
    channel = connection.channel()
    channel.basic_qos(0, 2 * BATCH, a_global=False)
    arrived: list[Any] = []
    channel.basic_consume(work.own_queue(), callback=arrived.append)
    while True:
        wait: float | None = None
        while len(arrived) < BATCH:
            try:
                connection.drain_events(timeout=wait)
            except TimeoutError:
                break
            wait = 0.001
        batch, arrived[:BATCH] = arrived[:BATCH], []
        with database, database.cursor() as cursor:
            take(cursor, batch)
        channel.basic_ack(batch[-1].delivery_tag, multiple=True)


if __name__ == "__main__":
    main()
