"""The migration that gives teachers the keys of their names, from the head before and with rows."""

import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate

HEAD_BEFORE = "0017_corrected_memberships"
ONE = "00000000-0000-0000-0000-00000000000"
BEFORE = """
INSERT INTO teachers (id, given, family, email, trnless, previous_names, contact_opt_out, merged_into,
                      anonymised_on, anonymised_reason, revision, created_at,
                      created_by, changed_at, changed_by)
SELECT id::uuid, given, family, email, false, before::text[], false, into_id::uuid, erased::date,
       CASE WHEN erased IS NULL THEN NULL ELSE 'asked_for' END, 4,
       '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'
FROM (VALUES ('ONE1', 'Zoë', 'O’Brien-Łuk', 'zoe@s.example', ARRAY['Zoë Müller']::text, NULL, NULL),
             ('ONE2', 'Анна', 'Иванова', 'old@s.example', '{}', 'ONE1', NULL),
             ('ONE3', '王', '-', 'zoe@s.example', '{}', 'ONE1', NULL),
             ('ONE4', 'Anonymised', 'teacher', '', '{}', NULL, '2026-01-01'))
     AS g (id, given, family, email, before, into_id, erased)
""".replace("ONE", ONE)
COLUMNS = "given_key, family_key, name_key, former_name_keys, former_trns, former_emails, revision"


def test_teachers_who_are_known_already_get_their_keys(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    command.upgrade(alembic_config(url, MIGRATIONS), HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    for _ in range(2):
        migrate(url, MIGRATIONS)
        with engine.connect() as connection:
            kept = connection.exec_driver_sql(f"SELECT {COLUMNS} FROM teachers ORDER BY id")  # noqa: S608
            assert [tuple(one) for one in kept] == [
                ("zoe", "obrienluk", "zoeobrienluk", ["zoemuller"], [], ["old@s.example"], 4),
                ("анна", "иванова", "аннаиванова", [], [], [], 4),
                ("王", "-", "王", [], [], [], 4),
                ("anonymised", "teacher", "anonymisedteacher", [], [], [], 4),
            ]
        command.downgrade(alembic_config(url, MIGRATIONS), HEAD_BEFORE)
    engine.dispose()
