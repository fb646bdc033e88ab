"""Messaging tables, third version: counts, exchanges and retention marks."""

from hub_messaging import migrations_v3 as messaging

revision = "0008_guard"
down_revision = "0007_hand_overs"


def upgrade() -> None:
    messaging.v2_to_v3()


def downgrade() -> None:
    messaging.v3_to_v2()
