"""The migrations to one rule for every endpoint, from the previous head and with rows in the tables."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_contracts.enrolment import SchoolEnrolled
from hub_messaging import outbox
from hub_platform.migrations import alembic_config, migrate

HEAD_BEFORE = "0019_successions_followed"
ONE = "00000000-0000-0000-0000-0000000000"
BEFORE = (
    """
INSERT INTO schools (urn, name, la_code, la_name, phase, type_code, type_group, eligible, status, TRACKED)
SELECT urn, 'A', '873', 'Cambridgeshire', 'primary', 1, 4, true, 'open', TRACK
FROM (VALUES ('100001'), ('100002'), ('100003')) AS given (urn);

INSERT INTO teachers (id, given, family, email, trnless, previous_names, contact_opt_out, given_key,
                      family_key, name_key, former_name_keys, former_trns, former_emails, TRACKED)
SELECT ('ONE' || n)::uuid, 'Ada', 'L', 'a@s.example', false, '{}', false, 'ada', 'l', 'adal', '{}',
       '{}', '{}', TRACK
FROM generate_series(11, 19) AS n;

INSERT INTO programmes (id, title, academic_year, strand, phases, min_schools, min_teachers, max_teachers,
                        required_roles, min_attendance_percent, tasks_required, TRACKED)
VALUES ('ONE20', 'P', '2024/25', 'continuity', '{primary}', 1, 1, 2, '{}', 75, true, TRACK);

INSERT INTO work_groups (id, programme_id, title, status, capacity, opens_at, closes_at, confirmed_at,
                         confirmed_by, override_reason, TRACKED)
SELECT ('ONE' || n)::uuid, 'ONE20', 'G', status, 9, '2024-06-01Z', '2024-10-01Z', confirmed_at::timestamptz,
       CASE WHEN confirmed_at IS NULL THEN NULL ELSE 'grace' END, reason, TRACK
FROM (VALUES (31, 'recruiting', NULL, NULL), (32, 'recruiting', NULL, NULL), (33, 'recruiting', NULL, NULL),
             (34, 'confirmed', '2024-09-20T09:00Z', 'Three schools share a teacher.'),
             (35, 'confirmed', '2024-09-20T09:00Z', 'Too few.'), (36, 'confirmed', '2024-09-20T09:00Z', NULL))
     AS given (n, status, confirmed_at, reason);

INSERT INTO sessions (id, work_group_id, seq, starts_at, ends_at, mode, status, ics_sequence, held_on,
                      TRACKED)
SELECT ('ONE' || n)::uuid, ('ONE' || of)::uuid, seq, '2024-10-08Z', '2024-10-09Z', 'online', status, 0,
       CASE WHEN status = 'completed' THEN DATE '2024-10-08' END, TRACK
FROM (VALUES (41, 31, 1, 'completed'), (42, 31, 2, 'scheduled'), (43, 32, 1, 'completed'),
             (44, 33, 1, 'scheduled')) AS given (n, of, seq, status);

INSERT INTO enrolments (id, work_group_id, teacher_id, urn, role, status, enrolled_at, withdrawn_at,
                        withdrawn_reason, TRACKED)
SELECT ('ONE' || n)::uuid, ('ONE' || of)::uuid, ('ONE' || who)::uuid, urn, role, status, '2024-09-01T08:00Z',
       gone::timestamptz, CASE WHEN gone IS NULL THEN NULL ELSE 'workload' END, TRACK
FROM (VALUES (51, 34, 11, '100001', 'lead_participant', 'active', NULL),
             (52, 34, 12, '100001', 'lead_participant', 'active', NULL),
             (53, 34, 13, '100002', 'lead_participant', 'withdrawn', '2024-09-05T08:00Z'),
             (54, 34, 14, '100003', 'participant', 'active', NULL),
             (55, 35, 15, '100001', 'participant', 'active', NULL),
             (56, 36, 11, '100001', 'participant', 'active', NULL),
             (57, 36, 12, '100001', 'participant', 'active', NULL),
             (58, 36, 13, '100002', 'participant', 'active', NULL)
     ) AS given (n, of, who, urn, role, status, gone);

INSERT INTO waiting_list (id, work_group_id, seq, teacher_id, urn, role, status, offered_at, expires_at,
                          TRACKED)
VALUES ('ONE61', 'ONE34', 1, 'ONE16', '100002', 'participant', 'offered', '2024-09-20Z', '2024-09-29Z',
        TRACK);

INSERT INTO applications (id, work_group_id, urn, status, head_agreed_by, head_agreed_at, agreement_version,
                          submitted_at, decided_at, decided_by, TRACKED)
VALUES ('ONE71', 'ONE34', '100003', 'accepted', 'H', '2024-08-01Z', '2024.1', '2024-08-02Z',
        '2024-09-02T10:00Z', 'grace', TRACK)
""".replace("TRACKED", "revision, created_at, created_by, changed_at, changed_by")
    .replace("TRACK", "1, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'")
    .replace("ONE", ONE)
)
GROUPS = (
    "SELECT right(id::text, 2), status, allowed_teachers, allowed_by, allowed_reason"
    " FROM work_groups ORDER BY id"
)


def joined(group: int, urn: str, leads_n: int, agreement: str | None = None) -> SchoolEnrolled:
    return SchoolEnrolled(
        work_group_id=f"{ONE}{group}",  # type: ignore[arg-type]
        urn=urn,
        academic_year="2024/25",
        lead_participants_n=leads_n,
        agreement_version=agreement,
    )


@pytest.fixture(name="engine")
def _engine(postgres: PostgresServer) -> Any:
    url = postgres.new_database()
    command.upgrade(alembic_config(url, MIGRATIONS), HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    yield engine
    engine.dispose()


def test_a_group_that_has_met_runs_and_what_was_overridden_stays_allowed(engine: sa.Engine) -> None:
    for _ in range(2):
        migrate(engine.url.render_as_string(hide_password=False), MIGRATIONS)
        with engine.connect() as connection:
            assert [tuple(row) for row in connection.exec_driver_sql(GROUPS)] == [
                ("31", "running", None, None, None),
                ("32", "running", None, None, None),
                ("33", "recruiting", None, None, None),
                ("34", "confirmed", 4, "grace", "Three schools share a teacher."),
                ("35", "confirmed", None, None, None),
                ("36", "confirmed", None, None, None),  # beyond the maximum without a reason: it stays so
            ]
        config = alembic_config(engine.url.render_as_string(hide_password=False), MIGRATIONS)
        command.downgrade(config, HEAD_BEFORE)


def test_numbers_that_are_out_of_date_are_published_once(engine: sa.Engine) -> None:
    at = datetime(2024, 9, 1, 8, 0, tzinfo=UTC)
    published = [
        joined(34, "100001", 1),
        joined(34, "100002", 1),
        joined(35, "100001", 0),
        joined(36, "100001", 0),
        joined(36, "100002", 0),
    ]
    with engine.begin() as connection:
        outbox.record_each(connection, [(event, at) for event in published])
    for _ in range(2):
        migrate(engine.url.render_as_string(hide_password=False), MIGRATIONS)
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT data ->> 'urn', (data ->> 'lead_participants_n')::int, data ->> 'agreement_version',"
                " occurred_at, revision FROM outbox WHERE type = 'SchoolEnrolled' ORDER BY position"
            ).all()
        assert [tuple(row) for row in rows[len(published) :]] == [
            ("100001", 2, None, at, 3),
            ("100003", 0, "2024.1", datetime(2024, 9, 2, 10, 0, tzinfo=UTC), 4),
            ("100002", 0, None, datetime(2024, 9, 5, 8, 0, tzinfo=UTC), 5),
        ]
        config = alembic_config(engine.url.render_as_string(hide_password=False), MIGRATIONS)
        command.downgrade(config, HEAD_BEFORE)
