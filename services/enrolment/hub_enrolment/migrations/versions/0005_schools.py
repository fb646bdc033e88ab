"""Trusts with history, search, the hub's area, mergers, findings of imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from hub_platform.database import UtcDateTime

revision = "0005_schools"
down_revision = "0004_people"

SEARCH = r"""
  array_to_tsvector(array_remove((
    string_to_array(
      regexp_replace(
        regexp_replace(
          lower(
            regexp_replace(
              NORMALIZE(((name || ' '::text) || COALESCE(trust_name, ''::text)), NFD),
              '[\u0300-\u036f]'::text, ''::text, 'g'::text)),
          '[''’‘`]'::text, ''::text, 'g'::text),
        '[^a-z0-9]+'::text, ' '::text, 'g'::text),
      ' '::text)
    || ARRAY[
      urn,
      regexp_replace(lower(COALESCE(postcode, ''::text)), '[^a-z0-9]+'::text, ''::text, 'g'::text),
      "left"(
        regexp_replace(lower(COALESCE(postcode, ''::text)), '[^a-z0-9]+'::text, ''::text, 'g'::text),
        '-3'::integer),
      "right"(
        regexp_replace(lower(COALESCE(postcode, ''::text)), '[^a-z0-9]+'::text, ''::text, 'g'::text),
        3)
    ]), ''::text))
"""


def upgrade() -> None:
    _trusts()
    _search()
    _hub()
    _imports()


def downgrade() -> None:
    for table in ("gias_findings", "hub", "trust_memberships"):
        op.drop_table(table)
    for name in ("phase", "status", "connected", "search"):
        op.drop_index(f"ix_schools_{name}", "schools")
    op.drop_column("schools", "search")
    op.drop_column("school_links", "merged")
    op.execute("DELETE FROM gias_imports WHERE file NOT IN ('establishments', 'links')")
    op.drop_constraint("ck_gias_imports_file", "gias_imports")
    op.create_check_constraint("file", "gias_imports", "file IN ('establishments', 'links')")
    for column in ("closed", "successors", "skipped"):
        op.drop_column("gias_imports", column)
    for column in ("companies_house", "group_type", "status", "closed_on"):
        op.drop_column("trusts", column)


def _tracked() -> list[sa.Column[object]]:
    return [
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
    ]


def _trusts() -> None:
    op.add_column("trusts", sa.Column("companies_house", sa.Text))
    op.add_column("trusts", sa.Column("group_type", sa.Text))
    op.add_column("trusts", sa.Column("status", sa.Text))
    op.add_column("trusts", sa.Column("closed_on", sa.Date))
    op.create_check_constraint("status", "trusts", "status IN ('open', 'closed')")
    op.create_table(
        "trust_memberships",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("urn", sa.Text, sa.ForeignKey("schools.urn"), nullable=False),
        sa.Column("trust_uid", sa.Text, sa.ForeignKey("trusts.uid"), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        *_tracked(),
        sa.CheckConstraint("ends_on >= starts_on", name="ends_on"),
        sa.Index("uq_trust_memberships_starts_on", "urn", "starts_on", unique=True),
        sa.Index(
            "uq_trust_memberships_current", "urn", unique=True, postgresql_where=sa.text("ends_on IS NULL")
        ),
        sa.Index("ix_trust_memberships_trust_uid", "trust_uid"),
    )
    # A school has belonged to its present trust since its last change at the latest.
    op.execute(
        "INSERT INTO trust_memberships"
        " (id, urn, trust_uid, starts_on, revision, created_at, created_by, changed_at, changed_by)"
        " SELECT gen_random_uuid(), urn, trust_uid, CAST(changed_at AT TIME ZONE 'Europe/London' AS date),"
        " 1, changed_at, changed_by, changed_at, changed_by FROM schools WHERE trust_uid IS NOT NULL"
    )


def _search() -> None:
    op.add_column("schools", sa.Column("search", TSVECTOR, sa.Computed(SEARCH, persisted=True)))
    op.create_index(
        "ix_schools_search",
        "schools",
        ["search"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index("ix_schools_phase", "schools", ["phase", "urn"])
    op.create_index("ix_schools_status", "schools", ["status", "urn"])
    op.create_index(
        "ix_schools_connected", "schools", ["urn"], postgresql_where=sa.text("connected_on IS NOT NULL")
    )


def _hub() -> None:
    op.create_table(
        "hub",
        sa.Column("sole", sa.Boolean, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("lead_school_urn", sa.Text, sa.ForeignKey("schools.urn"), nullable=False),
        sa.Column("trust_uid", sa.Text, sa.ForeignKey("trusts.uid")),
        sa.Column("area_la_codes", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("area_district_codes", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("extra_urns", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("excluded_urns", sa.ARRAY(sa.Text), nullable=False),
        *_tracked(),
        sa.CheckConstraint("sole", name="sole"),
        sa.CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]*$'", name="id"),
        sa.CheckConstraint("NOT extra_urns && excluded_urns", name="excluded_urns"),
    )


def _imports() -> None:
    # Earlier mergers have not been published; the next import publishes them.
    op.add_column("school_links", sa.Column("merged", sa.Boolean, nullable=False, server_default=sa.false()))
    op.alter_column("school_links", "merged", server_default=None)
    for column in ("closed", "successors", "skipped"):
        op.add_column("gias_imports", sa.Column(column, sa.Integer))
    op.drop_constraint("ck_gias_imports_file", "gias_imports")
    op.create_check_constraint(
        "file", "gias_imports", "file IN ('establishments', 'links', 'groups', 'group_links')"
    )
    op.create_table(
        "gias_findings",
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("gias_imports.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("column", sa.Text, nullable=False),
        sa.Column("urn", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
