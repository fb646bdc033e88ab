"""FastStream reading: one event a call, one commit each, as its documentation shows.

The settings are those that its documentation gives for throughput: a prefetch window, within which this
release runs its handlers at the same time ("Concurrency and Prefetch", FastStream documentation, RabbitMQ
section), a durable quorum queue ("Queue Arguments", there), asyncpg with a pool, and no log line for each
message. `--inbox` records each event as seen in the same transaction, without which a repeated delivery takes
effect again.
"""

import asyncio
import sys
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg
from faststream import FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue
from pydantic import BaseModel
from tests.bench.contenders import work

from hub_messaging.topology import INBOX_ARGUMENTS

# Tried on two cores: 1, 10, 50 and 200 with pools of 10 and 20; more is slower.
PREFETCH: Final = 50
POOL: Final = 20
WRITE: Final = work.write_one("${n}")
ARGUMENTS: Any = {k: v for k, v in INBOX_ARGUMENTS.items() if k != "x-queue-type"}

broker = RabbitBroker(work.amqp_uri(), default_channel=Channel(prefetch_count=PREFETCH), logger=None)
app = FastStream(broker, logger=None)
pool: Any = None


class Facts(BaseModel):
    """The data of the event."""

    work_group_id: UUID
    teacher_id: UUID
    urn: str
    role: str
    enrolled_on: date


class CloudEvent(BaseModel):
    """The attributes of the envelope that are read."""

    id: str
    source: str
    subject: str
    revision: int
    data: Facts


async def open_pool() -> None:
    """Connect to the database before the first event."""
    global pool  # noqa: PLW0603 - FastStream's own example of a life cycle does so too
    pool = await asyncpg.create_pool(work.database_url(), min_size=POOL, max_size=POOL)


async def write(connection: Any, event: CloudEvent) -> None:
    """Keep the newest of each subject."""
    values = event.data
    await connection.execute(
        WRITE,
        event.subject,
        event.revision,
        values.work_group_id,
        values.teacher_id,
        values.urn,
        values.role,
        values.enrolled_on,
    )


async def at_least_once(event: CloudEvent) -> None:
    """Let the event take effect."""
    await write(pool, event)


async def effectively_once(event: CloudEvent) -> None:
    """Let the event take effect, unless it is known."""
    async with pool.acquire() as connection, connection.transaction():
        if await connection.execute(work.SEE_NUMBERED, event.source, event.id) == "INSERT 0 1":
            await write(connection, event)


queue = RabbitQueue(work.own_queue(), queue_type=QueueType.QUORUM, durable=True, arguments=ARGUMENTS)
app.on_startup(open_pool)
broker.subscriber(queue)(effectively_once if "--inbox" in sys.argv else at_least_once)

if __name__ == "__main__":
    asyncio.run(app.run())
