"""Timers of each service: their period and their clock."""

from collections.abc import Iterator
from typing import Any

import pytest

from hub_local.declared import service_class
from hub_local.services import SERVICES
from hub_platform.periodic import Every

EVERY_SERVICE: dict[str, tuple[float, bool]] = {"apply_retention": (3600, False)}
TIMERS: dict[str, dict[str, tuple[float, bool]]] = {  # method → seconds, and whether it goes by hub time
    "enrolment": EVERY_SERVICE | {"expire_offers": (5, True)},
    "visits": EVERY_SERVICE,
    "notifications": EVERY_SERVICE | {"send_due": (1, True), "write_reminders": (30, True)},
    "reporting": EVERY_SERVICE,
}


def timers(cls: Any) -> Iterator[tuple[str, tuple[float, bool]]]:
    for name in dir(cls):
        for entrypoint in getattr(getattr(cls, name), "nameko_entrypoints", ()):
            if isinstance(entrypoint, Every):
                yield name, (entrypoint.seconds, entrypoint.by_hub_time)


@pytest.mark.parametrize("name", [service.name for service in SERVICES])
def test_a_service_does_by_itself_what_is_stated_here_and_that_often(name: str) -> None:
    assert dict(timers(service_class(name))) == TIMERS[name]
