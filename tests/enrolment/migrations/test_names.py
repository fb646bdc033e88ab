"""The migration that takes line breaks out of names, from the head before and with rows in the table."""

import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate

HEAD_BEFORE = "0013_offers_told"
ONE = "00000000-0000-0000-0000-00000000000"
BEFORE = """
INSERT INTO teachers (id, given, family, email, trnless, previous_names, contact_opt_out, revision,
                      created_at, created_by, changed_at, changed_by)
SELECT id::uuid, given, family, 'ada@school.example', false, before::text[], false, 4,
       '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'
FROM (VALUES ('ONE1', 'Ada', 'Lovelace', '{}'),
             ('ONE2', E'Ada\\nMarie', E'King\\t\\nNoel', ARRAY[E'Ada\\nByron', 'Ada  B']::text),
             ('ONE3', 'Ada', 'King', ARRAY[E'A\\nB', E'C\\tD']::text)) AS g (id, given, family, before)
""".replace("ONE", ONE)


def test_a_name_of_several_lines_becomes_one_line_and_others_stay(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    command.upgrade(alembic_config(url, MIGRATIONS), HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    for _ in range(2):
        migrate(url, MIGRATIONS)
        with engine.connect() as connection:
            kept = connection.exec_driver_sql(
                "SELECT given, family, previous_names, revision FROM teachers ORDER BY id"
            )
            assert [tuple(one) for one in kept] == [
                ("Ada", "Lovelace", [], 4),
                ("Ada Marie", "King Noel", ["Ada Byron", "Ada  B"], 4),
                ("Ada", "King", ["A B", "C D"], 4),
            ]
        command.downgrade(alembic_config(url, MIGRATIONS), HEAD_BEFORE)
    engine.dispose()
