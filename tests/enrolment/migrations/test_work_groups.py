"""The migration to groups that end, from the head before and with rows in the tables."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate

TRACKED = "revision, created_at, created_by, changed_at, changed_by"
TRACK = "1, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'"
CHANGED = datetime(2025, 6, 30, 23, 30, tzinfo=UTC)
ONE = "00000000-0000-0000-0000-00000000000"
BEFORE = (
    """
INSERT INTO schools (urn, name, la_code, la_name, phase, type_code, type_group, eligible, status, TRACKED)
VALUES ('100001', 'A', '873', 'Cambridgeshire', 'primary', 1, 4, true, 'open', TRACK);

INSERT INTO teachers (id, given, family, email, trnless, previous_names, contact_opt_out,
                      TRACKED)
VALUES ('ONE1', 'Ada', 'Lovelace', 'ada@school.example', false, '{}', false, TRACK);

INSERT INTO programmes (id, title, academic_year, strand, phases, min_schools, min_teachers, max_teachers,
                        TRACKED)
VALUES ('ONE2', 'P', '2024/25', 'continuity', '{primary}', 6, 10, 20, TRACK);

INSERT INTO work_groups (id, programme_id, title, status, capacity, opens_at, closes_at, TRACKED)
SELECT id::uuid, 'ONE2', 'G', status, 20, '2024-06-01Z', '2024-10-01Z', TRACK
FROM (VALUES ('ONE3', 'closed'), ('ONE4', 'cancelled'), ('ONE5', 'running')) AS given (id, status);

INSERT INTO enrolments (id, work_group_id, teacher_id, urn, role, status, enrolled_at, TRACKED)
SELECT id::uuid, group_id::uuid, 'ONE1', '100001', 'participant', status, '2024-09-01Z', TRACK
FROM (VALUES ('ONE6', 'ONE3', 'completed'), ('ONE7', 'ONE4', 'transferred'),
             ('ONE8', 'ONE5', 'active')) AS given (id, group_id, status)
""".replace("TRACKED", TRACKED)
    .replace("TRACK", TRACK)
    .replace("ONE", ONE)
)
GROUPS = """
SELECT status, cancelled_at, cancelled_by, cancelled_reason, closed_at, closed_by, evaluation_submitted_on
FROM work_groups ORDER BY id
"""
PLACES = "SELECT status, withdrawn_at, withdrawn_reason, completion_decided_at FROM enrolments ORDER BY id"
PROGRAMMES = """
SELECT prerequisite_strand, required_roles, min_attendance_percent, tasks_required FROM programmes
"""


def test_groups_and_places_keep_what_is_known_of_how_they_ended(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, "0006_people_merged")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    migrate(url, MIGRATIONS)
    with engine.connect() as connection:
        assert [tuple(one) for one in connection.exec_driver_sql(GROUPS)] == [
            ("closed", None, None, None, CHANGED, "grace", date(2025, 7, 1)),
            ("cancelled", CHANGED, "grace", "other", None, None, None),
            ("running", *[None] * 6),
        ]
        assert [tuple(one) for one in connection.exec_driver_sql(PLACES)] == [
            ("completed", None, None, CHANGED),
            ("transferred", CHANGED, "transferred", None),
            ("active", None, None, None),
        ]
        assert [tuple(one) for one in connection.exec_driver_sql(PROGRAMMES)] == [(None, [], 75, True)]
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE enrolments SET status = 'not_completed', completion_decided_at = now()"
            " WHERE status = 'active'"
        )
    command.downgrade(config, "0006_people_merged")
    with engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT status, withdrawn_reason FROM enrolments ORDER BY id")
        assert [tuple(one) for one in told] == [
            ("completed", None),
            ("withdrawn", "other"),
            ("active", None),
        ]
    engine.dispose()
