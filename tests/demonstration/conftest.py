"""The year, made once for all tests, and a stand-in for the services."""

from collections.abc import Iterator

import pytest
from tests.demonstration.counting import Counted, count
from tests.demonstration.stub import Stub, running_stub

from local.demonstration.year import Year, plan_year


@pytest.fixture(name="year", scope="session")
def _year() -> Year:
    """Make the plan."""
    return plan_year()


@pytest.fixture(name="counted", scope="session")
def _counted(year: Year) -> Counted:
    """Count its requests."""
    return count(year.commands)


@pytest.fixture(name="stub")
def _stub() -> Iterator[Stub]:
    """Serve one stand-in for all services."""
    with running_stub() as stub:
        yield stub
