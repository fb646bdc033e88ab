"""The migration to the hub's contact, from the head before and with a hub that was described."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_messaging.tables import outbox
from hub_platform.migrations import alembic_config, migrate

HEAD_BEFORE = "0011_unconfirmed_addresses"
TRACKED = "revision, created_at, created_by, changed_at, changed_by"
TRACK = "3, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'"
BEFORE = """
INSERT INTO schools (urn, name, la_code, la_name, phase, type_code, type_group, eligible, status, TRACKED)
VALUES ('100001', 'A', '873', 'Cambridgeshire', 'primary', 1, 4, true, 'open', TRACK);

INSERT INTO hub (sole, id, name, lead_school_urn, area_la_codes, area_district_codes, extra_urns,
                 excluded_urns, TRACKED)
VALUES (true, 'cambridge', 'Cambridge Maths Hub', '100001', '{873,926}', '{}', '{}', '{100002}', TRACK)
""".replace("TRACKED", TRACKED).replace("TRACK", TRACK)
DESCRIBED = {
    "name": "Cambridge Maths Hub",
    "lead_school_urn": "100001",
    "area_la_codes": ["873", "926"],
    "area_district_codes": [],
    "extra_urns": [],
    "excluded_urns": ["100002"],
}


@pytest.mark.parametrize("described", [True, False])
def test_a_hub_of_before_is_published_once_as_it_is(postgres: PostgresServer, described: bool) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if described:
        with engine.begin() as connection:
            connection.exec_driver_sql(BEFORE)
    for _ in range(2):
        migrate(url, MIGRATIONS)
        columns = (outbox.c.type, outbox.c.subject, outbox.c.occurred_at, outbox.c.data)
        with engine.connect() as connection:
            told = [tuple(row) for row in connection.execute(sa.select(*columns))]
        changed_at = datetime(2025, 6, 30, 23, 30, tzinfo=UTC)
        assert told == ([("HubDescribed", "hub", changed_at, DESCRIBED)] if described else [])
        command.downgrade(config, HEAD_BEFORE)
    engine.dispose()
