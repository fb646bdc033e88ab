"""Capacity of the broker for subscribers' queues at their limits.

A broker that is short of memory or disk blocks all publishers. So the queues of inactive subscribers, each at
its limit, must fit into a share of both.
"""

from collections.abc import Iterable
from typing import Final

from hub_messaging.json_text import JsonObject
from hub_messaging.subscribers.limits import DEAD_BYTES, DEAD_MESSAGES, MEBIBYTE, Limits

BYTES_EACH: Final = 80  # of memory for a message that waits in a quorum queue (RabbitMQ 3.10: 72 measured)
MEMORY_SHARE: Final = 0.25  # of the memory at which the broker stops publishers
DISK_SHARE: Final = 0.5  # of the disk that is free above the limit at which it does


def too_little(nodes: Iterable[JsonObject], wanted: Iterable[Limits], held: int) -> str | None:
    """Return a sentence on the memory or disk that is insufficient for these limits; None when all fit.

    Args:
        nodes: from the management API.
        wanted: the limits of every subscriber, the new one included.
        held: bytes already in subscribers' queues, which count as used disk.
    """
    limits = list(wanted)
    memory = BYTES_EACH * sum(one.messages + DEAD_MESSAGES for one in limits)
    disk = sum(one.size + DEAD_BYTES for one in limits)
    for node in nodes:
        if _is_short(node.get("mem_limit"), 0, MEMORY_SHARE, memory):
            return _sentence("memory", len(limits), memory, int(node["mem_limit"] * MEMORY_SHARE))
        spare = held - _number(node.get("disk_free_limit"))
        if _is_short(node.get("disk_free"), spare, DISK_SHARE, disk):
            return _sentence("disk", len(limits), disk, int((node["disk_free"] + spare) * DISK_SHARE))
    return None


def _is_short(there: object, more: int, share: float, needed: int) -> bool:
    # RabbitMQ returns another type where it cannot measure.
    return isinstance(there, int) and (there + more) * share < needed


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _sentence(what: str, subscribers: int, needed: int, there: int) -> str:
    return (
        f"The broker has too little {what}: {subscribers} subscribers at their limits would need "
        f"{needed // MEBIBYTE:,} MiB, and {max(0, there) // MEBIBYTE:,} MiB may be used for them, so that "
        "publishers are never stopped. Lower the limits (--max-messages, --max-mib), remove a subscriber, "
        f"or give the broker more {what}."
    )
