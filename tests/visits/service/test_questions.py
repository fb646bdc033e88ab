"""The RPC methods of visits for other services."""

from datetime import UTC, date, datetime
from uuid import UUID

from tests.visits import factories
from tests.visits.factories import assigned, planned

from hub_platform.database import Sessions
from hub_visits.service import VisitsService

LAST = date(2024, 3, 29)
MIDNIGHT = datetime(2024, 3, 30, tzinfo=UTC)


def test_rpc_result_is_text_and_numbers_by_school(sessions: Sessions, pd_lead_id: UUID) -> None:
    rows = [assigned(sessions, pd_lead_id, programme=name) for name in ("tfm_support", "intensive")]
    planned(sessions, rows[0].id, at=MIDNIGHT)
    service = VisitsService()
    service.database = sessions
    found = service.assignments_after([str(pd_lead_id)], LAST.isoformat())
    assert sorted(found, key=lambda one: str(one["programme"])) == [
        {
            "assignment_id": str(row.id),
            "urn": factories.SCHOOL,
            "programme": row.programme,
            "ends_on": "2024-08-31",
            "planned_visits_n": visits_n,
        }
        for row, visits_n in ((rows[1], 0), (rows[0], 1))
    ]
