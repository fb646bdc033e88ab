"""Facts of schools in time, the hub's description, and the days on which successions were announced.

What is stored of schools is taken over as what has always held. The events about schools and the hub are read
from the log once more when the service starts, which completes it; a rebuild gives the same.
"""

import sqlalchemy as sa
from alembic import op

from hub_messaging import migrations as messaging

revision = "0015_facts_in_time"
down_revision = "0014_ended_assignments"

READ_AGAIN = ("HubDescribed", "SchoolChanged", "SchoolClosed", "SchoolImported", "SchoolSucceeded")
FACTS = "name, la_code, la_name, district_code, district_name, phase, eligible"
LISTS = ("area_la_codes", "area_district_codes", "extra_urns", "excluded_urns")
UNCOUNT = """
UPDATE sources SET events = events - again.n
FROM (
  SELECT source, count(*) AS n FROM inbox WHERE state = 'done' AND type = ANY(:types) GROUP BY source
) AS again
WHERE again.source = sources.source
"""


def upgrade() -> None:
    op.add_column("schools", sa.Column("companies_house", sa.Text))
    for table in ("closures", "successions"):
        op.add_column(table, sa.Column("announced_on", sa.Date))
    op.create_table(
        "school_facts",
        *_key(),
        sa.Column("changed", sa.Boolean, nullable=False),
        sa.Column("holds_from", sa.Date, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "la_code", "la_name")),
        *(sa.Column(name, sa.Text) for name in ("district_code", "district_name")),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("eligible", sa.Boolean, nullable=False),
        sa.Index("ix_school_facts_changed", "hub", "urn", postgresql_where=sa.text("changed")),
    )
    op.create_table(
        "school_trusts",
        *_key(),
        sa.Column("changed", sa.Boolean, nullable=False),
        sa.Column("said_on", sa.Date, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("trust_uid", "trust_name", "companies_house")),
        sa.Column("trust_since", sa.Date),
        sa.Index("ix_school_trusts_changed", "hub", "urn", postgresql_where=sa.text("changed")),
        sa.Index("ix_school_trusts_trust_since", "hub", "trust_since"),
    )
    op.create_table(
        "hub_descriptions",
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        *(sa.Column(name, sa.ARRAY(sa.Text), nullable=False) for name in LISTS),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.execute(
        f"INSERT INTO school_facts (hub, urn, revision, changed, holds_from, {FACTS})"  # noqa: S608 - our own
        f" SELECT hub, urn, revision, false, '0001-01-01', {FACTS} FROM schools"
    )
    op.execute(
        "INSERT INTO school_trusts (hub, urn, revision, changed, said_on, trust_uid, trust_name)"
        " SELECT hub, urn, revision, false, '0001-01-01', trust_uid, trust_name FROM schools"
    )
    op.get_bind().execute(sa.text(UNCOUNT), {"types": list(READ_AGAIN)})
    messaging.read_again(READ_AGAIN)


def downgrade() -> None:
    for table in ("hub_descriptions", "school_trusts", "school_facts"):
        op.drop_table(table)
    for table in ("successions", "closures"):
        op.drop_column(table, "announced_on")
    op.drop_column("schools", "companies_house")


def _key() -> list[sa.Column[object]]:
    return [
        sa.Column("hub", sa.Text, primary_key=True),
        sa.Column("urn", sa.Text, primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
    ]
