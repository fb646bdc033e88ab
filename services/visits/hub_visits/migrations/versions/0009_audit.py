"""The audit of changes and of reads of personal data."""

from hub_platform import audit

revision = "0009_audit"
down_revision = "0008_guard"


def upgrade() -> None:
    audit.create_v1()


def downgrade() -> None:
    audit.drop_v1()
