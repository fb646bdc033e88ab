"""Tables of the messaging library, version 3: counts, exchanges, and progress of retention."""

from hub_messaging import migrations_v3 as messaging

revision = "0016_guard"
down_revision = "0015_facts_in_time"


def upgrade() -> None:
    messaging.v2_to_v3()


def downgrade() -> None:
    messaging.v3_to_v2()
