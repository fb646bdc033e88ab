"""The tables of the messaging library, and those of the commands and effects."""

from alembic import op
from tests.faults.systems.tables import metadata

from hub_messaging.tables import metadata as messaging
from hub_platform import audit, idempotency

revision = "0001_first_tables"
down_revision = None


def upgrade() -> None:
    messaging.create_all(op.get_bind())
    idempotency.create_v1()
    audit.create_v1()
    metadata.create_all(op.get_bind())
