"""The official CloudEvents SDKs for Python and Node, to which every message of the hub is given, strictly."""

import json
import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from cloudevents.core.bindings import rabbitmq
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from tests.support import node

from hub_messaging.event_log import read_log
from hub_messaging.wire import connected

SOURCES: Final = "cloudevents_node"
# CloudEvents 1.0.2, "Attribute Naming Convention" and "Type System".
NAME: Final = re.compile(r"[a-z0-9]{1,20}")
INTEGERS: Final = range(-(2**31), 2**31)


def refused(bodies: Sequence[bytes]) -> dict[str, str]:
    """The messages that an SDK refuses, with its reason; shortened, each once."""
    found = {body.decode()[:300]: said for body in bodies if (said := _python_refuses(body)) is not None}
    return found | _node_refuses(bodies)


def messages_of_log(uri: str, service: str) -> list[bytes]:
    """Every message of a broker's event log; `service` has an exchange there."""
    with connected(uri) as connection:
        return [message.body for batch in read_log(connection, service, None) for message in batch]


def _python_refuses(body: bytes) -> str | None:
    try:
        _read_in_python(body)
    except Exception as exc:  # noqa: BLE001 - whatever it is, it is the answer
        return f"Python: {type(exc).__name__}: {exc}"
    return None


def _read_in_python(body: bytes) -> None:
    said = json.loads(body)
    form = JSONFormat()
    event = form.read(CloudEvent, body)
    assert json.loads(form.write(event)) == said
    received = rabbitmq.RabbitMQMessage({}, JSONFormat.CONTENT_TYPE, body)
    assert rabbitmq.from_structured(received, form, CloudEvent).get_attributes() == event.get_attributes()
    binary = rabbitmq.from_binary(rabbitmq.to_binary(event, form), form, CloudEvent)
    assert binary.get_data() == said["data"]
    # Checks that the SDK leaves to its caller.
    attributes = {name: value for name, value in said.items() if name != "data"}
    assert all(NAME.fullmatch(name) for name in attributes), "names"
    assert all(isinstance(value, str) or _is_integer(value) for value in attributes.values()), "types"
    schema = urlsplit(said["dataschema"])
    assert all((schema.scheme, schema.netloc)), "dataschema is no absolute URI"


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in INTEGERS


def _node_refuses(bodies: Sequence[bytes]) -> dict[str, str]:
    lines = b"".join(body.replace(b"\n", b" ") + b"\n" for body in bodies)
    told = json.loads(node.run(SOURCES, "check.mjs", lines))
    assert told["count"] == len(bodies)
    return {bodies[one["event"]].decode()[:300]: f"Node: {one['error']}" for one in told["refused"]}
