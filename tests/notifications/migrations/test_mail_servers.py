"""The migration to what is not known of a message, from the head before and with rows in the tables."""

import sqlalchemy as sa
from alembic import command
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_notifications")
BEFORE, HEAD = "0005_two_clocks", "0006_mail_servers"
ROWS = """
INSERT INTO messages (id, template, recipient_ref, dedupe_key, concerns, about, status, attempts, due_at,
                      reason, sent_at, claim, claimed_until, created_at, changed_at)
SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'visit_planned', 'ada', 'key ' || n, 'visits/1',
       '{}', status, attempts, '2026-11-29T12:00Z', reason, sent_at::timestamptz, claim::uuid,
       claimed_until::timestamptz, '2026-11-28Z', '2026-11-28Z'
FROM (VALUES (1, 'due', 2, 'put_off', NULL, NULL, NULL),
             (2, 'sending', 0, NULL, NULL, '00000000-0000-0000-0000-0000000000cc', '2026-11-29T12:05Z'),
             (3, 'sent', 1, NULL, '2026-11-28T12:00Z', NULL, NULL),
             (4, 'failed', 5, 'put_off', NULL, NULL, NULL))
     AS given (n, status, attempts, reason, sent_at, claim, claimed_until)
"""
ALL = "SELECT status, attempts, uncertain, handed_over FROM messages ORDER BY id"


def test_only_messages_being_sent_become_uncertain(
    postgres: PostgresServer,
) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(ROWS)
        before = connection.exec_driver_sql("SELECT * FROM messages ORDER BY id").all()
    command.upgrade(config, HEAD)
    with engine.connect() as connection:
        assert connection.exec_driver_sql(ALL).all() == [
            ("due", 2, 0, False),
            ("sending", 0, 0, True),
            ("sent", 1, 0, False),
            ("failed", 5, 0, False),
        ]
        assert connection.exec_driver_sql("SELECT count(*) FROM sender_trouble").scalar_one() == 0
    command.downgrade(config, BEFORE)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM messages ORDER BY id").all() == before
    engine.dispose()
