"""Fixtures for the tests of subscribers; pytest loads them by itself where mathshub-contracts is installed.

`hub_bus` is an empty bus. A test that asks for `hub_sample` runs once for each checked sample of each event.
"""

import json
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:  # imported when a test asks for it: pytest loads this file for every project
    from hub_contracts.testing.bus import Bus

SAMPLE: Final = "hub_sample"


@pytest.fixture(name="hub_bus")
def _hub_bus() -> "Bus":
    """An empty in-memory bus."""
    from hub_contracts.testing.bus import Bus

    return Bus()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give `hub_sample` the body of each sample, as bytes."""
    if SAMPLE not in metafunc.fixturenames:
        return
    from hub_contracts import EVENTS
    from hub_contracts.samples import samples

    bodies = {f"{key}.{case}": body for key in EVENTS for case, body in samples(key).items()}
    metafunc.parametrize(SAMPLE, [json.dumps(body).encode() for body in bodies.values()], ids=list(bodies))
