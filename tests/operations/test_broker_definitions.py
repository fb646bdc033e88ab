"""The exported definitions of a broker can be imported again."""

from hub_operations.broker_definitions import lasting

QUEUE = {"name": "visits.in", "vhost": "hub"}


def binding(destination: str, vhost: str = "hub", kind: str = "queue") -> dict[str, str]:
    return {"vhost": vhost, "source": "x", "destination": destination, "destination_type": kind}


def test_bindings_of_queues_that_end_with_their_connection_are_left_out() -> None:
    kept = [binding("visits.in"), binding("anything", kind="exchange")]
    gone = [binding("rpc.reply-notifications-1"), binding("visits.in", vhost="other")]
    exported = {"users": [{"name": "visits"}], "queues": [QUEUE], "bindings": [*kept, *gone]}
    assert lasting(exported) == {**exported, "bindings": kept}


def test_a_broker_with_nothing_in_it() -> None:
    assert lasting({}) == {"bindings": []}
