"""What the four services declare to the broker, written down: `deploy/rabbitmq/definitions.json`.

A deployment loads the file into its broker, so that exchanges, queues and bindings exist before the first
event. It is made from the services' own declarations: `python -m local.declared`.
"""

import importlib
import json
from typing import Any

from local.definitions import VIRTUAL_HOST
from local.places import ROOT
from local.services import SERVICES

FILE = ROOT / "deploy" / "rabbitmq" / "definitions.json"


def declared() -> dict[str, Any]:
    """Exchanges, queues and bindings, read from the service classes."""
    from hub_messaging.subscribe import subscriber_of
    from hub_messaging.topology import definitions

    classes = [service_class(service.name) for service in SERVICES]
    return definitions([subscriber_of(one) for one in classes], VIRTUAL_HOST)


def service_class(name: str) -> type:
    """The class of one service."""
    module = importlib.import_module(f"hub_{name}.service")
    found: type = getattr(module, f"{name.capitalize()}Service")
    return found


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(declared(), indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
