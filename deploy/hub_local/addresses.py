"""The hub's id and URLs on this machine, with the same defaults as in its services."""

import os
from collections.abc import Mapping

from hub_local import ports


def hub_id() -> str:
    """Return HUB_ID, or its default."""
    return os.environ.get("HUB_ID", "cambridge")


def public_url(chosen: Mapping[str, int]) -> str:
    """Return the base URL of the pages; `chosen` maps services to ports, with reporting first."""
    first = next(iter(chosen.values()), 0)
    return os.environ.get("HUB_PUBLIC_URL", f"http://{ports.LOOPBACK}:{first}")


def schemas_url(chosen: Mapping[str, int]) -> str:
    """Return the base URL of the schemas of events."""
    return os.environ.get("HUB_SCHEMAS_URL", "") or f"{public_url(chosen).rstrip('/')}/schemas"
