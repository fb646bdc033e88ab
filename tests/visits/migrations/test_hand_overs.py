"""The migration after which an assignment can follow another."""

import pytest
import sqlalchemy as sa
from alembic import command
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_visits")
HEAD_BEFORE = "0006_derived_again"
ONE, TWO, THREE = (f"00000000-0000-0000-0000-00000000000{n}" for n in (1, 2, 3))
INSERT = """
INSERT INTO assignments (id, urn, pd_lead_id, programme, academic_year, starts_on, ends_on, kinds, revision,
                         created_at, created_by, changed_at, changed_by{more})
VALUES ('{id}', '110623', '{id}', '{programme}', '2025/26', '{starts}', '2026-08-31', '{{visit}}', 1,
        '2025-06-01T12:00Z', 'ada', '2025-06-01T12:00Z', 'ada'{values})
"""
ENDED = "UPDATE assignments SET ends_on = '2026-01-11', end_reason = 'left' WHERE programme = 'intensive'"


def test_existing_assignments_are_their_own_chains(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    before = {"starts": "2025-09-03", "more": "", "values": ""}
    with engine.begin() as connection:
        for id_, programme in ((ONE, "opportunity_area"), (TWO, "intensive")):
            connection.exec_driver_sql(INSERT.format(id=id_, programme=programme, **before))
    migrate(url, MIGRATIONS)
    query = "SELECT id::text, chain_id::text, follows, end_reason FROM assignments ORDER BY id"
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(query).all()
    assert rows == [(ONE, ONE, None, None), (TWO, TWO, None, None)]

    another = {
        "id": THREE,
        "programme": "intensive",
        "starts": "2026-01-12",
        "more": ", chain_id, follows",
        "values": f", '{TWO}', '{TWO}'",
    }
    with pytest.raises(sa.exc.IntegrityError, match="uq_assignments_not_ended"), engine.begin() as connection:
        connection.exec_driver_sql(INSERT.format(**another))
    with engine.begin() as connection:
        connection.exec_driver_sql(ENDED)
        connection.exec_driver_sql(INSERT.format(**another))
        connection.exec_driver_sql("DELETE FROM assignments WHERE follows IS NOT NULL")
    command.downgrade(config, HEAD_BEFORE)
    migrate(url, MIGRATIONS)
    engine.dispose()
