"""The hub's clock, for tests that set it."""

from hub_platform import clocks

revision = "0003_hub_clock"
down_revision = "0002_post_office"


def upgrade() -> None:
    clocks.create_v1()


def downgrade() -> None:
    clocks.drop_v1()
