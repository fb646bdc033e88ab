"""The migration to two clocks, from the head before and with rows in the tables."""

import sqlalchemy as sa
from alembic import command
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_notifications")
BEFORE, HEAD = "0004_offers", "0005_two_clocks"
ROWS = """
INSERT INTO messages (id, template, recipient_ref, dedupe_key, concerns, about,
                      status, attempts, next_attempt_at, reason, sent_at, created_at, changed_at)
SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'visit_planned',
       '00000000-0000-0000-0000-0000000000ad', 'key ' || n, 'visits/1',
       '{}', status, attempts, '2026-11-29T12:00Z', reason, sent_at::timestamptz, '2026-11-28Z', '2026-11-28Z'
FROM (VALUES (1, 'due', 0, NULL, NULL),
             (2, 'due', 2, 'put_off', NULL),
             (3, 'sent', 1, NULL, '2026-11-28T12:00Z'),
             (4, 'failed', 5, 'put_off', NULL)) AS given (n, status, attempts, reason, sent_at)
"""
AFTER = "SELECT status, retry_at = due_at, due_at FROM messages ORDER BY id"


def test_postponed_messages_keep_their_retry_and_others_their_due_time(
    postgres: PostgresServer,
) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(ROWS)
    command.upgrade(config, HEAD)
    with engine.connect() as connection:
        told = connection.exec_driver_sql(
            "SELECT status, retry_at = due_at, due_at FROM messages ORDER BY id"
        ).all()
    assert [(status, same) for status, same, _ in told] == [
        ("due", None),
        ("due", True),
        ("sent", None),
        ("failed", None),
    ]
    assert {at.isoformat() for _, _, at in told} == {"2026-11-29T12:00:00+00:00"}
    command.downgrade(config, BEFORE)
    with engine.connect() as connection:
        again = connection.exec_driver_sql("SELECT DISTINCT next_attempt_at FROM messages").scalars().all()
    assert [at.isoformat() for at in again] == ["2026-11-29T12:00:00+00:00"]
    engine.dispose()
