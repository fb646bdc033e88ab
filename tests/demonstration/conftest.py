"""The year, made once for all tests."""

import pytest
from tests.demonstration.counting import Counted, count

from local.demonstration.year import Year, plan_year


@pytest.fixture(name="year", scope="session")
def _year() -> Year:
    """Make the plan."""
    return plan_year()


@pytest.fixture(name="counted", scope="session")
def _counted(year: Year) -> Counted:
    """Count its requests."""
    return count(year.commands)
