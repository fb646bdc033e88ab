"""The migration to venues and joining links, from the head before and with rows in the tables."""

import pytest
import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate

ONE = "00000000-0000-0000-0000-00000000000"
BEFORE = (
    """
INSERT INTO programmes (id, title, academic_year, strand, phases, min_schools, min_teachers, max_teachers,
                        required_roles, min_attendance_percent, tasks_required, TRACKED)
VALUES ('ONE2', 'P', '2024/25', 'continuity', '{primary}', 6, 10, 20, '{}', 75, true, TRACK);

INSERT INTO work_groups (id, programme_id, title, status, capacity, opens_at, closes_at, venue, TRACKED)
SELECT id::uuid, 'ONE2', 'G', 'recruiting', 20, '2024-06-01Z', '2024-10-01Z', venue, TRACK
FROM (VALUES ('ONE3', NULL), ('ONE4', 'Ely, Room 2'), ('ONE5', E'Ely\r\nRoom  2')) AS given (id, venue);

INSERT INTO sessions (id, work_group_id, seq, starts_at, ends_at, mode, status, ics_sequence, TRACKED)
VALUES ('ONE6', 'ONE4', 1, '2024-10-08Z', '2024-10-09Z', 'online', 'scheduled', 0, TRACK)
""".replace("TRACKED", "revision, created_at, created_by, changed_at, changed_by")
    .replace("TRACK", "1, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'")
    .replace("ONE", ONE)
)
GROUPS = "SELECT venue, joining_link FROM work_groups ORDER BY id"
SESSIONS = "SELECT venue, joining_link FROM sessions"
REFUSED = (
    ("venue", "'Ely' || chr(10) || 'Room 2'"),
    ("venue", "repeat('x', 201)"),
    ("joining_link", "'http://meet.example'"),
    ("joining_link", "rpad('https://meet.example/', 2001, 'x')"),
)


def test_venues_stay_in_one_line_and_nothing_has_a_link(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, "0008_hub_clock")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    migrate(url, MIGRATIONS)
    with engine.begin() as connection:
        assert [tuple(one) for one in connection.exec_driver_sql(GROUPS)] == [
            (None, None),
            ("Ely, Room 2", None),
            ("Ely Room 2", None),
        ]
        assert [tuple(one) for one in connection.exec_driver_sql(SESSIONS)] == [(None, None)]
        for table in ("work_groups", "sessions"):
            connection.exec_driver_sql(
                f"UPDATE {table} SET venue = repeat('x', 200),"  # noqa: S608 - names of tables
                " joining_link = rpad('https://meet.example/', 2000, 'x')"
            )
    for table in ("work_groups", "sessions"):
        for column, value in REFUSED:
            with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
                connection.exec_driver_sql(f"UPDATE {table} SET {column} = {value}")  # noqa: S608 - of this file
    command.downgrade(config, "0008_hub_clock")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM work_groups").scalar_one() == 3
    engine.dispose()
