"""The part of a broker's exported definitions that can be imported again."""

from hub_contracts.json_text import JsonMapping, JsonObject


def lasting(definitions: JsonMapping) -> JsonObject:
    """Return the definitions without bindings to queues that they do not contain.

    RabbitMQ exports bindings of queues that belong to one connection, but not those queues, and refuses to
    import such bindings (rabbitmq-server 4.0, seen 2026-11-25).
    """
    queues = {(queue["vhost"], queue["name"]) for queue in definitions.get("queues", ())}
    bindings = [
        one
        for one in definitions.get("bindings", ())
        if one["destination_type"] != "queue" or (one["vhost"], one["destination"]) in queues
    ]
    return {**definitions, "bindings": bindings}
