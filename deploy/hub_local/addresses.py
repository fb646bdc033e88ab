"""What a hub on this machine is called from outside, as its services work it out for themselves."""

import os
from collections.abc import Mapping

from hub_local import ports


def hub_id() -> str:
    """Which hub this is."""
    return os.environ.get("HUB_ID", "cambridge")


def public_url(chosen: Mapping[str, int]) -> str:
    """Where browsers find the hub; `chosen` holds each service's port, the pages' first."""
    first = next(iter(chosen.values()), 0)
    return os.environ.get("HUB_PUBLIC_URL", f"http://{ports.LOOPBACK}:{first}")


def schemas_url(chosen: Mapping[str, int]) -> str:
    """Where the schemas of events are found."""
    return os.environ.get("HUB_SCHEMAS_URL", "") or f"{public_url(chosen).rstrip('/')}/schemas"
