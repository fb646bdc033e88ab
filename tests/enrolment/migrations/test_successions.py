"""The migration that carries memberships on, from the head before and with rows in the tables."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_messaging.tables import outbox
from hub_platform.migrations import alembic_config, migrate

HEAD_BEFORE = "0018_name_keys"
TRACKED = "revision, created_at, created_by, changed_at, changed_by"
TRACK = "1, '2025-01-01T12:00Z', 'ada', '2025-01-01T12:00Z', 'ada'"
ONE = "00000000-0000-0000-0000-00000000000"
ANNOUNCED = "2025-09-03T09:00Z"
BEFORE = (
    """
INSERT INTO schools (urn, name, la_code, la_name, phase, type_code, type_group, eligible, status, close_date,
                     successor_urn, TRACKED)
SELECT urn, 'A', '873', 'Cambridgeshire', 'primary', 1, 4, true, status, close_date::date, successor_urn,
       TRACK
FROM (VALUES ('100001', 'closed', '2025-08-31', '140001'), ('140001', 'open', NULL, NULL),
             ('100002', 'closed', NULL, '140002'), ('140002', 'open', NULL, NULL),
             ('100003', 'closed', '2025-08-31', '149999'), ('100004', 'open', NULL, '140001'))
     AS given (urn, status, close_date, successor_urn);

INSERT INTO school_links (urn, successor_urn, link_type, established_on, principal, announced, merged,
                          changed_at, changed_by)
VALUES ('100001', '140001', 'Successor', NULL, true, true, false, '2025-09-01T08:00Z', 'ada'),
       ('100002', '140002', 'Successor', NULL, true, true, false, '2025-09-10T23:30Z', 'ada'),
       ('100003', '149999', 'Successor', NULL, true, true, false, '2025-09-01T08:00Z', 'ada'),
       ('100004', '140001', 'Successor', NULL, true, false, false, '2025-09-01T08:00Z', 'ada');

INSERT INTO outbox (id, type, version, subject, revision, occurred_at, recorded_by, correlation_id, data)
VALUES ('ONE9', 'SchoolSucceeded', 1, 'schools/100001', 1, 'ANNOUNCED', 'ada', 'ONE9',
        '{"urn": "100001", "successor_urn": "140001", "link_type": "Successor"}');

INSERT INTO teachers (id, given, family, email, trnless, previous_names, contact_opt_out, given_key,
                      family_key, name_key, former_name_keys, former_trns, former_emails, TRACKED)
SELECT id::uuid, 'Ada', 'Lovelace', 'ada@school.example', false, '{}', false, 'ada', 'lovelace',
       'adalovelace', '{}', '{}', '{}', TRACK
FROM (VALUES ('ONE1'), ('ONE2'), ('ONE3'), ('ONE4'), ('ONE5'), ('ONE6')) AS given (id);

INSERT INTO school_memberships (id, teacher_id, urn, role, starts_on, ends_on, TRACKED)
SELECT id::uuid, teacher_id::uuid, urn, 'maths_lead', starts_on::date, ends_on::date, TRACK
FROM (VALUES ('ONE1', 'ONE1', '100001', '2024-09-01', NULL),
             ('ONE2', 'ONE2', '100001', '2024-09-01', '2025-07-31'),
             ('ONE3', 'ONE2', '100004', '2025-08-01', NULL),
             ('ONE4', 'ONE3', '100003', '2024-09-01', NULL),
             ('ONE5', 'ONE4', '100002', '2025-09-15', NULL),
             ('ONE6', 'ONE5', '100001', '2024-09-01', NULL),
             ('ONE7', 'ONE5', '140001', '2025-09-20', NULL)) AS g (id, teacher_id, urn, starts_on, ends_on)
""".replace("TRACKED", TRACKED)
    .replace("TRACK", TRACK)
    .replace("ANNOUNCED", ANNOUNCED)
    .replace("ONE", ONE)
)


def rows(engine: sa.Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]


def published(engine: sa.Engine) -> list[tuple[Any, ...]]:
    columns = (outbox.c.type, outbox.c.subject, outbox.c.occurred_at, outbox.c.data)
    wanted = sa.select(*columns).where(outbox.c.type != "SchoolSucceeded").order_by(outbox.c.position)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(wanted)]


@pytest.fixture(name="engine")
def _engine(postgres: PostgresServer) -> sa.Engine:
    url = postgres.new_database()
    command.upgrade(alembic_config(url, MIGRATIONS), HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    migrate(url, MIGRATIONS)
    return engine


def test_people_of_closed_schools_are_carried_on_each_with_its_event_and_once(engine: sa.Engine) -> None:
    held = rows(
        engine,
        "SELECT right(teacher_id::text, 1), urn, role, starts_on::text, ends_on::text"
        " FROM school_memberships ORDER BY teacher_id, starts_on",
    )
    assert held == [
        ("1", "100001", "maths_lead", "2024-09-01", "2025-08-31"),
        ("1", "140001", "maths_lead", "2025-09-01", None),
        ("2", "100001", "maths_lead", "2024-09-01", "2025-07-31"),
        ("2", "100004", "maths_lead", "2025-08-01", None),
        ("3", "100003", "maths_lead", "2024-09-01", None),
        ("4", "140002", "maths_lead", "2025-09-15", None),
        ("5", "100001", "maths_lead", "2024-09-01", "2025-08-31"),
        ("5", "140001", "maths_lead", "2025-09-01", None),
    ]
    at = datetime(2025, 9, 3, 9, tzinfo=UTC)
    assert published(engine) == [
        ("TeacherMovedSchool", f"teachers/{ONE}1", at, moved("1")),
        (
            "MembershipCorrected",
            f"teachers/{ONE}4",
            datetime(2025, 9, 10, 23, 30, tzinfo=UTC),
            {
                "teacher_id": f"{ONE}4",
                "membership_id": f"{ONE}5",
                "from_urn": "100002",
                "to_urn": "140002",
                "role": "maths_lead",
                "starts_on": "2025-09-15",
                "present_urn": "140002",
                "present_role": "maths_lead",
            },
        ),
        ("TeacherMovedSchool", f"teachers/{ONE}5", at, moved("5")),
    ]
    before = published(engine)
    url = engine.url.render_as_string(hide_password=False)
    command.downgrade(alembic_config(url, MIGRATIONS), HEAD_BEFORE)
    migrate(url, MIGRATIONS)
    assert published(engine) == before
    engine.dispose()


def moved(teacher: str) -> dict[str, str]:
    return {
        "teacher_id": f"{ONE}{teacher}",
        "from_urn": "100001",
        "to_urn": "140001",
        "role": "maths_lead",
        "moved_on": "2025-09-01",
        "reason": "succession",
    }


def test_what_is_carried_on_and_corrected_is_noted(engine: sa.Engine) -> None:
    links = rows(engine, "SELECT urn, announced_on::text, followed FROM school_links ORDER BY urn")
    assert links == [
        ("100001", "2025-09-03", False),
        ("100002", "2025-09-11", False),
        ("100003", "2025-09-01", False),
        ("100004", None, False),
    ]
    trail = "SELECT right(teacher_id::text, 1), old_urn, new_urn, corrected_by FROM membership_corrections"
    assert rows(engine, trail) == [("4", "100002", "140002", "upgrade")]
    touched = "SELECT right(id::text, 1) FROM teachers WHERE changed_by = 'upgrade' ORDER BY id"
    assert rows(engine, touched) == [("1",), ("4",), ("5",)]
    engine.dispose()
