"""The edge that calls other services by RPC: `RpcClient`, with a time limit and an error for each failure.

It connects in the background, so a service starts while the broker is unavailable. Answers arrive in an
exclusive queue of that connection: RabbitMQ's amq.rabbitmq.reply-to would be simpler, but nameko's services
answer through the exchange `nameko-rpc`, which does not reach it.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import uuid4

import eventlet
from eventlet.event import Event as Signal
from eventlet.greenthread import GreenThread
from nameko.containers import WorkerContext
from nameko.exceptions import MalformedRequest
from nameko.extensions import DependencyProvider

from hub_messaging.amqp_types import Channel
from hub_messaging.amqp_types import Message as AmqpMessage
from hub_messaging.broker_connection import BrokerConnection
from hub_messaging.rpc_format import (
    CODE,
    EXCHANGE,
    decode,
    encode,
    message_of,
    reply_queue_of,
)
from hub_messaging.stopping import has_ended
from hub_messaging.wire import require_exchange, user_of

STOP_SECONDS: Final = 1.0  # to disconnect; no request is in progress by then
LEAVING_SECONDS: Final = 3.0  # for open requests once the service is stopping


# Any: arguments and results are JSON; the caller knows the types of a method's result.
Ask = Callable[..., Any]


class RpcUnanswered(Exception):
    """A request got no result; a retry later may succeed."""


class NoSuchService(RpcUnanswered):
    """No queue exists for requests to that service."""


class RpcTimeout(RpcUnanswered):
    """The answer did not arrive in time."""


class BrokerUnavailable(RpcUnanswered):
    """The broker is unavailable, or became so before the answer arrived."""


class RpcError(RpcUnanswered):
    """The service answered with an error.

    `error` is the class of its exception, `code` its stable code if it has one.
    """

    def __init__(self, error: str, code: str | None) -> None:
        super().__init__(error)
        self.error = error
        self.code = code


class RpcClient(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Declared on a service class that calls another: `sorting = RpcClient("sorting", seconds=5)`.

    Methods then call `self.sorting.ask("weight_of", 7)`.
    """

    def __init__(self, service: str, seconds: float = 10.0) -> None:
        """`seconds`: the time limit of a request."""
        self.service = service
        self.seconds = seconds
        self._thread: GreenThread = None
        self._leaving = False
        self._open: dict[str, Signal] = {}
        self._address = ""
        self._ready: list[Signal] = []

    def setup(self) -> None:
        """Prepare the connection, and register for the service's stop."""
        config = self.container.config
        self._own_name = str(self.container.service_name)
        self._line = BrokerConnection(config["AMQP_URI"], self, f"rpc to {self.service}")
        config.setdefault("on_stop", []).append(self._leave)

    def start(self) -> None:
        """Start the connection's thread."""
        self._thread = self.container.spawn_managed_thread(self._line.run, identifier="asking")

    def stop(self) -> None:
        """Disconnect; all workers have ended."""
        self._line.end()
        if self._line.channel is None or not has_ended(self._thread, STOP_SECONDS):
            self._thread.kill()

    def kill(self) -> None:
        """Kill the thread."""
        if self._thread is not None:
            self._thread.kill()

    def get_dependency(self, worker_ctx: WorkerContext) -> object:  # noqa: ARG002 - nameko's signature
        """Return the client itself."""
        return self

    def ask(self, method: str, *args: object, **kwargs: object) -> Any:  # Any: the caller checks it
        """Call a method of the other service and return its result.

        Raises:
            RpcUnanswered: a subclass of it, within `seconds`.
        """
        until = time.monotonic() + (min(self.seconds, LEAVING_SECONDS) if self._leaving else self.seconds)
        body = encode({"args": args, "kwargs": kwargs})
        channel = self._channel(until)
        question_id = str(uuid4())
        done = self._open[question_id] = Signal()
        self._line.do(channel, partial(self._send, channel, question_id, method, body, until))
        try:
            with eventlet.Timeout(max(until - time.monotonic(), 0), RpcTimeout):
                return _result_of(done.wait())
        finally:
            self._open.pop(question_id, None)

    def opened(self, channel: Channel) -> None:
        """Declare the exclusive queue of this connection's answers, and consume from it."""
        self._address = str(uuid4())
        queue = reply_queue_of(self._own_name, self._address)
        require_exchange(channel.connection, EXCHANGE)
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, EXCHANGE, routing_key=self._address)
        channel.basic_consume(queue, no_ack=True, callback=self._on_answer)
        channel.events["basic_return"].add(self._on_return)
        self._tell_waiting()

    def closing(self, channel: Channel) -> None:
        """Do nothing: the queue ends with the connection."""

    def finished(self) -> bool:
        """Whether no request is open."""
        return not self._open

    def lost(self) -> None:
        """Fail all open requests."""
        self._fail_open(BrokerUnavailable)
        self._tell_waiting()

    def _channel(self, until: float) -> Channel:
        """Return the channel; wait for it at the start, raise at once when it is lost later."""
        if self._line.channel is None and not self._line.has_failed:
            arrived = Signal()
            self._ready.append(arrived)
            with eventlet.Timeout(max(until - time.monotonic(), 0), False):  # noqa: FBT003 - eventlet's signature
                arrived.wait()
        if self._line.channel is None:
            raise BrokerUnavailable
        return self._line.channel

    def _send(self, channel: Channel, question_id: str, method: str, body: str, until: float) -> None:
        milliseconds = int((until - time.monotonic()) * 1000)
        if milliseconds <= 0 or question_id not in self._open:
            return
        message = message_of(
            channel,
            body,
            correlation_id=question_id,
            user_id=user_of(channel.connection),  # RabbitMQ refuses another than the connection's own
            reply_to=self._address,
            expiration=str(milliseconds),  # the request expires with its time limit
        )
        channel.basic_publish(
            message, exchange=EXCHANGE, routing_key=f"{self.service}.{method}", mandatory=True
        )

    def _on_answer(self, message: AmqpMessage) -> None:
        done = self._open.pop(message.properties.get("correlation_id"), None)
        if done is not None:
            done.send(message)

    def _on_return(self, _exc: object, _exchange: str, _routing_key: str, message: AmqpMessage) -> None:
        done = self._open.pop(message.properties.get("correlation_id"), None)
        if done is not None:
            done.send_exception(NoSuchService)

    def _leave(self) -> None:
        self._leaving = True
        eventlet.spawn_after(LEAVING_SECONDS, self._fail_open, RpcTimeout)

    def _fail_open(self, reason: type[RpcUnanswered]) -> None:
        waiting, self._open = list(self._open.values()), {}
        for done in waiting:
            done.send_exception(reason)

    def _tell_waiting(self) -> None:
        waiting, self._ready = self._ready, []
        for arrived in waiting:
            arrived.send()


def _result_of(message: AmqpMessage) -> object:
    try:
        answer: Any = decode(message)  # Any: the errors of another form are caught
        error = answer["error"]
        if not error:
            return answer["result"]
        code = error.get("value")
        told = code if isinstance(code, str) and CODE.fullmatch(code) else None
    except (MalformedRequest, KeyError, TypeError, AttributeError) as exc:
        raise RpcError("UndecodableAnswer", None) from exc
    kind = str(error.get("exc_type"))
    raise RpcError(kind if kind.isidentifier() else "Exception", told)
