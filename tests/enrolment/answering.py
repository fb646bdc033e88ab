"""Visits as enrolment's questions find it: answering, erring or silent; played by hand on a broker."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import amqp
from tests.support.amqp import connected

EXCHANGE: Final = "nameko-rpc"
ADA_LEADS: Final[dict[str, Any]] = {
    "assignment_id": "019ac592-2766-7581-9e27-a1c08a6a63ec",
    "urn": "110623",
    "programme": "intensive",
    "ends_on": "2026-08-31",
    "planned_visits_n": 2,
}


@contextmanager
def visits(amqp_uri: str, said: dict[str, Any] | None) -> Iterator[list[Any]]:
    """Answer what is asked of visits with this, or stay silent; gives what was asked."""
    asked: list[Any] = []
    stop = threading.Event()
    with connected(amqp_uri) as connection:
        channel = connection.channel()
        channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        queue = channel.queue_declare("", exclusive=True).queue
        channel.queue_bind(queue, EXCHANGE, "visits.*")

        def take(message: Any) -> None:
            asked.append((message.delivery_info["routing_key"], json.loads(message.body)["args"]))
            if said is not None:
                reply = amqp.Message(
                    json.dumps(said),
                    content_type="application/json",
                    content_encoding="utf-8",
                    correlation_id=message.properties["correlation_id"],
                )
                channel.basic_publish(reply, EXCHANGE, message.properties["reply_to"])

        def listen() -> None:
            while not stop.is_set():
                try:
                    connection.drain_events(timeout=0.1)
                except TimeoutError:
                    continue

        channel.basic_consume(queue, no_ack=True, callback=take)
        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield asked
        finally:
            stop.set()
            thread.join()
