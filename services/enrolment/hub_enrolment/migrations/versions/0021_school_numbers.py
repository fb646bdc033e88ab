"""How schools take part in Work Groups is published as it is now.

SchoolEnrolled was published with the first place of a school only. Each school that has or had a place gets
an event where its numbers differ from what was published. `downgrade` leaves the events: they have been
published.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from hub_contracts import Event
from hub_contracts.enrolment import SchoolEnrolled
from hub_messaging.backfill import record_missing

revision = "0021_school_numbers"
down_revision = "0020_allowed_teachers"

# The numbers came about with the last place of a lead participant that was given, given up or given back.
SCHOOLS = """
SELECT e.work_group_id, e.urn, p.ncp_code, p.academic_year, count(*) FILTER (
         WHERE e.role = 'lead_participant' AND e.status IN ('active', 'completed', 'not_completed')
       ) AS leads_n,
       coalesce(
         max(greatest(e.enrolled_at, e.withdrawn_at, undone.at)) FILTER (WHERE e.role = 'lead_participant'),
         min(e.enrolled_at)
       ) AS since, agreed.agreement_version, agreed.decided_at
FROM enrolments e
JOIN work_groups g ON g.id = e.work_group_id
JOIN programmes p ON p.id = g.programme_id
LEFT JOIN (SELECT enrolment_id, max(undone_at) AS at FROM undone_withdrawals GROUP BY enrolment_id) AS undone
  ON undone.enrolment_id = e.id
LEFT JOIN (
  SELECT DISTINCT ON (work_group_id, urn) work_group_id, urn, agreement_version, decided_at
  FROM applications WHERE status = 'accepted' ORDER BY work_group_id, urn, decided_at DESC, id DESC
) AS agreed ON agreed.work_group_id = e.work_group_id AND agreed.urn = e.urn
GROUP BY e.work_group_id, e.urn, p.ncp_code, p.academic_year, agreed.agreement_version, agreed.decided_at
ORDER BY since, e.work_group_id, e.urn
"""


def upgrade() -> None:
    record_missing(op.get_bind(), _facts(op.get_bind()))


def downgrade() -> None:
    pass


def _facts(connection: sa.Connection) -> Iterator[tuple[Event, datetime]]:
    for row in connection.execute(sa.text(SCHOOLS)).all():
        event = SchoolEnrolled(
            work_group_id=row.work_group_id,
            ncp_code=row.ncp_code,
            urn=row.urn,
            academic_year=row.academic_year,
            lead_participants_n=row.leads_n,
            agreement_version=row.agreement_version,
        )
        yield event, max(row.since, row.decided_at or row.since)
