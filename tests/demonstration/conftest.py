"""Plans, made once for all tests, and a stand-in for the services."""

from collections.abc import Iterator
from datetime import date

import pytest
from tests.demonstration.counting import Counted, count
from tests.demonstration.stub import Stub, running_stub
from tests.demonstration.years import Year

from hub_demo.plan import Plan, plan_for

TODAY = date(2026, 11, 29)


@pytest.fixture(name="plan", scope="session")
def _plan() -> Plan:
    """Make the plan of a day."""
    return plan_for(TODAY)


@pytest.fixture(name="year", scope="session")
def _year(plan: Plan) -> Year:
    """Last year alone."""
    return Year.of(plan)


@pytest.fixture(name="counted", scope="session")
def _counted(year: Year) -> Counted:
    """Count its requests."""
    return count(year.commands)


@pytest.fixture(name="stub")
def _stub() -> Iterator[Stub]:
    """Serve one stand-in for all services."""
    with running_stub() as stub:
        yield stub
