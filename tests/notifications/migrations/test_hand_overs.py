"""The migration after which visits know for whom they were planned."""

import sqlalchemy as sa
from alembic import command
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_notifications")
HEAD_BEFORE = "0007_told"
VISIT, LEAD = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
BEFORE = f"""
INSERT INTO visits (visit_id, urn, pd_lead_id, planned_at, kind, logged, revision)
VALUES ('{VISIT}', '110623', '{LEAD}', '2026-11-12T09:30Z', 'support', false, 1)
"""  # noqa: S608 - of constants


def test_existing_visits_get_their_pd_lead_as_original_one(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    for _ in range(2):
        migrate(url, MIGRATIONS)
        with engine.connect() as connection:
            query = "SELECT planned_for::text, pd_lead_id::text, assignment_id FROM visits"
            assert connection.exec_driver_sql(query).all() == [(LEAD, LEAD, None)]
        command.downgrade(config, HEAD_BEFORE)
    engine.dispose()
