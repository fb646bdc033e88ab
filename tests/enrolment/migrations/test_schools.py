"""The migration to trusts with history, from the head before and with rows in the tables."""

from datetime import date

import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate

BEFORE = """
INSERT INTO trusts (uid, name, revision, created_at, created_by, changed_at, changed_by)
VALUES ('7', 'Cam', 1, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace');

INSERT INTO schools (urn, name, la_code, la_name, phase, type_code, type_group, eligible, status, trust_uid,
                     revision, created_at, created_by, changed_at, changed_by)
SELECT urn, 'Élan ' || urn, '873', 'Cambridgeshire', 'primary', 1, 4, true, 'open', trust_uid,
       1, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'
FROM (VALUES ('100001', '7'), ('100002', NULL)) AS given (urn, trust_uid);

INSERT INTO school_links VALUES ('100001', '140001', 'Successor', NULL, true, true, now(), 'ada')
"""


def test_schools_keep_their_trust_as_a_membership_and_are_found(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, "0004_people")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    migrate(url, MIGRATIONS)
    with engine.connect() as connection:
        told = connection.exec_driver_sql(
            "SELECT urn, trust_uid, starts_on, ends_on, created_by FROM trust_memberships"
        )
        assert [tuple(one) for one in told] == [("100001", "7", date(2025, 7, 1), None, "grace")]
        found = connection.exec_driver_sql("SELECT urn FROM schools WHERE search @@ '''elan''' ORDER BY urn")
        assert [one.urn for one in found] == ["100001", "100002"]
        assert connection.exec_driver_sql("SELECT merged FROM school_links").scalar() is False
    command.downgrade(config, "0004_people")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM schools").scalar() == 2
    engine.dispose()
