"""The hub's clock, for demonstrations and tests that set it."""

from hub_platform import clocks

revision = "0009_hub_clock"
down_revision = "0008_classroom_tasks"


def upgrade() -> None:
    clocks.create_v1()


def downgrade() -> None:
    clocks.drop_v1()
