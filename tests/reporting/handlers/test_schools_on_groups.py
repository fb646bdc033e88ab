"""Schools on Work Groups: one row with the latest numbers, in any order of events."""

from itertools import permutations

import pytest
from sqlalchemy import select
from tests.reporting.conftest import NOW, Receive
from tests.reporting.factories import an_id, delivered

from hub_contracts.enrolment import SchoolEnrolled
from hub_platform.database import Sessions
from hub_reporting.models import SchoolOnGroup


def school_enrolled(urn: str, leads_n: int) -> SchoolEnrolled:
    return SchoolEnrolled(
        work_group_id=an_id("Ratio"), urn=urn, academic_year="2025/26", lead_participants_n=leads_n
    )


@pytest.mark.parametrize("order", list(permutations((1, 2, 4))))
def test_latest_school_enrolled_event_replaces_earlier_numbers(
    sessions: Sessions, receive: Receive, order: tuple[int, ...]
) -> None:
    """Project three revisions, the last of another school, in any order."""
    leads = {1: 1, 2: 2, 4: 1}
    for revision in (*order, order[0]):
        receive([delivered(school_enrolled("110001", leads[revision]), revision, at=NOW)])
    receive([delivered(school_enrolled("110002", 5), 3, at=NOW)])
    with sessions() as session:
        rows = session.execute(
            select(SchoolOnGroup.urn, SchoolOnGroup.lead_participants_n).order_by(SchoolOnGroup.urn)
        ).all()
    assert [tuple(row) for row in rows] == [("110001", 1), ("110002", 5)]
