"""The migration to the times of offers' e-mails, from the previous head and with rows in the table."""

import importlib
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import command
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_contracts import EVENTS
from hub_platform.migrations import alembic_config, migrate

TRACKED = "revision, created_at, created_by, changed_at, changed_by"
TRACK = "1, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'"
JOINED = datetime(2025, 1, 1, 12, 0, tzinfo=UTC)
OFFERED = datetime(2025, 6, 28, 9, 0, tzinfo=UTC)
ONE = "00000000-0000-0000-0000-00000000000"
BEFORE = (
    """
INSERT INTO schools (urn, name, la_code, la_name, phase, type_code, type_group, eligible, status, TRACKED)
VALUES ('100001', 'A', '873', 'Cambridgeshire', 'primary', 1, 4, true, 'open', TRACK);

INSERT INTO teachers (id, given, family, email, trnless, previous_names, contact_opt_out, TRACKED)
VALUES ('ONE1', 'Ada', 'Lovelace', 'ada@school.example', false, '{}', false, TRACK);

INSERT INTO programmes (id, title, academic_year, strand, phases, min_schools, min_teachers, max_teachers,
                        required_roles, min_attendance_percent, tasks_required, TRACKED)
VALUES ('ONE2', 'P', '2024/25', 'continuity', '{primary}', 6, 10, 20, '{}', 75, true, TRACK);

INSERT INTO work_groups (id, programme_id, title, status, capacity, opens_at, closes_at, TRACKED)
SELECT id::uuid, 'ONE2', 'G', 'running', 20, '2024-06-01Z', '2024-10-01Z', TRACK
FROM (VALUES ('ONE3'), ('ONE4')) AS given (id);

INSERT INTO waiting_list (id, work_group_id, seq, teacher_id, urn, role, status, offered_at, expires_at,
                          TRACKED)
SELECT id::uuid, group_id::uuid, seq, 'ONE1', '100001', 'participant', status, offered_at::timestamptz,
       offered_at::timestamptz + interval '7 days', TRACK
FROM (VALUES ('ONE5', 'ONE3', 1, 'expired', '2025-06-28T09:00Z'),
             ('ONE6', 'ONE3', 2, 'offered', '2025-06-28T09:00Z'),
             ('ONE7', 'ONE4', 1, 'left', NULL), ('ONE8', 'ONE4', 2, 'waiting', NULL))
     AS given (id, group_id, seq, status, offered_at)
""".replace("TRACKED", TRACKED)
    .replace("TRACK", TRACK)
    .replace("ONE", ONE)
)
RECORDED = (
    "SELECT type, subject, revision, occurred_at, published_at, data FROM outbox ORDER BY subject, revision"
)


def published(number: int, group: int, *, offered: bool = False) -> list[tuple[object, ...]]:
    """Return the events of an open entry, by the last digits of its id and of its group's."""
    subject = f"waiting-list/{ONE}{number}"
    data = {"waiting_id": f"{ONE}{number}", "work_group_id": f"{ONE}{group}", "teacher_id": f"{ONE}1"}
    data |= {"urn": "100001"}
    joined = ("WaitingListJoined", subject, 1, JOINED, None, data)
    restated = data | {"expires_at": "2025-07-05T09:00:00Z"}
    return [joined, *[("PlaceOfferExtended", subject, 2, OFFERED, None, restated)] * offered]


def test_offers_count_as_told_when_they_were_made_and_open_entries_are_published_once(
    postgres: PostgresServer,
) -> None:
    url = postgres.new_database()
    config = alembic_config(url, MIGRATIONS)
    command.upgrade(config, "0012_hub_contact")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(BEFORE)
    migrate(url, MIGRATIONS)
    expected = [*published(6, 3, offered=True), *published(8, 4)]
    with engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT status, told_at FROM waiting_list ORDER BY id")
        assert [tuple(one) for one in told] == [
            ("expired", OFFERED),
            ("offered", OFFERED),
            ("left", None),
            ("waiting", None),
        ]
        recorded = [tuple(one) for one in connection.exec_driver_sql(RECORDED)]
        assert recorded == expected
        assert {EVENTS[one[0]].from_data(one[-1]).subject for one in recorded} == {
            f"waiting-list/{ONE}6",
            f"waiting-list/{ONE}8",
        }

    step = importlib.import_module("hub_enrolment.migrations.versions.0013_offers_told")
    with engine.begin() as connection:
        assert step.record_open_entries(connection) == 0
    command.downgrade(config, "0012_hub_contact")
    migrate(url, MIGRATIONS)
    with engine.connect() as connection:
        assert [tuple(one) for one in connection.exec_driver_sql(RECORDED)] == expected
    engine.dispose()
