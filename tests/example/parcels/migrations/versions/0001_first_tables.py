"""The tables of the example and of the messaging library."""

from alembic import op
from parcels.tables import Base

from hub_messaging import migrations as messaging
from hub_platform import idempotency

revision = "0001_first_tables"
down_revision = None


def upgrade() -> None:
    messaging.create_v1()
    idempotency.create_v1()
    Base.metadata.create_all(op.get_bind())
