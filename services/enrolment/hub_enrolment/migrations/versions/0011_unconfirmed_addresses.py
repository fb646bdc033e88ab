"""Unconfirmed e-mail addresses after a move; existing addresses count as confirmed."""

import sqlalchemy as sa
from alembic import op

from hub_platform.database import UtcDateTime

revision = "0011_unconfirmed_addresses"
down_revision = "0010_pd_day_events"


def upgrade() -> None:
    op.add_column("teachers", sa.Column("email_unconfirmed_since", UtcDateTime()))
    op.create_check_constraint(
        "email_unconfirmed_since", "teachers", "anonymised_on IS NULL OR email_unconfirmed_since IS NULL"
    )


def downgrade() -> None:
    op.drop_column("teachers", "email_unconfirmed_since")
