"""Teachers get keys of their names, for matching and search, and their former TRNs and e-mail addresses.

The keys of teachers who are known already are made by the same function as those of new ones. `downgrade`
loses the former TRNs and addresses.
"""

import sqlalchemy as sa
from alembic import op

from hub_enrolment.domain.names import full_name, name_key

revision = "0018_name_keys"
down_revision = "0017_corrected_memberships"

KEYS = ("given_key", "family_key", "name_key")
LISTS = ("former_name_keys", "former_trns", "former_emails")
AT_ONCE = 5_000  # rows
NOTHING_ELSE = "given = 'Anonymised' AND family = 'teacher' AND email = '' AND num_nonnulls(trn, phone) = 0"
ERASED_BEFORE = f"anonymised_on IS NULL OR ({NOTHING_ELSE} AND cardinality(previous_names) = 0)"
ERASED = (
    f"anonymised_on IS NULL OR ({NOTHING_ELSE}"
    " AND cardinality(previous_names || former_name_keys || former_trns || former_emails) = 0)"
)

teachers = sa.table(
    "teachers",
    sa.column("id", sa.Uuid),
    sa.column("given", sa.Text),
    sa.column("family", sa.Text),
    sa.column("previous_names", sa.ARRAY(sa.Text)),
    *(sa.column(name, sa.Text) for name in KEYS),
    sa.column("former_name_keys", sa.ARRAY(sa.Text)),
)


def upgrade() -> None:
    for name in KEYS:
        op.add_column("teachers", sa.Column(name, sa.Text, nullable=False, server_default=""))
    for name in LISTS:
        op.add_column("teachers", sa.Column(name, sa.ARRAY(sa.Text), nullable=False, server_default="{}"))
    _fill(op.get_bind())
    _take_over_of_merged()
    for name in (*KEYS, *LISTS):
        op.alter_column("teachers", name, server_default=None)
    op.create_index("ix_teachers_name_key", "teachers", ["name_key"])
    for name in LISTS:
        op.create_index(f"ix_teachers_{name}", "teachers", [name], postgresql_using="gin")
    op.drop_constraint("ck_teachers_erased", "teachers")
    op.create_check_constraint("erased", "teachers", ERASED)


def downgrade() -> None:
    op.drop_constraint("ck_teachers_erased", "teachers")
    op.create_check_constraint("erased", "teachers", ERASED_BEFORE)
    op.drop_index("ix_teachers_name_key", "teachers")
    for name in LISTS:
        op.drop_index(f"ix_teachers_{name}", "teachers")
    for name in (*LISTS, *KEYS):
        op.drop_column("teachers", name)


def _fill(connection: sa.Connection) -> None:
    """Set the keys of every row."""
    columns = (teachers.c.id, teachers.c.given, teachers.c.family, teachers.c.previous_names)
    rows = connection.execute(sa.select(*columns)).all()
    statement = (
        sa.update(teachers)
        .where(teachers.c.id == sa.bindparam("of"))
        .values({name: sa.bindparam(name) for name in (*KEYS, "former_name_keys")})
    )
    for first in range(0, len(rows), AT_ONCE):
        part = rows[first : first + AT_ONCE]
        connection.execute(statement, [_keys(*row) for row in part])


def _keys(of: object, given: str, family: str, previous_names: list[str]) -> dict[str, object]:
    return {
        "of": of,
        "given_key": name_key(given),
        "family_key": name_key(family),
        "name_key": name_key(full_name(given, family)),
        "former_name_keys": [name_key(name) for name in previous_names],
    }


def _take_over_of_merged() -> None:
    """Add the addresses of merged records to the remaining ones."""
    op.execute(
        """
        UPDATE teachers SET former_emails = merged.emails
        FROM (SELECT one.merged_into AS id, array_agg(DISTINCT one.email) AS emails
              FROM teachers one JOIN teachers target ON target.id = one.merged_into
              WHERE one.anonymised_on IS NULL AND one.email <> target.email GROUP BY one.merged_into) merged
        WHERE teachers.id = merged.id
        """
    )
