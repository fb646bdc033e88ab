"""Names of people with line breaks or tabs, which an earlier release took, get spaces instead.

A header of an e-mail cannot hold such a name, so its person would get no message. Nothing is published: names
are in no event. `downgrade` leaves the spaces.
"""

from alembic import op

revision = "0014_names_on_one_line"
down_revision = "0013_offers_told"

BREAKS = r"'[\n\r\t]+'"


def upgrade() -> None:
    op.execute(
        f"""
        UPDATE teachers SET
          given = regexp_replace(given, {BREAKS}, ' ', 'g'),
          family = regexp_replace(family, {BREAKS}, ' ', 'g'),
          previous_names = ARRAY(
            SELECT regexp_replace(name, {BREAKS}, ' ', 'g')
            FROM unnest(previous_names) WITH ORDINALITY AS known (name, n) ORDER BY n
          )
        WHERE concat_ws(' ', given, family, array_to_string(previous_names, ' ')) ~ {BREAKS}
        """  # noqa: S608 - the pattern is ours
    )


def downgrade() -> None:
    pass
