"""When a visit was planned or cancelled and a school excused, for figures as at an earlier day."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0013_days_of_visits"
down_revision = "0012_days_of_announcements"

COLUMNS = (
    ("planned_visits", "announced_at"),
    ("cancelled_visits", "cancelled_at"),
    ("exemptions", "excused_at"),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, UtcDateTime()))


def downgrade() -> None:
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
