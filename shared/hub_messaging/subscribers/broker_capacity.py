"""Whether the broker has room for all that its subscribers' queues may hold.

A broker that is short of memory or disk takes nothing from any publisher. So what dead subscribers may leave
behind, each queue at its limit, must fit into a part of both.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from hub_messaging.subscribers.limits import DEAD_BYTES, DEAD_MESSAGES, MEBIBYTE, Limits

BYTES_EACH: Final = 80  # of memory for a message that waits in a quorum queue (RabbitMQ 3.10: 72 measured)
MEMORY_SHARE: Final = 0.25  # of the memory at which the broker stops publishers
DISK_SHARE: Final = 0.5  # of the disk that is free above the limit at which it does


def too_little(nodes: Iterable[Mapping[str, Any]], wanted: Iterable[Limits], held: int) -> str | None:
    """Say what the broker has too little of for subscribers with these limits; None when all fits.

    Args:
        nodes: as the management API tells of them.
        wanted: the limits of every subscriber, the new one included.
        held: bytes that subscribers' queues hold already, on a disk that counts as used.
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


def _is_short(there: Any, more: int, share: float, needed: int) -> bool:
    # RabbitMQ says something else than a number where it cannot measure.
    return isinstance(there, int) and (there + more) * share < needed


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _sentence(what: str, subscribers: int, needed: int, there: int) -> str:
    return (
        f"The broker has too little {what}: {subscribers} subscribers at their limits would need "
        f"{needed // MEBIBYTE:,} MiB, and {max(0, there) // MEBIBYTE:,} MiB may be used for them, so that "
        "publishers are never stopped. Lower the limits (--max-messages, --max-mib), remove a subscriber, "
        f"or give the broker more {what}."
    )
