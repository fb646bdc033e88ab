"""The third form of the messaging tables: counts, exchanges, the end of deletion."""

from hub_messaging import migrations_v3 as messaging

revision = "0026_guard"
down_revision = "0025_corrections_followed"


def upgrade() -> None:
    messaging.v2_to_v3()


def downgrade() -> None:
    messaging.v3_to_v2()
