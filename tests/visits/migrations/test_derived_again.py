"""The migration that derives again what was derived before it was kept up to date."""

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import command
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_visits")
HEAD_BEFORE = "0005_calendars_published"
ONE = "00000000-0000-0000-0000-0000000000"
BY = "1, '2025-09-01T12:00Z', 'ada', '2025-09-01T12:00Z', 'ada'"
# 980001 is carried on by 980002 from 1 January, whose spring begins a week later. 980003 is in another trust
# since its assignment was settled: its autumn 2 ends earlier. 980004 has no calendar. Visits 1 to 4 have been
# logged; 1 was called late although Christmas lay between, 2 lies before the successor's term; 3 is as it
# should be; 4 is planned for the holidays of the trust; 5 was cancelled; 6 has no calendar.
BEFORE = """
INSERT INTO schools (urn, la_code, phase, status, trust_uid, facts_revision, closed_on, closed_revision,
                     successor_urn, successor_revision)
VALUES ('980001', '873', 'primary', 'closed', NULL, 2, '2025-12-31', 3, '980002', 4),
       ('980002', '873', 'primary', 'open', NULL, 1, NULL, 0, NULL, 0),
       ('980003', '873', 'primary', 'open', '3180', 2, NULL, 0, NULL, 0),
       ('980004', '926', 'primary', 'open', NULL, 1, NULL, 0, NULL, 0),
       ('980005', '926', 'primary', 'closed', NULL, 1, NULL, 2, '980004', 3);

INSERT INTO inbox (subscription, source, event_id, type, subject, state, received_at, attempts)
VALUES ('visits', '/hubs/cambridge/enrolment', 'ONE99', 'SchoolSucceeded', 'schools/980005', 'done',
        '2026-02-01T23:30Z', 0);

INSERT INTO calendars (id, scope, academic_year, revision, created_at, created_by, changed_at, changed_by)
VALUES ('ONE01', 'la:873', '2025/26', BY),
       ('ONE02', 'school:980002', '2025/26', BY),
       ('ONE03', 'trust:3180', '2025/26', BY);

INSERT INTO calendar_half_terms (calendar_id, n, starts_on, ends_on, non_school_days)
VALUES ('ONE01', 1, '2025-09-03', '2025-10-24', '{}'), ('ONE01', 2, '2025-11-03', '2025-12-19', '{}'),
       ('ONE01', 3, '2026-01-05', '2026-02-13', '{}'),
       ('ONE02', 1, '2025-09-03', '2025-10-24', '{}'), ('ONE02', 2, '2025-11-03', '2025-12-19', '{}'),
       ('ONE02', 3, '2026-01-12', '2026-02-13', '{}'),
       ('ONE03', 1, '2025-09-03', '2025-10-24', '{}'), ('ONE03', 2, '2025-11-03', '2025-12-12', '{}'),
       ('ONE03', 3, '2026-01-05', '2026-02-13', '{}');

INSERT INTO assignments (id, urn, pd_lead_id, programme, academic_year, starts_on, ends_on, kinds,
                         revision, created_at, created_by, changed_at, changed_by)
VALUES ('ONE11', '980001', 'ONE90', 'intensive', '2025/26', '2025-09-03', '2026-08-31', '{visit}', BY),
       ('ONE13', '980003', 'ONE90', 'intensive', '2025/26', '2025-12-01', '2026-08-31', '{visit}', BY),
       ('ONE14', '980004', 'ONE90', 'intensive', '2025/26', '2025-09-03', '2026-08-31', '{visit}', BY);

INSERT INTO obligations (assignment_id, half_term, kind, urn, pd_lead_id, starts_on, ends_on)
VALUES ('ONE11', '2025-1', 'visit', '980001', 'ONE90', '2025-09-03', '2025-10-24'),
       ('ONE11', '2025-2', 'visit', '980001', 'ONE90', '2025-11-03', '2025-12-19'),
       ('ONE11', '2025-3', 'visit', '980001', 'ONE90', '2026-01-05', '2026-02-13'),
       ('ONE13', '2025-2', 'visit', '980003', 'ONE90', '2025-11-03', '2025-12-19'),
       ('ONE13', '2025-3', 'visit', '980003', 'ONE90', '2026-01-05', '2026-02-13'),
       ('ONE14', '2025-1', 'visit', '980004', 'ONE90', '2025-09-03', '2025-10-24');

INSERT INTO visits (id, assignment_id, urn, pd_lead_id, kind, meets, status, planned_at, half_term,
                    out_of_term, happened_on, half_days, focus, people_met, late, logged_at, logged_by,
                    cancel_reason, revision, created_at, created_by, changed_at, changed_by)
VALUES
  ('ONE21', 'ONE11', '980001', 'ONE90', 'support', 'visit', 'logged', '2025-12-19T10:00Z', '2025-2',
   false, '2025-12-19', 1, '{}', '{}', true, '2026-01-05T10:00Z', 'ada', NULL,
   2, '2025-12-01T12:00Z', 'ada', '2026-01-05T10:00Z', 'ada'),
  ('ONE22', 'ONE11', '980001', 'ONE90', 'support', 'visit', 'logged', '2026-01-07T10:00Z', '2025-3',
   false, '2026-01-07', 1, '{}', '{}', false, '2026-01-08T10:00Z', 'ada', NULL,
   2, '2025-12-01T12:00Z', 'ada', '2026-01-08T10:00Z', 'ada'),
  ('ONE23', 'ONE11', '980001', 'ONE90', 'support', 'visit', 'logged', '2025-09-10T10:00Z', '2025-1',
   false, '2025-09-10', 1, '{}', '{}', false, '2025-09-10T15:00Z', 'ada', NULL,
   2, '2025-09-03T12:00Z', 'ada', '2025-09-10T15:00Z', 'ada'),
  ('ONE24', 'ONE13', '980003', 'ONE90', 'support', 'visit', 'planned', '2025-12-15T10:00Z', '2025-2',
   false, NULL, NULL, '{}', '{}', false, NULL, NULL, NULL,
   1, '2025-12-02T12:00Z', 'ada', '2025-12-02T12:00Z', 'ada'),
  ('ONE25', 'ONE13', '980003', 'ONE90', 'support', 'visit', 'cancelled', '2025-12-16T10:00Z', '2025-2',
   false, NULL, NULL, '{}', '{}', false, NULL, NULL, 'snow',
   2, '2025-12-02T12:00Z', 'ada', '2025-12-03T12:00Z', 'ada'),
  ('ONE26', 'ONE14', '980004', 'ONE90', 'support', 'visit', 'planned', '2025-09-15T10:00Z', '2025-1',
   false, NULL, NULL, '{}', '{}', false, NULL, NULL, NULL,
   1, '2025-09-03T12:00Z', 'ada', '2025-09-03T12:00Z', 'ada');
""".replace("BY", BY).replace("ONE", ONE)
PUBLISHED = "SELECT type, subject, revision, occurred_at, data FROM outbox ORDER BY position"
VISITS = "SELECT right(CAST(id AS text), 2), half_term, out_of_term, late, revision FROM visits ORDER BY id"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_derived_rows_are_recalculated_and_published_once(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, HEAD_BEFORE)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    migrate(url, MIGRATIONS)
    with engine.connect() as connection:
        told = connection.exec_driver_sql(PUBLISHED).all()
        visits = connection.exec_driver_sql(VISITS).all()
        facts = connection.exec_driver_sql(
            "SELECT urn, la_code, trust_uid FROM school_facts ORDER BY urn"
        ).all()
        received = connection.exec_driver_sql(
            "SELECT succeeded_on FROM schools WHERE urn = '980005'"
        ).scalar()
    assert visits == [
        ("21", "2025-2", False, False, 3),
        ("22", None, True, False, 3),
        ("23", "2025-1", False, False, 2),
        ("24", None, True, False, 2),
        ("25", "2025-2", False, False, 2),
        ("26", "2025-1", False, False, 1),
    ]
    recalculated = [event(row) for row in told if row.type == "VisitRecalculated"]
    assert sorted(recalculated) == [
        ("21", 1, at("2026-01-05T10:00"), "2025-2", False),
        ("22", 1, at("2026-01-08T10:00"), None, True),
        ("24", 1, at("2025-12-02T12:00"), None, True),
    ]
    settled = {row.data["assignment_id"][-2:]: row.data["obligations"] for row in told if len(row.data) > 5}
    assert {id_: [each["ends_on"] for each in owed] for id_, owed in settled.items()} == {
        "11": ["2025-10-24", "2025-12-19", "2026-02-13"],
        "13": ["2025-12-12", "2026-02-13"],
    }
    assert facts[2] == ("980003", "873", "3180")
    assert received == date(2026, 2, 1)

    command.downgrade(config, HEAD_BEFORE)
    migrate(url, MIGRATIONS)
    with engine.connect() as connection:
        assert connection.exec_driver_sql(PUBLISHED).all() == told
        assert connection.exec_driver_sql(VISITS).all() == visits
    engine.dispose()


def event(row: Any) -> tuple[str, int, datetime, str | None, bool]:
    data = row.data
    assert (row.subject, data["late"]) == (f"visits/{data['visit_id']}", False)
    return data["visit_id"][-2:], row.revision, row.occurred_at, data.get("half_term"), data["out_of_term"]
