"""The migration that publishes PD days of before, from the head before and with rows in the tables."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_messaging.tables import outbox
from hub_platform.migrations import alembic_config, migrate

HEAD_BEFORE = "0009_locations"
TYPES = ("PDDayScheduled", "PDDayRegistered", "PDDayCancelled")
TRACKED = "revision, created_at, created_by, changed_at, changed_by"
TRACK = "1, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'"
ONE = "00000000-0000-0000-0000-00000000000"
BEFORE = (
    """
INSERT INTO schools (urn, name, la_code, la_name, phase, type_code, type_group, eligible, status, TRACKED)
SELECT urn, 'A', '873', 'Cambridgeshire', 'primary', 1, 4, true, 'open', TRACK
FROM (VALUES ('100001'), ('100002'), ('100003')) AS given (urn);

INSERT INTO teachers (id, given, family, email, trnless, previous_names, contact_opt_out, TRACKED)
SELECT id::uuid, 'Ada', 'Lovelace', 'ada@school.example', false, '{}', false, TRACK
FROM (VALUES ('ONE1'), ('ONE2')) AS given (id);

INSERT INTO school_memberships (id, teacher_id, urn, role, starts_on, ends_on, TRACKED)
SELECT id::uuid, teacher_id::uuid, urn, 'other', starts_on::date, ends_on::date, TRACK
FROM (VALUES ('ONE1', 'ONE1', '100001', '2024-09-01', '2025-03-31'),
             ('ONE2', 'ONE1', '100002', '2025-04-01', NULL),
             ('ONE3', 'ONE2', '100003', '2025-09-01', NULL)) AS g (id, teacher_id, urn, starts_on, ends_on);

INSERT INTO pd_days (id, kind, theme, title, day, starts_at, venue, capacity, closes_at, status,
                     cancelled_reason, TRACKED)
VALUES ('ONE8', 'conference', 'ratio', E'Ratio\\nand more', '2025-05-01', '2025-05-01T09:00Z', 'Guildhall',
        50, '2025-04-30T23:00Z', 'cancelled', 'weather', TRACK),
       ('ONE7', 'pd_day', 'number', NULL, '2025-06-01', NULL, NULL, NULL, '2025-05-31T23:00Z', 'held', NULL,
        2, '2025-01-02T12:00Z', 'ada', '2025-06-02T12:00Z', 'ada');

INSERT INTO pd_day_registrations (pd_day_id, teacher_id, registered_at, registered_by)
VALUES ('ONE8', 'ONE2', '2025-03-31T23:30Z', 'ada'),
       ('ONE8', 'ONE1', '2025-03-31T22:30Z', 'ada')
""".replace("TRACKED", TRACKED)
    .replace("TRACK", TRACK)
    .replace("ONE", ONE)
)


def published(engine: sa.Engine) -> list[tuple[Any, ...]]:
    columns = (outbox.c.type, outbox.c.subject, outbox.c.revision, outbox.c.occurred_at, outbox.c.data)
    wanted = sa.select(*columns).where(outbox.c.type.in_(TYPES)).order_by(outbox.c.position)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(wanted)]


def test_days_registrations_and_cancellations_of_before_are_published_in_order_and_once(
    postgres: PostgresServer,
) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    migrate(url, MIGRATIONS)
    first, second = f"{ONE}8", f"{ONE}7"
    assert published(engine) == [
        (
            "PDDayScheduled",
            f"pd-days/{first}",
            1,
            datetime(2025, 1, 1, 12, tzinfo=UTC),
            {
                "pd_day_id": first,
                "kind": "conference",
                "theme": "ratio",
                "title": "Ratio and more",
                "on": "2025-05-01",
                "starts_at": "2025-05-01T09:00:00Z",
                "venue": "Guildhall",
                "capacity": 50,
                "closes_at": "2025-04-30T23:00:00Z",
            },
        ),
        (
            "PDDayRegistered",
            f"pd-days/{first}",
            2,
            datetime(2025, 3, 31, 22, 30, tzinfo=UTC),
            registered(first, f"{ONE}1", "100001", "2025-03-31"),
        ),
        (
            "PDDayRegistered",
            f"pd-days/{first}",
            3,
            datetime(2025, 3, 31, 23, 30, tzinfo=UTC),
            registered(first, f"{ONE}2", "100003", "2025-04-01"),
        ),
        (
            "PDDayCancelled",
            f"pd-days/{first}",
            4,
            datetime(2025, 6, 30, 23, 30, tzinfo=UTC),
            {"pd_day_id": first, "reason": "weather", "teachers_n": 2},
        ),
        (
            "PDDayScheduled",
            f"pd-days/{second}",
            1,
            datetime(2025, 1, 2, 12, tzinfo=UTC),
            {
                "pd_day_id": second,
                "kind": "pd_day",
                "theme": "number",
                "on": "2025-06-01",
                "closes_at": "2025-05-31T23:00:00Z",
            },
        ),
    ]
    before = published(engine)
    command.downgrade(config, HEAD_BEFORE)
    migrate(url, MIGRATIONS)
    assert published(engine) == before
    engine.dispose()


def registered(pd_day_id: str, teacher_id: str, urn: str, on: str) -> dict[str, str]:
    return {"pd_day_id": pd_day_id, "teacher_id": teacher_id, "urn": urn, "registered_on": on}
