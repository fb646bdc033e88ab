"""Migration 0010 of undone withdrawals, from the previous head with rows in the table."""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import command
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_reporting")
HEAD_BEFORE, HEAD = "0009_hub_clock", "0010_undone_withdrawals"
ONE = "00000000-0000-0000-0000-00000000000"
GIVEN_UP = f"""
INSERT INTO withdrawals (hub, enrolment_id, reason, withdrawn_on, revision)
VALUES ('cambridge', '{ONE}1', 'workload', '2025-11-05', 2)
"""  # noqa: S608 - no value from outside
SINCE = f"""
INSERT INTO withdrawals (hub, enrolment_id, reason, withdrawn_on, withdrawn_at, revision)
VALUES ('cambridge', '{ONE}2', NULL, NULL, NULL, 3),
       ('cambridge', '{ONE}3', 'illness', '2025-11-05', '2025-11-05T14:00Z', 2)
"""  # noqa: S608 - no value from outside
ROWS = "SELECT enrolment_id::text, reason, withdrawn_on FROM withdrawals ORDER BY enrolment_id"


def test_upgrade_keeps_withdrawals_and_downgrade_deletes_undone_ones(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)

    def run(statement: str) -> list[tuple[Any, ...]]:
        with engine.begin() as connection:
            result = connection.exec_driver_sql(statement)
            return [tuple(row) for row in result] if result.returns_rows else []

    run(GIVEN_UP)
    first = (f"{ONE}1", "workload", date(2025, 11, 5))
    command.upgrade(config, HEAD)
    assert run(ROWS) == [first]
    assert run("SELECT withdrawn_at FROM withdrawals") == [(None,)]
    run(SINCE)
    third = (f"{ONE}3", "illness", date(2025, 11, 5))
    assert run(ROWS) == [first, (f"{ONE}2", None, None), third]
    assert run(f"SELECT withdrawn_at FROM withdrawals WHERE enrolment_id = '{ONE}3'") == [  # noqa: S608
        (datetime(2025, 11, 5, 14, tzinfo=UTC),)
    ]
    command.downgrade(config, HEAD_BEFORE)
    assert run(ROWS) == [first, third]
    command.upgrade(config, HEAD)
    assert run(ROWS) == [first, third]
    engine.dispose()
