"""Third version of the messaging tables: counts, exchanges and retention marks."""

from hub_messaging import migrations_v3 as messaging

revision = "0009_guard"
down_revision = "0008_hand_overs"


def upgrade() -> None:
    messaging.v2_to_v3()


def downgrade() -> None:
    messaging.v3_to_v2()
