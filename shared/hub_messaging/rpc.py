"""The edge that answers RPC requests of other services: `answer` on methods of a service class.

Any request is answered and acknowledged, whatever its form and whatever the method raises; the process stays
alive. The format is in `rpc_format.py`, the client in `rpc_client.py`.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Final, TypeVar, overload

import structlog
from eventlet.event import Event as Signal
from eventlet.greenthread import GreenThread
from nameko.exceptions import ContainerBeingKilled, IncorrectSignature, MethodNotFound
from nameko.extensions import Entrypoint, ProviderCollector, SharedExtension

from hub_messaging.amqp_types import Channel
from hub_messaging.amqp_types import Message as AmqpMessage
from hub_messaging.broker_connection import BrokerConnection
from hub_messaging.database_errors import again
from hub_messaging.declaring import declare_queue
from hub_messaging.rpc_format import (
    BAD_QUESTIONS,
    EXCHANGE,
    Arguments,
    NamedArguments,
    encode,
    error_of,
    is_address,
    message_of,
    read_question,
)
from hub_messaging.stopping import has_ended, where
from hub_messaging.topology import RPC_ARGUMENTS, rpc_queue_of
from hub_messaging.wire import require_exchange

STOP_SECONDS: Final = 6.0  # for requests in progress; unanswered ones are redelivered
KEPT: Final = 100  # unsent answers; see RpcListener._respond
IN_HAND: Final = 10  # requests at once; the others wait in the queue, where another replica may receive them

Address = tuple[str | None, str | None]  # reply_to and correlation_id of a request

F = TypeVar("F", bound=Callable[..., object])

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Later:
    """An answer that is computed after the method has returned and its worker is free: for slow work."""

    make: Callable[[], object]


class RpcListener(ProviderCollector, SharedExtension):  # type: ignore[misc]  # nameko ships no types
    """Receives RPC requests; one for each service."""

    def __init__(self) -> None:
        super().__init__()
        self._thread: GreenThread = None
        self._in_hand = 0
        self._unsent: OrderedDict[Address, str] = OrderedDict()

    def setup(self) -> None:
        """Prepare the connection, and register its readiness check."""
        self._service = str(self.container.service_name)
        self._line = BrokerConnection(self.container.config["AMQP_URI"], self, "rpc")
        self.container.config["checks"]["broker (rpc)"] = lambda: self._line.away

    def start(self) -> None:
        """Start the connection's thread."""
        self._thread = self.container.spawn_managed_thread(self._line.run, identifier="rpc")

    def stop_answering(self) -> None:
        """Stop receiving requests, and return when those in progress are answered."""
        self._line.end()
        if self._line.channel is None:
            self._thread.kill()  # not connected: no request can be in progress
        elif not has_ended(self._thread, STOP_SECONDS):
            log.warning("rpc_stop_timeout", in_hand=self._in_hand)

    def kill(self) -> None:
        """Kill the thread."""
        if self._thread is not None:
            self._thread.kill()

    def opened(self, channel: Channel) -> None:
        """Declare the queue and consume from it."""
        queue = rpc_queue_of(self._service)
        require_exchange(channel.connection, EXCHANGE)
        declare_queue(channel, queue, RPC_ARGUMENTS)
        channel.queue_bind(queue, EXCHANGE, routing_key=f"{self._service}.*")
        channel.basic_qos(0, IN_HAND, False)  # noqa: FBT003 - amqp's signature
        self._consumer = channel.basic_consume(queue, callback=self._take)

    def closing(self, channel: Channel) -> None:
        """Cancel the consumer."""
        channel.basic_cancel(self._consumer)

    def finished(self) -> bool:
        """Whether every request in progress is answered."""
        return self._in_hand == 0

    def lost(self) -> None:
        """Do nothing: the broker redelivers unacknowledged requests."""

    def _take(self, message: AmqpMessage) -> None:
        self._in_hand += 1
        self.container.spawn_managed_thread(lambda: self._respond(message), identifier="rpc request")

    def _respond(self, message: AmqpMessage) -> None:
        """Answer one request.

        A method that blocks heartbeats loses the connection, and its request is redelivered. Then the stored
        answer is sent; otherwise the method would block and lose the connection for ever.
        """
        channel = message.channel
        asked = (message.properties.get("reply_to"), message.properties.get("correlation_id"))
        try:
            if not is_address(asked[0]):
                log.warning("rpc_request_without_reply_to", service=self._service)
                self._line.do(channel, lambda: channel.basic_ack(message.delivery_tag))
                return
            again = message.delivery_info["redelivered"]
            said = (self._unsent.get(asked) if again else None) or self._answer(message)
            self._keep(asked, said)
            self._line.do(channel, partial(self._send, message, asked, said))
        except ContainerBeingKilled:
            log.info("rpc_request_abandoned", service=self._service)  # requeued for another replica
        finally:
            self._in_hand -= 1

    def _send(self, message: AmqpMessage, asked: Address, said: str) -> None:
        reply = message_of(message.channel, said, correlation_id=asked[1])
        message.channel.basic_publish(reply, exchange=EXCHANGE, routing_key=asked[0])
        message.channel.basic_ack(message.delivery_tag)  # on one channel the answer is sent first
        self._unsent.pop(asked, None)

    def _keep(self, asked: Address, said: str) -> None:
        self._unsent[asked] = said
        if len(self._unsent) > KEPT:
            self._unsent.popitem(last=False)

    def _answer(self, message: AmqpMessage) -> str:
        """Return the answer's body; an exception becomes an error answer."""
        method = "unknown"
        try:
            entrypoint = self._entrypoint(message.delivery_info["routing_key"])
            method = entrypoint.method_name
            args, kwargs = read_question(message)
            entrypoint.check_signature(args, kwargs)
            result = again(lambda: self._call(entrypoint, args, kwargs))
            if isinstance(result, Later):
                result = result.make()
            if entrypoint.recorded:
                self._record(entrypoint, entrypoint.named(args, kwargs), message)
            return encode({"result": result, "error": None})
        except ContainerBeingKilled:
            raise
        except Exception as exc:  # noqa: BLE001 - the client must get an answer
            at = None if isinstance(exc, BAD_QUESTIONS) else where(exc)
            log.warning("rpc_request_failed", method=method, error=type(exc).__name__, at=at)
            return encode({"result": None, "error": error_of(exc)})

    def _record(self, entrypoint: "RpcAnswer", arguments: NamedArguments, message: AmqpMessage) -> None:
        """Call the hook before an answer is sent; an exception of the hook is answered instead."""
        self.container.config["on_recorded_answer"](
            f"{self._service}.{entrypoint.method_name}",
            arguments,
            asked_by=message.properties.get("user_id"),
            correlation_id=message.properties.get("correlation_id"),
        )

    def _entrypoint(self, routing_key: str) -> "RpcAnswer":
        providers: Iterable[RpcAnswer] = self._providers
        for provider in providers:
            if routing_key == f"{self._service}.{provider.method_name}":
                return provider
        raise MethodNotFound("unknown_method")

    def _call(self, entrypoint: "RpcAnswer", args: Arguments, kwargs: NamedArguments) -> object:
        """Run the method in a nameko worker and return its result."""
        done = Signal()

        def handle_result(_worker: object, result: object, exc_info: object) -> tuple[object, object]:
            done.send(result, exc_info)
            return result, exc_info

        self.container.spawn_worker(entrypoint, args, kwargs, handle_result=handle_result)
        return done.wait()


class RpcAnswer(Entrypoint):  # type: ignore[misc]  # nameko ships no types
    """Entry point of a method that other services call as `<service>.<method>`."""

    listener = RpcListener()

    def __init__(self, *, recorded: bool = False, **kwargs: object) -> None:
        """`recorded`: the container's hook `on_recorded_answer` is called before each answer is sent."""
        super().__init__(**kwargs)
        self.recorded = recorded

    def setup(self) -> None:
        """Register with the service's listener."""
        self.listener.register_provider(self)

    def stop(self) -> None:
        """Stop with the listener."""
        self.listener.stop_answering()
        self.listener.unregister_provider(self)

    def named(self, args: Arguments, kwargs: NamedArguments) -> NamedArguments:
        """Return the arguments of a request by the names of the method's parameters."""
        method = getattr(self.container.service_cls, self.method_name)
        bound = signature(method).bind(None, *args, **kwargs)  # None stands for the service
        return dict(list(bound.arguments.items())[1:])

    def check_signature(self, args: Arguments, kwargs: NamedArguments) -> None:
        """Refuse arguments that the method does not take, without naming them.

        Raises:
            IncorrectSignature: they do not fit.
        """
        try:
            super().check_signature(args, kwargs)
        except IncorrectSignature as exc:
            raise IncorrectSignature("wrong_arguments") from exc


@overload
def answer(method: F) -> F: ...


@overload
def answer(*, recorded: bool) -> Callable[[F], F]: ...


def answer(method: F | None = None, *, recorded: bool = False) -> F | Callable[[F], F]:
    """Make a method callable by nameko RPC; its result must be JSON values.

    An exception reaches the client as its class, with its `code` if it has one. `recorded`: the client and
    the arguments are recorded before the answer is sent.
    """
    decorator: Callable[[F], F] = RpcAnswer.decorator(recorded=recorded)
    return decorator if method is None else decorator(method)
