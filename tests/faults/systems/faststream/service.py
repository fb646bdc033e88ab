"""The two services."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from pydantic import BaseModel
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import create_async_engine
from tests.faults.systems.setting import Killer, Throttle, read_setting, subject_of
from tests.faults.systems.tables import ACCEPT, IS_REFUSED, LAST_OF_SHARE, NOTE_EFFECT, READ_WANTED

from faststream import FastStream
from faststream.rabbit import Channel, ExchangeType, QueueType, RabbitBroker, RabbitExchange, RabbitQueue

TRY_AGAIN = 0.5  # seconds
LOOK_AGAIN = 0.05
COMMANDS_AT_ONCE = 20  # before what is wanted is looked up again

setting = read_setting()
killer = Killer(setting)
throttle = Throttle()
url = sa.make_url(setting.database_url).set(drivername="postgresql+asyncpg")
engine = create_async_engine(url, pool_pre_ping=True, connect_args={"timeout": 5})

broker = RabbitBroker(
    f"{setting.amqp_uri}?heartbeat={setting.heartbeat}",
    default_channel=Channel(prefetch_count=setting.prefetch, on_return_raises=True),
    fail_fast=False,  # start without the broker, too
    reconnect_interval=1.0,
    log_level=logging.WARNING,
)
events = RabbitExchange("publisher.events", type=ExchangeType.TOPIC, durable=True)
queue = RabbitQueue(
    "consumer.in",
    queue_type=QueueType.QUORUM,
    durable=True,
    routing_key="thing_changed",
    arguments={"x-single-active-consumer": True},
)
AWAY = (DBAPIError, OSError, TimeoutError)  # raised by SQLAlchemy over asyncpg while the database is away


class ThingChanged(BaseModel):
    """The body of the published event."""

    n: int
    event_id: str
    subject: str
    revision: int


async def carry_out() -> None:
    """Carry out the commands that are wanted, for as long as the process lives."""
    while True:
        try:
            await carry_out_some()
        except AWAY:
            await asyncio.sleep(TRY_AGAIN)
        await asyncio.sleep(LOOK_AGAIN)


async def carry_out_some() -> None:
    """Carry out commands until there are as many as are wanted, or for a while."""
    async with engine.connect() as connection:
        commands, per_second = (await connection.execute(READ_WANTED)).one()
        share = {"replicas": setting.replicas, "replica": setting.replica}
        last = await connection.scalar(LAST_OF_SHARE, share)
    n = setting.replica if last is None else last + setting.replicas
    for _ in range(COMMANDS_AT_ONCE):
        if n >= commands:
            return
        await asyncio.sleep(throttle.wait_of(per_second))
        event = {"n": n, "event_id": str(uuid4()), "subject": subject_of(setting.seed, n)}
        async with engine.begin() as connection:
            revision = await connection.scalar(ACCEPT, event)
        await publish(event | {"revision": revision})
        n += setting.replicas


async def publish(event: Mapping[str, Any]) -> None:
    """Publish, and again until it has succeeded."""
    killer.reached("before_publish")
    while True:
        try:
            await broker.publish(event, exchange=events, routing_key="thing_changed", persist=True)
            break
        except Exception:  # noqa: BLE001 - whatever it was, the change has been committed
            await asyncio.sleep(TRY_AGAIN)
    killer.reached("after_publish")


async def on_thing_changed(event: ThingChanged) -> None:
    """Take effect, in a transaction; the message is acknowledged when this returns."""
    await asyncio.sleep(setting.sleep_before(event.n))
    setting.burn(event.n)
    while True:
        try:
            await take_effect(event)
            break
        except (DataError, IntegrityError, ProgrammingError):
            raise  # the event's fault, not the database's
        except AWAY:
            await asyncio.sleep(TRY_AGAIN)
    killer.reached("after_commit")


async def take_effect(event: ThingChanged) -> None:
    """Record the effect of an event, unless its subject is refused."""
    async with engine.begin() as connection:
        if setting.may_refuse and await connection.scalar(IS_REFUSED, {"subject": event.subject}) is not None:
            raise RuntimeError("refused")
        await connection.execute(NOTE_EFFECT, event.model_dump(exclude={"n"}))
        killer.reached("before_commit")


def publisher() -> FastStream:
    """The one that carries out commands."""
    running: set[asyncio.Task[None]] = set()

    async def begin() -> None:
        await broker.declare_exchange(events)
        running.add(asyncio.create_task(carry_out()))

    async def end() -> None:
        for task in running:
            task.cancel()

    return FastStream(broker, after_startup=[begin], on_shutdown=[end])


def consumer() -> FastStream:
    """The one that takes events."""
    broker.subscriber(queue, events)(on_thing_changed)
    return FastStream(broker)


APPLICATIONS = {"publisher": publisher, "consumer": consumer}
