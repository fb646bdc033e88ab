"""Every announcement about a group, and when a session was cancelled, for figures as at an earlier day.

Of announcements before this migration only the last one of each group is stored. `hubctl replay reporting`
counts in the earlier ones.
"""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0012_days_of_announcements"
down_revision = "0011_recalculated_visits"


def upgrade() -> None:
    op.drop_constraint("pk_group_states", "group_states", type_="primary")
    op.create_primary_key("pk_group_states", "group_states", ["hub", "work_group_id", "said_at"])
    op.add_column("sessions", sa.Column("cancelled_at", UtcDateTime()))


def downgrade() -> None:
    op.drop_column("sessions", "cancelled_at")
    op.execute(
        """
        DELETE FROM group_states earlier USING group_states later
        WHERE later.hub = earlier.hub AND later.work_group_id = earlier.work_group_id
          AND later.revision > earlier.revision
        """
    )
    op.drop_constraint("pk_group_states", "group_states", type_="primary")
    op.create_primary_key("pk_group_states", "group_states", ["hub", "work_group_id"])
