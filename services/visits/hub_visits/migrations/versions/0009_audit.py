"""The audit: who did what, when and from where."""

from hub_platform import audit

revision = "0009_audit"
down_revision = "0008_guard"


def upgrade() -> None:
    audit.create_v1()


def downgrade() -> None:
    audit.drop_v1()
