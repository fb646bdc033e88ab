"""FastStream publishing: 200 at a time, each confirmed by the broker, persistent; no outbox.

Confirms are on by default (`Channel.publisher_confirms`), persistence is asked for ("Publishing", FastStream
documentation, RabbitMQ section). Many are awaited together, which is asyncio's way to have many under way.
"""

import asyncio
import time
from uuid import uuid4

from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange
from tests.bench.contenders import work


async def main() -> None:
    """Publish, and say how long it took."""
    exchange = RabbitExchange(work.EXCHANGE, type=ExchangeType.TOPIC, durable=True, declare=False)
    events = work.how_many()
    async with RabbitBroker(work.amqp_uri(), logger=None) as broker:
        begun, used = time.perf_counter(), time.process_time()
        for first in range(0, events, work.IN_HAND):
            numbers = range(first, min(first + work.IN_HAND, events))
            await asyncio.gather(
                *(
                    broker.publish(
                        work.cloud_event(number, 1, uuid4()),
                        exchange=exchange,
                        routing_key=work.EVENT_TYPE,
                        persist=True,
                    )
                    for number in numbers
                )
            )
        took, used = time.perf_counter() - begun, time.process_time() - used
    work.say(events=events, seconds=took, cpu=used)


if __name__ == "__main__":
    asyncio.run(main())
