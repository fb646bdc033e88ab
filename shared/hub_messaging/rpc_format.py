"""The format of RPC requests and answers: that of nameko 2.14.1, unchanged.

So clients and services of plain nameko interoperate with ours. One thing differs: an answer never contains
the text of an exception, which could quote personal data of a request.
"""

import re
from typing import Final, TypeAlias

from kombu import serialization
from nameko.exceptions import IncorrectSignature, MalformedRequest, MethodNotFound, UnserializableValueError
from sqlalchemy.exc import SQLAlchemyError

from hub_messaging.amqp_types import Channel
from hub_messaging.amqp_types import Message as AmqpMessage
from hub_messaging.database_errors import gave_way, is_away
from hub_messaging.topology import RPC_ADDRESS, RPC_EXCHANGE

EXCHANGE: Final = RPC_EXCHANGE
JSON: Final = "application/json"
CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")  # the form of a refusal's `code`
BAD_QUESTIONS: Final = (MalformedRequest, MethodNotFound, IncorrectSignature)  # faults of the client

Arguments: TypeAlias = list[object]
NamedArguments: TypeAlias = dict[str, object]


def reply_queue_of(service: str, address: str) -> str:
    """Return the queue of the answers to one connection of a client."""
    return f"rpc.reply-{service}-{address}"


def is_address(reply_to: object) -> bool:
    """Return whether an answer can be sent there: it is not the routing key of a request."""
    return isinstance(reply_to, str) and re.fullmatch(RPC_ADDRESS, reply_to, re.DOTALL) is not None


def read_question(message: AmqpMessage) -> tuple[Arguments, NamedArguments]:
    """Return the positional and the named arguments of a request. Headers are ignored.

    Raises:
        MalformedRequest: `undecodable` or `malformed`.
    """
    body = decode(message)
    match body:
        case {"args": list(args), "kwargs": dict(kwargs)}:
            return args, kwargs
        case _:
            raise MalformedRequest("malformed")


def decode(message: AmqpMessage) -> object:
    """Return the value of a request or an answer.

    Raises:
        MalformedRequest: `undecodable`.
    """
    properties = message.properties
    try:
        value: object = serialization.loads(  # type: ignore[no-untyped-call]  # half annotated
            message.body, properties.get("content_type"), properties.get("content_encoding"), accept=[JSON]
        )
    except Exception as exc:
        raise MalformedRequest("undecodable") from exc
    return value


def encode(value: object) -> str:
    """Write a question or an answer as nameko's default serializer does.

    Raises:
        UnserializableValueError: it holds something that JSON cannot say.
    """
    try:
        _, _, body = serialization.dumps(value, "json")  # type: ignore[no-untyped-call]  # half annotated
    except Exception as exc:
        raise UnserializableValueError(None) from exc
    return str(body)


def message_of(
    channel: Channel, body: str, *, correlation_id: str | None, **properties: object
) -> AmqpMessage:
    """A question or an answer, ready to be published."""
    known = {"correlation_id": correlation_id, **properties}
    return channel.prepare_message(
        body,
        content_type=JSON,
        content_encoding="utf-8",
        properties={name: value for name, value in known.items() if value is not None},
    )


def error_of(exc: BaseException) -> dict[str, object]:
    """An exception in the shape that nameko's clients read, its text left out."""
    kind = type(exc)
    code = getattr(exc, "code", None)
    if isinstance(exc, BAD_QUESTIONS):
        code = exc.args[0]  # ours, see rpc.py
    if isinstance(exc, SQLAlchemyError):  # its own code is a page of SQLAlchemy's documentation
        code = "gave_way" if gave_way(exc) else "database_away" if is_away(exc) else None
    told = code if isinstance(code, str) and CODE.fullmatch(code) else None
    return {
        "exc_type": kind.__name__,
        "exc_path": f"{kind.__module__}.{kind.__name__}",
        "exc_args": [told] if told else [],
        "value": told or kind.__name__,
    }
