"""The messaging library's second form: order by predecessor, catching up from the log, operators' actions."""

from hub_messaging import migrations as messaging

revision = "0002_post_office"
down_revision = "0001_first_tables"


def upgrade() -> None:
    messaging.v1_to_v2()


def downgrade() -> None:
    messaging.v2_to_v1()
