"""The edge that answers other services' questions: `answer` on methods of a service class.

Whatever a question looks like and whatever the method does, it is answered, acknowledged, and the process
lives. What travels is in `rpc_format.py`; asking is in `asking.py`.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Any, Final, TypeVar, overload

import structlog
from eventlet.event import Event as Signal
from nameko.exceptions import ContainerBeingKilled, IncorrectSignature, MethodNotFound
from nameko.extensions import Entrypoint, ProviderCollector, SharedExtension

from hub_messaging.broker_connection import BrokerConnection
from hub_messaging.database_errors import again
from hub_messaging.declaring import declare_queue
from hub_messaging.rpc_format import (
    BAD_QUESTIONS,
    EXCHANGE,
    encode,
    error_of,
    is_address,
    message_of,
    read_question,
)
from hub_messaging.stopping import has_ended, where
from hub_messaging.topology import RPC_ARGUMENTS, rpc_queue_of
from hub_messaging.wire import require_exchange

STOP_SECONDS: Final = 6.0  # for the questions in hand; what is not answered by then is asked again
KEPT: Final = 100  # answers that could not be sent; see RpcListener._respond
IN_HAND: Final = 10  # questions at once; the others wait in the queue, where another replica may take them

Address = tuple[str | None, str | None]  # where an answer goes, and which question it is to

F = TypeVar("F", bound=Callable[..., Any])

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Later:
    """An answer that is made when the method has returned and its worker is free: for slow work."""

    make: Callable[[], Any]


class RpcListener(ProviderCollector, SharedExtension):  # type: ignore[misc]  # nameko ships no types
    """Takes the questions put to this service; one for each service."""

    def __init__(self) -> None:
        super().__init__()
        self._thread: Any = None
        self._in_hand = 0
        self._unsent: OrderedDict[Address, str] = OrderedDict()

    def setup(self) -> None:
        """Tell the readiness probe how listening goes."""
        self._service = str(self.container.service_name)
        self._line = BrokerConnection(self.container.config["AMQP_URI"], self, "rpc")
        self.container.config["checks"]["broker (rpc)"] = lambda: self._line.away

    def start(self) -> None:
        """Begin to answer."""
        self._thread = self.container.spawn_managed_thread(self._line.run, identifier="rpc")

    def stop_answering(self) -> None:
        """Take no more questions; answer those in hand, and return when that is done."""
        self._line.end()
        if self._line.channel is None:
            self._thread.kill()  # not connected: nothing can be in hand
        elif not has_ended(self._thread, STOP_SECONDS):
            log.warning("rpc_stop_timeout", in_hand=self._in_hand)

    def kill(self) -> None:
        """End at once."""
        if self._thread is not None:
            self._thread.kill()

    def opened(self, channel: Any) -> None:
        """Make sure of our queue, and listen."""
        queue = rpc_queue_of(self._service)
        require_exchange(channel.connection, EXCHANGE)
        declare_queue(channel, queue, RPC_ARGUMENTS)
        channel.queue_bind(queue, EXCHANGE, routing_key=f"{self._service}.*")
        channel.basic_qos(0, IN_HAND, False)  # noqa: FBT003 - amqp's signature
        self._consumer = channel.basic_consume(queue, callback=self._take)

    def closing(self, channel: Any) -> None:
        """Be sent no more."""
        channel.basic_cancel(self._consumer)

    def finished(self) -> bool:
        """Whether every question in hand is answered."""
        return self._in_hand == 0

    def lost(self) -> None:
        """Forget nothing: the broker delivers again what was not acknowledged."""

    def _take(self, message: Any) -> None:
        self._in_hand += 1
        self.container.spawn_managed_thread(lambda: self._respond(message), identifier="rpc question")

    def _respond(self, message: Any) -> None:
        """Answer one question.

        A method that is too busy to keep the heartbeat loses the connection, and its question comes again:
        then the answer is there already. Otherwise it would be busy, lose the connection, … for ever.
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
            log.info("rpc_request_abandoned", service=self._service)  # not acknowledged: asked again elsewhere
        finally:
            self._in_hand -= 1

    def _send(self, message: Any, asked: Address, said: str) -> None:
        reply = message_of(message.channel, said, correlation_id=asked[1])
        message.channel.basic_publish(reply, exchange=EXCHANGE, routing_key=asked[0])
        message.channel.basic_ack(message.delivery_tag)  # on one channel the answer goes before it
        self._unsent.pop(asked, None)

    def _keep(self, asked: Address, said: str) -> None:
        self._unsent[asked] = said
        if len(self._unsent) > KEPT:
            self._unsent.popitem(last=False)

    def _answer(self, message: Any) -> str:
        """The answer's body. Whatever goes wrong is an answer too."""
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
                self._record(entrypoint, entrypoint.named(args, kwargs), message.properties)
            return encode({"result": result, "error": None})
        except ContainerBeingKilled:
            raise
        except Exception as exc:  # noqa: BLE001 - whatever it is, the asker must not wait for ever
            at = None if isinstance(exc, BAD_QUESTIONS) else where(exc)
            log.warning("rpc_request_failed", method=method, error=type(exc).__name__, at=at)
            return encode({"result": None, "error": error_of(exc)})

    def _record(self, entrypoint: Any, arguments: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
        """Tell the hook of an answer before it leaves; what the hook raises is answered instead."""
        self.container.config["on_recorded_answer"](
            f"{self._service}.{entrypoint.method_name}",
            arguments,
            asked_by=properties.get("user_id"),
            correlation_id=properties.get("correlation_id"),
        )

    def _entrypoint(self, routing_key: str) -> Any:
        for provider in self._providers:
            if routing_key == f"{self._service}.{provider.method_name}":
                return provider
        raise MethodNotFound("unknown_method")

    def _call(self, entrypoint: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Run the method in a nameko worker and wait for what it gives."""
        done = Signal()

        def handle_result(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send(result, exc_info)
            return result, exc_info

        self.container.spawn_worker(entrypoint, args, kwargs, handle_result=handle_result)
        return done.wait()


class RpcAnswer(Entrypoint):  # type: ignore[misc]  # nameko ships no types
    """A method that answers `<service>.<method>`."""

    listener = RpcListener()

    def __init__(self, *, recorded: bool = False, **kwargs: Any) -> None:
        """`recorded`: each answer is told to the container's hook `on_recorded_answer` before it leaves."""
        super().__init__(**kwargs)
        self.recorded = recorded

    def setup(self) -> None:
        """Ask the service's listener for these questions."""
        self.listener.register_provider(self)

    def stop(self) -> None:
        """Stop with the listener."""
        self.listener.stop_answering()
        self.listener.unregister_provider(self)

    def named(self, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Give the arguments of a question by the names of the method's parameters."""
        method = getattr(self.container.service_cls, self.method_name)
        bound = signature(method).bind(None, *args, **kwargs)  # None stands for the service
        return dict(list(bound.arguments.items())[1:])

    def check_signature(self, args: list[Any], kwargs: dict[str, Any]) -> None:
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


def answer(method: Any = None, *, recorded: bool = False) -> Any:
    """Let other services ask this method by nameko RPC; what it gives must be JSON values.

    What it raises reaches the asker as the exception's class, and its `code` if it has one. `recorded`: who
    asked for what is written down before the answer leaves.
    """
    return RpcAnswer.decorator(recorded=recorded) if method is None else RpcAnswer.decorator(method)
