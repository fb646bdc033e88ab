"""The migration to confirmed addresses, from the head before and with rows in the table."""

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import IntegrityError
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate

HEAD_BEFORE = "0010_pd_day_events"
BEFORE = """
INSERT INTO teachers (id, given, family, email, trnless, previous_names, contact_opt_out, anonymised_on,
                      anonymised_reason, revision, created_at, created_by, changed_at, changed_by)
SELECT id::uuid, given, family, email, false, '{}', false, erased::date, reason,
       1, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'
FROM (VALUES ('00000000-0000-0000-0000-000000000001', 'Ada', 'Lovelace', 'ada@school.example', NULL, NULL),
             ('00000000-0000-0000-0000-000000000002', 'Anonymised', 'teacher', '', '2025-06-30', 'asked_for'))
     AS given (id, given, family, email, erased, reason)
"""


def test_addresses_of_before_are_confirmed_and_those_of_the_erased_stay_so(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    migrate(url, MIGRATIONS)
    with engine.connect() as connection:
        known = connection.exec_driver_sql("SELECT email_unconfirmed_since FROM teachers")
        assert known.scalars().all() == [None, None]
    with pytest.raises(IntegrityError, match="email_unconfirmed_since"), engine.begin() as connection:
        connection.exec_driver_sql("UPDATE teachers SET email_unconfirmed_since = now()")
    command.downgrade(config, HEAD_BEFORE)
    with engine.connect() as connection:
        assert len(connection.exec_driver_sql("SELECT 1 FROM teachers").all()) == 2
    engine.dispose()
