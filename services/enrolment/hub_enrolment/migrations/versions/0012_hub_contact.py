"""The hub's office and privacy notice; a hub that was described before is published as it is."""

import sqlalchemy as sa
from alembic import op

from hub_contracts.enrolment import HubDescribed
from hub_messaging.backfill import record_missing

revision = "0012_hub_contact"
down_revision = "0011_unconfirmed_addresses"

COLUMNS = ("contact_name", "contact_email", "contact_telephone", "privacy_notice")
DESCRIBED = """
SELECT name, lead_school_urn, trust_uid, area_la_codes, area_district_codes, extra_urns, excluded_urns,
       changed_at
FROM hub
"""


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("hub", sa.Column(column, sa.Text))
    connection = op.get_bind()
    for row in connection.execute(sa.text(DESCRIBED)).mappings().all():
        facts = {name: value for name, value in row.items() if name != "changed_at"}
        record_missing(connection, [(HubDescribed(**facts), row["changed_at"])])


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_column("hub", column)
