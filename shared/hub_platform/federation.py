"""The setting that names sources of other hubs whose events an administrator has federated to this broker."""

import re
from typing import Final

_ENTRY: Final = re.compile(r"(/hubs/[^/\s,=]+/[^/\s,=]+)=([^\s,=]+)")
# Exchanges of this hub's own services, and those that RabbitMQ declares by itself.
_TAKEN: Final = re.compile(r"[^.]*(\.(events|refill))?|amq\..*")


def foreign_sources(text: str, hub_id: str) -> dict[str, str]:
    """Read `/hubs/oxford/sorting=oxford.sorting.events`, several with commas: source → exchange.

    Each source has an exchange of its own, so that no publisher can speak for another.

    Raises:
        ValueError: the text is malformed, or would let one publisher speak for another; says how.
    """
    found: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        read = _ENTRY.fullmatch(entry)
        if read is None:
            raise ValueError(f"{entry!r} is not of the form /hubs/<hub>/<service>=<exchange>.")
        source, exchange = read.groups()
        if source.startswith(f"/hubs/{hub_id}/"):
            raise ValueError(f"{source} is a source of this hub.")
        if _TAKEN.fullmatch(exchange):
            raise ValueError(f"{exchange!r} cannot be the exchange of another hub's events.")
        if source in found or exchange in found.values():
            raise ValueError(f"{source} or its exchange is named twice.")
        found[source] = exchange
    return found
