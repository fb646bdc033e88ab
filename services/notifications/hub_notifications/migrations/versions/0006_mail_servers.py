"""Uncertain and handed-over messages, and the trouble of this hub as a sender."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0006_mail_servers"
down_revision = "0005_two_clocks"


def upgrade() -> None:
    op.add_column("messages", sa.Column("uncertain", sa.Integer, nullable=False, server_default="0"))
    op.add_column("messages", sa.Column("handed_over", sa.Boolean, nullable=False, server_default=sa.false()))
    # The release before did not record whether a message had been handed over.
    op.execute("UPDATE messages SET handed_over = true WHERE status = 'sending'")
    for column in ("uncertain", "handed_over"):
        op.alter_column("messages", column, server_default=None)
    op.create_check_constraint(
        "handed_over_while_sending", "messages", "NOT handed_over OR status = 'sending'"
    )
    op.create_table(
        "sender_trouble",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("retry_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
    )


def downgrade() -> None:
    op.drop_table("sender_trouble")
    op.drop_column("messages", "handed_over")  # its constraint goes with it
    op.drop_column("messages", "uncertain")
