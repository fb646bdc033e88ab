"""Authorities of schools over time; the day on which a school joined its trust, and the trust's company.

Of authorities, districts and phases nothing is known from before the day on which a school was registered
here. Joining days and companies are published once for each school that belongs to a trust. Numbers of
companies get the leading zeros that spreadsheets drop. `downgrade` leaves the events: they have been
published.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from hub_contracts.enrolment import SchoolChanged
from hub_messaging.backfill import record_missing
from hub_platform.database import UtcDateTime

revision = "0024_register_facts"
down_revision = "0023_different_people"

PHASES = "'early_years', 'primary', 'secondary', 'post16', 'all_through', 'unknown'"
PLACEMENTS = """
INSERT INTO school_placements
  (urn, starts_on, la_code, la_name, district_code, district_name, phase, changed_at, changed_by)
SELECT urn, CAST(created_at AT TIME ZONE 'Europe/London' AS date), la_code, la_name, district_code,
       district_name, phase, changed_at, changed_by
FROM schools
"""
COMPANIES = """
UPDATE trusts SET companies_house = lpad(trim(companies_house), 8, '0')
WHERE trim(companies_house) ~ '^[0-9]{1,8}$'
"""
COMPANY = "'^([0-9]{8}|[A-Z]{2}[0-9]{5}[0-9A-Z])$'"
SCHOOLS_OF_TRUSTS = f"""
SELECT schools.urn, schools.name, la_code, la_name, district_code, district_name, phase, type_code,
       type_group, eligible, schools.status, schools.trust_uid, trust_name, easting, northing, pupils,
       fsm_percent, open_date, close_date, held.starts_on AS trust_since,
       CASE WHEN companies_house ~ {COMPANY} THEN companies_house END AS companies_house,
       held.changed_at AS joined_at, trusts.changed_at AS described_at
FROM schools
     JOIN trust_memberships AS held ON held.urn = schools.urn AND held.ends_on IS NULL
     JOIN trusts ON trusts.uid = schools.trust_uid
ORDER BY schools.urn
"""  # noqa: S608 - our own pattern


def upgrade() -> None:
    op.create_table(
        "school_placements",
        sa.Column("urn", sa.Text, sa.ForeignKey("schools.urn"), primary_key=True),
        sa.Column("starts_on", sa.Date, primary_key=True),
        sa.Column("ends_on", sa.Date),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("la_code", "la_name")),
        *(sa.Column(name, sa.Text) for name in ("district_code", "district_name")),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_on"),
        sa.CheckConstraint("la_code ~ '^[0-9]{3}$'", name="la_code"),
        sa.CheckConstraint(f"phase IN ({PHASES})", name="phase"),
        sa.Index(
            "uq_school_placements_current", "urn", unique=True, postgresql_where=sa.text("ends_on IS NULL")
        ),
        sa.Index("ix_school_placements_la_code", "la_code", "urn"),
        sa.Index("ix_school_placements_district_code", "district_code", "urn"),
    )
    op.execute(PLACEMENTS)
    op.execute(COMPANIES)
    record_missing(op.get_bind(), _facts(op.get_bind()))


def downgrade() -> None:
    op.drop_table("school_placements")


def _facts(connection: sa.Connection) -> Iterator[tuple[SchoolChanged, datetime]]:
    for row in connection.execute(sa.text(SCHOOLS_OF_TRUSTS)).mappings():
        facts = dict(row)
        joined_at, described_at = facts.pop("joined_at"), facts.pop("described_at")
        known = facts["companies_house"] is not None
        changed = ["trust_since", "companies_house"] if known else ["trust_since"]
        came_about_at = max(joined_at, described_at) if known else joined_at
        yield SchoolChanged(**facts, changed_fields=changed), came_about_at
