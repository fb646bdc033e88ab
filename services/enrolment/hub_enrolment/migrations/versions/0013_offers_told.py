"""When the teacher was told of an offer; WaitingListJoined for those who wait already."""

import sqlalchemy as sa
from alembic import op

from hub_contracts.enrolment import WaitingListJoined
from hub_messaging import backfill
from hub_platform.database import UtcDateTime

revision = "0013_offers_told"
down_revision = "0012_hub_contact"

OPEN = sa.text(
    "SELECT id, work_group_id, teacher_id, urn, created_at FROM waiting_list"
    " WHERE status IN ('waiting', 'offered') ORDER BY created_at, id"
).columns(
    sa.column("id", sa.Uuid),
    sa.column("work_group_id", sa.Uuid),
    sa.column("teacher_id", sa.Uuid),
    sa.column("urn", sa.Text),
    sa.column("created_at", UtcDateTime()),
)


def upgrade() -> None:
    op.add_column("waiting_list", sa.Column("told_at", UtcDateTime()))
    # Until now a deadline counted from the offer: it was as if the teacher had been told then.
    op.execute("UPDATE waiting_list SET told_at = offered_at")
    op.create_check_constraint(
        "told_at", "waiting_list", "told_at IS NULL OR coalesce(told_at >= offered_at, false)"
    )
    record_who_waits(op.get_bind())


def downgrade() -> None:
    op.drop_column("waiting_list", "told_at")


def record_who_waits(connection: sa.Connection) -> int:
    """Record WaitingListJoined for each entry that is open; the number recorded."""
    rows = connection.execute(OPEN).all()
    return backfill.record_missing(
        connection,
        (
            (
                WaitingListJoined(
                    waiting_id=row.id,
                    work_group_id=row.work_group_id,
                    teacher_id=row.teacher_id,
                    urn=row.urn,
                ),
                row.created_at,
            )
            for row in rows
        ),
    )
