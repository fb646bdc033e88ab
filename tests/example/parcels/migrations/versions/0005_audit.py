"""The audit: who did what, when and from where."""

from hub_platform import audit

revision = "0005_audit"
down_revision = "0004_guard"


def upgrade() -> None:
    audit.create_v1()


def downgrade() -> None:
    audit.drop_v1()
