"""What of a broker's exported definitions can be brought back."""

from collections.abc import Mapping
from typing import Any


def lasting(definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions without bindings to queues that are not among them.

    RabbitMQ exports bindings of queues that belong to one connection, and not those queues; it refuses to
    import them (rabbitmq-server 4.0, seen 2026-11-25).
    """
    queues = {(queue["vhost"], queue["name"]) for queue in definitions.get("queues", ())}
    bindings = [
        one
        for one in definitions.get("bindings", ())
        if one["destination_type"] != "queue" or (one["vhost"], one["destination"]) in queues
    ]
    return {**definitions, "bindings": bindings}
