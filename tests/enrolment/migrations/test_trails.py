"""The migrations that bring trails of corrections, each from the head before and with rows in the tables."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import IntegrityError
from tests.enrolment.conftest import MIGRATIONS
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate

TRACKED = "revision, created_at, created_by, changed_at, changed_by"
TRACK = "1, '2025-01-01T12:00Z', 'ada', '2025-06-30T23:30Z', 'grace'"
ONE = "00000000-0000-0000-0000-00000000000"
# As at 0014: a place that was withdrawn, a PD day with a registration, a locked register with a correction.
BEFORE = (
    """
INSERT INTO schools (urn, name, la_code, la_name, phase, type_code, type_group, eligible, status, TRACKED)
SELECT urn, 'A', '873', 'Cambridgeshire', 'primary', 1, 4, true, 'open', TRACK
FROM (VALUES ('100001'), ('100002')) AS given (urn);

INSERT INTO teachers (id, given, family, email, trnless, previous_names, contact_opt_out, TRACKED)
VALUES ('ONE1', 'Ada', 'Lovelace', 'ada@school.example', false, '{}', false, TRACK);

INSERT INTO school_memberships (id, teacher_id, urn, role, starts_on, ends_on, TRACKED)
VALUES ('ONE9', 'ONE1', '100001', 'ta', '2024-09-01', NULL, TRACK);

INSERT INTO programmes (id, title, academic_year, strand, phases, min_schools, min_teachers, max_teachers,
                        required_roles, min_attendance_percent, tasks_required, TRACKED)
VALUES ('ONE2', 'P', '2024/25', 'continuity', '{primary}', 6, 10, 20, '{}', 75, true, TRACK);

INSERT INTO work_groups (id, programme_id, title, status, capacity, opens_at, closes_at, TRACKED)
VALUES ('ONE3', 'ONE2', 'G', 'running', 20, '2024-06-01Z', '2024-10-01Z', TRACK);

INSERT INTO enrolments (id, work_group_id, teacher_id, urn, role, status, enrolled_at, withdrawn_at,
                        withdrawn_reason, TRACKED)
VALUES ('ONE4', 'ONE3', 'ONE1', '100001', 'participant', 'withdrawn', '2024-09-20Z', '2024-11-01Z',
        'workload', TRACK);

INSERT INTO sessions (id, work_group_id, seq, starts_at, ends_at, mode, status, ics_sequence, held_on,
                      TRACKED)
VALUES ('ONE5', 'ONE3', 1, '2024-10-08T12:30Z', '2024-10-08T15:30Z', 'online', 'completed', 0, '2024-10-08',
        TRACK);

INSERT INTO attendances (session_id, enrolment_id, mark, marked_at, marked_by)
VALUES ('ONE5', 'ONE4', 'present', '2024-10-08Z', 'ada');

INSERT INTO attendance_corrections (id, session_id, enrolment_id, old, new, reason, corrected_at,
                                    corrected_by)
VALUES ('ONE6', 'ONE5', 'ONE4', 'absent', 'present', 'evidence_seen', '2024-11-01Z', 'ada');

INSERT INTO pd_days (id, kind, theme, day, closes_at, status, TRACKED)
VALUES ('ONE7', 'pd_day', 'ratio', '2025-06-01', '2025-05-31T23:00Z', 'open', TRACK);

INSERT INTO pd_day_registrations (pd_day_id, teacher_id, registered_at, registered_by)
VALUES ('ONE7', 'ONE1', '2025-03-31T22:30Z', 'ada')
""".replace("TRACKED", TRACKED)
    .replace("TRACK", TRACK)
    .replace("ONE", ONE)
)
UNDONE = f"""
INSERT INTO undone_withdrawals (id, enrolment_id, withdrawn_at, withdrawn_reason, undone_at, undone_by, note)
VALUES ('{ONE}8', '{ONE}4', '2024-11-01Z', 'REASON', 'UNDONE', 'ada', 'The wrong Ada.')
"""  # noqa: S608 - no value from outside
CORRECTED = f"""
INSERT INTO membership_corrections (id, teacher_id, membership_id, old_urn, old_role, old_starts_on, new_urn,
    new_role, new_starts_on, enrolment_ids, note, corrected_at, corrected_by)
VALUES ('{ONE}8', '{ONE}1', '{ONE}9', '100001', 'ta', '2024-09-01', '100002', 'ROLE', '2024-09-01',
    '{{{ONE}4}}', 'Typed wrongly.', '2024-11-01Z', 'ada')
"""  # noqa: S608 - no value from outside


class Migrated:
    """A database with the rows of before, that goes up and down."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.to("0014_names_on_one_line")
        self.run(BEFORE)

    def to(self, revision: str) -> None:
        """Upgrade to a revision."""
        command.upgrade(alembic_config(self.url, MIGRATIONS), revision)

    def back(self, revision: str) -> None:
        """Downgrade to a revision."""
        command.downgrade(alembic_config(self.url, MIGRATIONS), revision)

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Run statements; the rows of the last one."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            result = connection.exec_driver_sql(statement)
            rows = [tuple(row) for row in result] if result.returns_rows else []
        engine.dispose()
        return rows

    def refuses(self, statement: str) -> bool:
        """Whether a constraint refuses a statement."""
        with pytest.raises(IntegrityError):
            self.run(statement)
        return True


@pytest.fixture(name="known")
def _known(postgres: PostgresServer) -> Migrated:
    return Migrated(postgres.new_database())


def test_a_withdrawal_of_before_can_be_undone_with_a_trail(known: Migrated) -> None:
    known.to("0015_undone_withdrawals")
    place = "SELECT status, withdrawn_reason FROM enrolments"
    assert known.run(place) == [("withdrawn", "workload")]
    undone = UNDONE.replace("UNDONE", "2024-11-02Z")
    assert known.refuses(undone.replace("REASON", "boredom"))
    assert known.refuses(UNDONE.replace("UNDONE", "2024-10-31Z").replace("REASON", "workload"))
    assert known.refuses(undone.replace("REASON", "workload").replace(f"{ONE}4", f"{ONE}0"))
    known.run(undone.replace("REASON", "workload"))
    known.back("0014_names_on_one_line")
    assert known.run(place) == [("withdrawn", "workload")]
    known.to("0015_undone_withdrawals")
    assert known.run("SELECT count(*) FROM undone_withdrawals") == [(0,)]


def test_a_membership_of_before_can_be_corrected_with_a_trail(known: Migrated) -> None:
    known.to("0016_programme_changes")
    known.to("0017_corrected_memberships")
    registrations = "SELECT pd_day_id::text, urn FROM pd_day_registrations"
    assert known.run(registrations) == [(f"{ONE}7", None)]
    assert known.refuses(CORRECTED.replace("ROLE", "wizard"))
    assert known.refuses(CORRECTED.replace("ROLE", "ta").replace("100002", "100009"))
    known.run(CORRECTED.replace("ROLE", "maths_lead"))
    known.run("UPDATE pd_day_registrations SET urn = '100002'")
    assert known.refuses("UPDATE pd_day_registrations SET urn = '100009'")
    known.back("0016_programme_changes")
    known.to("0017_corrected_memberships")
    assert known.run(registrations) == [(f"{ONE}7", None)]
    assert known.run("SELECT urn FROM school_memberships") == [("100001",)]


def test_corrections_of_before_have_followed_nothing_and_changed_marks_only(known: Migrated) -> None:
    known.to("0017_corrected_memberships")
    known.run(CORRECTED.replace("ROLE", "ta"))
    trail = "SELECT leader_role_ids, waiting_entry_ids, pd_day_ids FROM membership_corrections"
    added = f"""
    INSERT INTO attendance_corrections (id, session_id, enrolment_id, new, reason, corrected_at, corrected_by)
    VALUES ('{ONE}9', '{ONE}5', '{ONE}4', 'late', 'evidence_seen', '2024-11-02Z', 'ada')
    """  # noqa: S608 - no value from outside
    assert known.refuses(added)
    for _ in range(2):
        migrate(known.url, MIGRATIONS)
        assert known.run(trail) == [([], [], [])]
        assert known.run("SELECT different_from FROM teachers") == [([],)]
        known.run(added)
        assert known.run("SELECT old, new FROM attendance_corrections ORDER BY id") == [
            ("absent", "present"),
            (None, "late"),
        ]
        known.back("0022_school_calendars")
        assert known.run("SELECT old, new FROM attendance_corrections") == [("absent", "present")]
