"""The hub's clock, for demonstrations and tests that set it."""

from hub_platform import clocks

revision = "0004_hub_clock"
down_revision = "0003_mergers"


def upgrade() -> None:
    clocks.create_v1()


def downgrade() -> None:
    clocks.drop_v1()
