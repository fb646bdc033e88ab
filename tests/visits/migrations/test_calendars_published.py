"""The migration that publishes the calendars set before CalendarSet existed."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import command
from tests.support.postgres import PostgresServer

from hub_contracts.visits import CalendarSet
from hub_platform.migrations import alembic_config, migrate
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_visits")
HEAD_BEFORE = "0004_hub_clock"
ONE = "00000000-0000-0000-0000-00000000000"
BEFORE = """
INSERT INTO calendars (id, scope, academic_year, revision, created_at, created_by, changed_at, changed_by)
VALUES ('ONE1', 'hub', '2025/26', 2, '2025-06-01T12:00Z', 'ada', '2025-07-14T08:12:41.5Z', 'grace'),
       ('ONE2', 'trust:17422', '2025/26', 1, '2025-05-01T12:00Z', 'ada', '2025-05-01T12:00Z', 'ada'),
       ('ONE3', 'hub', '2024/25', 1, '2024-06-01T12:00Z', 'ada', '2024-06-01T12:00Z', 'ada'),
       ('ONE4', 'trust:é', '2024/25', 1, '2024-06-01T12:00Z', 'ada', '2024-06-01T12:00Z', 'ada');

INSERT INTO calendar_half_terms (calendar_id, n, starts_on, ends_on, non_school_days)
VALUES ('ONE1', 2, '2025-11-03', '2025-12-19', '{2025-11-28,2025-11-07}'),
       ('ONE1', 1, '2025-09-03', '2025-10-24', '{}'),
       ('ONE2', 1, '2025-09-04', '2025-10-17', '{}'),
       ('ONE3', 1, '2024-09-03', '2024-10-25', '{}'),
       ('ONE4', 1, '2024-09-03', '2024-10-25', '{}')
""".replace("ONE", ONE)
PUBLISHED = "SELECT subject, revision, occurred_at, data, published_at FROM outbox ORDER BY position"


def test_existing_calendars_are_published_once(
    postgres: PostgresServer,
) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    migrate(url, MIGRATIONS)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(PUBLISHED).all()
    assert [(row.subject, row.revision, row.occurred_at) for row in rows] == [
        ("calendars/hub/2024/25", 1, datetime(2024, 6, 1, 12, tzinfo=UTC)),
        ("calendars/trust:17422/2025/26", 1, datetime(2025, 5, 1, 12, tzinfo=UTC)),
        ("calendars/hub/2025/26", 1, datetime(2025, 7, 14, 8, 12, 41, 500_000, tzinfo=UTC)),
    ]
    assert all(row.published_at is None for row in rows)
    hub = CalendarSet.from_data(rows[2].data)
    assert [each.n for each in hub.half_terms] == [1, 2]
    assert rows[2].data["half_terms"][1]["non_school_days"] == ["2025-11-07", "2025-11-28"]

    command.downgrade(config, HEAD_BEFORE)
    migrate(url, MIGRATIONS)
    with engine.connect() as connection:
        assert connection.exec_driver_sql(PUBLISHED).all() == rows
    engine.dispose()
