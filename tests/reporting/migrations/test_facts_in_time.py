"""Migration 0015 to dated facts of schools, from the previous head with rows in the tables."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_reporting")
HEAD_BEFORE = "0014_ended_assignments"
BEFORE = """
INSERT INTO schools (hub, urn, name, la_code, la_name, phase, type_code, eligible, status, trust_uid,
                     trust_name, revision) VALUES
  ('cambridge', '110001', 'Old', '873', 'Cambridgeshire', 'primary', 1, true, 'open', 'X', 'Fen Trust', 3);
INSERT INTO closures VALUES ('cambridge', '110002', '2025-12-31', NULL, 2);
INSERT INTO successions VALUES ('cambridge', '110002', '110001', 'Successor', NULL, 3);
INSERT INTO sources VALUES ('/hubs/cambridge/enrolment', 'cambridge', 10, $AT, $AT);
INSERT INTO inbox (subscription, source, event_id, type, subject, state, received_at)
SELECT 'reporting.in', '/hubs/cambridge/enrolment', 'e' || n, type, 'x', state, $AT
FROM (VALUES (1, 'SchoolImported', 'done'), (2, 'SchoolChanged', 'done'), (3, 'HubDescribed', 'done'),
             (4, 'SchoolConnected', 'done')) AS given (n, type, state);
INSERT INTO inbox_types SELECT 'reporting.in', type FROM (VALUES
  ('SchoolImported'), ('SchoolConnected'), ('HubDescribed')) AS given (type);
""".replace("$AT", "'2026-09-02T09:00Z'")


@pytest.fixture(name="migrated")
def _migrated(postgres: PostgresServer) -> sa.Engine:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    migrate(url, MIGRATIONS)
    command.downgrade(config, HEAD_BEFORE)
    migrate(url, MIGRATIONS)
    return engine


def test_upgrade_keeps_facts_of_schools_without_a_first_day(migrated: sa.Engine) -> None:
    with migrated.connect() as connection:
        (facts,) = connection.execute(sa.text("SELECT * FROM school_facts")).mappings()
        (trust,) = connection.execute(sa.text("SELECT * FROM school_trusts")).mappings()
        days = connection.execute(sa.text("SELECT announced_on FROM successions")).scalars().all()
    of_school = ("urn", "revision", "holds_from", "name", "la_code", "district_code", "phase", "eligible")
    assert [facts[name] for name in of_school] == ["110001", 3, date.min, "Old", "873", None, "primary", True]
    of_trust = ("urn", "revision", "said_on", "trust_uid", "trust_name", "trust_since")
    assert [trust[name] for name in of_trust] == ["110001", 3, date.min, "X", "Fen Trust", None]
    assert days == [None]


def test_upgrade_requests_a_replay_of_school_and_hub_events(migrated: sa.Engine) -> None:
    with migrated.connect() as connection:

        def listed(statement: str) -> list[Any]:
            return list(connection.execute(sa.text(statement)).scalars())

        assert listed("SELECT type FROM inbox") == ["SchoolConnected"]
        assert listed("SELECT type FROM inbox_types") == ["SchoolConnected"]
        assert listed("SELECT events FROM sources") == [7], "they will be counted again"
