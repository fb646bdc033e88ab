"""Files generated from the declarations of the four services: `python -m hub_local.declared`.

A deployment loads `deploy/rabbitmq/definitions.json` into its broker, so that exchanges, queues and bindings
exist before the first event. The catalogue of events lists the readers of each from `readers.json` of
hub_contracts. OpenAPI documents of the services are written to `docs/api`.
"""

import importlib
import json
from pathlib import Path

from hub_contracts.json_text import JsonObject
from hub_local.definitions import VIRTUAL_HOST, Definitions
from hub_local.places import ROOT
from hub_local.services import SERVICES

FILE = ROOT / "deploy" / "rabbitmq" / "definitions.json"
READERS = ROOT / "shared" / "hub_contracts" / "documents" / "readers.json"
API = ROOT / "docs" / "api"


def declared() -> Definitions:
    """Return exchanges, queues and bindings, collected from the service classes."""
    from hub_messaging.subscribe import subscriber_of
    from hub_messaging.topology import definitions

    classes = [service_class(service.name) for service in SERVICES]
    return definitions([subscriber_of(one) for one in classes], VIRTUAL_HOST)


def readers() -> dict[str, list[str]]:
    """Return the services that subscribe to each event: routing key → names."""
    from hub_messaging.subscribe import subscriber_of

    found: dict[str, list[str]] = {}
    for service in sorted(service.name for service in SERVICES):
        for keys in subscriber_of(service_class(service)).listens_to.values():
            for key in keys:
                found.setdefault(key, []).append(service)
    return dict(sorted(found.items()))


def descriptions() -> dict[str, JsonObject]:
    """Return the OpenAPI document of each service: name → document."""
    from hub_platform.openapi import describe

    return {service.name: describe(service_class(service.name)) for service in SERVICES}


def files() -> dict[Path, str]:
    """Return every generated file with its text."""
    texts = {FILE: _text(declared(), sort_keys=True), READERS: _text(readers())}
    return texts | {API / f"{name}.json": _text(told) for name, told in descriptions().items()}


def _text(value: object, *, sort_keys: bool = False) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=sort_keys) + "\n"


def service_class(name: str) -> type:
    """Return the nameko class of a service, by the service's name."""
    module = importlib.import_module(f"hub_{name}.service")
    found: type = getattr(module, f"{name.capitalize()}Service")
    return found


def main() -> None:
    """Write all generated files."""
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
