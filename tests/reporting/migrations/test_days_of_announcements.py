"""Migration 0012 stores every announcement about a Work Group and keeps the last earlier one."""

import sqlalchemy as sa
from alembic import command
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_reporting")
HEAD_BEFORE = "0011_recalculated_visits"
GROUP = "00000000-0000-0000-0000-000000000001"
INSERT = f"""
INSERT INTO group_states (hub, work_group_id, state, teachers_n, schools_n, overridden, said_at, revision)
VALUES ('cambridge', '{GROUP}', 'STATE', 12, 6, false, 'INSTANT', NUMBER)
"""  # noqa: S608 - no value from outside
STATES = "SELECT state, revision FROM group_states ORDER BY said_at"


def announced(state: str, at: str, revision: int) -> str:
    return INSERT.replace("STATE", state).replace("INSTANT", at).replace("NUMBER", str(revision))


def test_upgrade_keeps_announcements_and_a_replay_adds_earlier_ones(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)

    def run(statement: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    def states() -> list[tuple[str, int]]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(STATES)]

    run(announced("below_minimum", "2025-11-20T12:00Z", 3))
    migrate(url, MIGRATIONS)
    assert states() == [("below_minimum", 3)]
    run(announced("confirmed", "2025-10-06T12:00Z", 2))
    assert states() == [("confirmed", 2), ("below_minimum", 3)]
    command.downgrade(config, HEAD_BEFORE)
    assert states() == [("below_minimum", 3)], "before, only the last one was stored"
    migrate(url, MIGRATIONS)
    engine.dispose()
