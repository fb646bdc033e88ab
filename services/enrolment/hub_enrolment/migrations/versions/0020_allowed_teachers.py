"""Maximums that a hub lead has allowed beyond the programme's; a Work Group that has met runs.

A Work Group that was confirmed with a reason and holds or offers more places than its programme has at most
keeps them as allowed, by that reason. One that has a register and was never confirmed recruited until now and
could be cancelled: it runs, as every Work Group that has met.
"""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0020_allowed_teachers"
down_revision = "0019_successions_followed"

ALLOW = """
UPDATE work_groups SET allowed_teachers = promised, allowed_at = confirmed_at, allowed_by = confirmed_by,
       allowed_reason = override_reason
FROM (
  SELECT g.id, p.max_teachers,
         (SELECT count(*) FROM enrolments e WHERE e.work_group_id = g.id AND e.status = 'active')
         + (SELECT count(*) FROM waiting_list w WHERE w.work_group_id = g.id AND w.status = 'offered')
         AS promised
  FROM work_groups g JOIN programmes p ON p.id = g.programme_id
) AS counted
WHERE counted.id = work_groups.id AND override_reason IS NOT NULL AND promised > counted.max_teachers
"""
RUN = """
UPDATE work_groups SET status = 'running'
WHERE status = 'recruiting'
  AND EXISTS (SELECT FROM sessions s WHERE s.work_group_id = work_groups.id AND s.status = 'completed')
"""


def upgrade() -> None:
    for column in (
        sa.Column("allowed_teachers", sa.Integer),
        sa.Column("allowed_at", UtcDateTime()),
        sa.Column("allowed_by", sa.Text),
        sa.Column("allowed_reason", sa.Text),
    ):
        op.add_column("work_groups", column)
    op.create_check_constraint(
        "allowed",
        "work_groups",
        "num_nulls(allowed_teachers, allowed_at, allowed_by, allowed_reason) IN (0, 4)",
    )
    op.execute(ALLOW)
    op.execute(RUN)


def downgrade() -> None:
    # A Work Group that runs stays so: it has met.
    for column in ("allowed_reason", "allowed_by", "allowed_at", "allowed_teachers"):
        op.drop_column("work_groups", column)
