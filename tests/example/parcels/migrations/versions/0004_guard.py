"""The messaging library's third form: counts, exchanges, and how far has been forgotten."""

from hub_messaging import migrations_v3 as messaging

revision = "0004_guard"
down_revision = "0003_hub_clock"


def upgrade() -> None:
    messaging.v2_to_v3()


def downgrade() -> None:
    messaging.v3_to_v2()
