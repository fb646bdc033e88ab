"""Factories of enrolment's records; each test states only what matters to it."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.register_files import gias, row

from hub_enrolment.commands.enrolments import EnrolParticipant
from hub_enrolment.commands.imports import ImportGias
from hub_enrolment.commands.programmes import OpenProgramme
from hub_enrolment.commands.sessions import ScheduleSession
from hub_enrolment.commands.teachers import AppointLeader, RegisterTeacher
from hub_enrolment.commands.work_groups import OpenWorkGroup
from hub_enrolment.domain.enrolments import Places
from hub_enrolment.domain.gias_establishments import Establishment
from hub_enrolment.files.csv_text import read_table
from hub_enrolment.files.reading import RegisterFile
from hub_enrolment.handlers import imports, leaders, programmes, sessions, terms
from hub_enrolment.handlers.enrolments import enrol_participant
from hub_enrolment.models import GroupSession, LeaderRole, Programme, WorkGroup
from hub_enrolment.steps.registrations import register_teacher
from hub_messaging.tables import outbox

NOW = datetime(2025, 9, 20, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
OPENS = datetime(2025, 6, 1, tzinfo=UTC)
CLOSES = datetime(2025, 10, 1, tzinfo=UTC)
MEETS = datetime(2025, 10, 8, 12, 30, tzinfo=UTC)
BY = "tester"
HELD_ON = MEETS.date()
LATER = NOW + timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
DAY, MONTH = timedelta(days=1), timedelta(days=28)

PLACES = Places(
    status="recruiting",
    capacity=20,
    opens_at=OPENS,
    closes_at=CLOSES,
    max_per_school=None,
    taken=0,
    taken_by_school=0,
    held_by_teacher=False,
    school_seen=False,
)


def establishment(**changes: Any) -> Establishment:
    """A school as it is read."""
    values: dict[str, Any] = {
        "urn": "110623",
        "name": "Linton Heights",
        "laestab": 8732001,
        "la_code": "873",
        "la_name": "Cambridgeshire",
        "district_code": None,
        "district_name": None,
        "phase": "primary",
        "type_code": 1,
        "type_group": 4,
        "eligible": True,
        "status": "open",
        "open_date": None,
        "close_date": None,
        "trust_uid": None,
        "trust_name": None,
        "pupils": 210,
        "fsm_percent": 12.5,
        "ukprn": None,
        "postcode": None,
        "easting": None,
        "northing": None,
        "last_changed": date(2025, 5, 1),
    }
    return Establishment(**values | changes)


def read_file(raw: bytes) -> RegisterFile:
    """A file of the register as the route reads it, in this process."""
    return RegisterFile(read_table(raw), hashlib.sha256(raw).hexdigest())


def apply(
    session: Session, raw: bytes, *, now: datetime = NOW, file_date: date | None = None
) -> imports.Imported:
    """Import a file."""
    return imports.import_gias(
        session, ImportGias(apply=True, file_date=file_date), read_file(raw), now=now, by=BY
    )


def schools(session: Session, count: int = 1, **changes: str) -> list[str]:
    """Import that many schools and give their URNs."""
    rows = [row(**changes) for _ in range(count)]
    apply(session, gias(*rows))
    return [one["URN"] for one in rows]


def teacher(session: Session, school: str, *, now: datetime = NOW, **changes: Any) -> UUID:
    """Register a teacher."""
    values: dict[str, Any] = {
        "given": "Ada",
        "family": "Lovelace",
        "email": "ada@school.example",
        "urn": school,
        "role": "class_teacher",
        "trn": None,
        "trnless": False,
        "phase": None,
    }
    command = RegisterTeacher(**values | changes)
    return register_teacher(session, command, now=now, by=BY).teacher.id


def leader(session: Session, teacher_id: UUID, **changes: Any) -> LeaderRole:
    """Appoint a leader."""
    values: dict[str, Any] = {
        "teacher_id": teacher_id,
        "role": "work_group_lead",
        "core_leadership": False,
        "starts_on": date(2025, 9, 1),
        "ends_on": None,
    }
    return leaders.appoint_leader(session, AppointLeader(**values | changes), now=NOW, by=BY)


def programme(session: Session, **changes: Any) -> Programme:
    """Create a programme with usual limits."""
    values: dict[str, Any] = {
        "title": "Years 5 to 8 continuity",
        "academic_year": "2025/26",
        "strand": "continuity",
        "phases": ["primary", "secondary"],
        "ncp_code": None,
        "min_schools": 6,
        "min_teachers": 10,
        "max_teachers": 20,
        "max_per_school": None,
    }
    return programmes.open_programme(session, OpenProgramme(**values | changes), now=NOW, by=BY)


def group(session: Session, *, of: dict[str, Any] | None = None, **changes: Any) -> WorkGroup:
    """Open a work group of a programme of its own (`of`), led by a leader of its own."""
    values: dict[str, Any] = {
        "programme_id": programme(session, **of or {}).id,
        "title": "Proportion and ratio",
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "capacity": None,
        "mode": None,
        "venue": None,
    }
    if "lead_ids" not in changes:
        lead = teacher(session, schools(session)[0])
        leader(session, lead)
        values["lead_ids"] = [lead]
    return terms.open_work_group(session, OpenWorkGroup(**values | changes), now=NOW, by=BY).row


def enrol(
    session: Session, group_id: UUID, teacher_id: UUID, *, now: datetime = NOW, role: str = "participant"
) -> UUID:
    """Give a teacher a place."""
    command = EnrolParticipant(work_group_id=group_id, teacher_id=teacher_id, role=role)
    return enrol_participant(session, command, now=now, by=BY).id


def fill(session: Session, group_id: UUID, *, teachers_n: int, schools_n: int) -> list[UUID]:
    """Enrol that many new teachers of that many new schools; the enrolments' ids."""
    urns = schools(session, schools_n)
    return [enrol(session, group_id, teacher(session, urns[n % schools_n])) for n in range(teachers_n)]


def meeting(session: Session, group_id: UUID, *, starts_at: datetime = MEETS, **changes: Any) -> GroupSession:
    """Schedule a session of three hours, online unless told otherwise."""
    values: dict[str, Any] = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=3)}
    values |= {"mode": "online", "host_urn": None}
    command = ScheduleSession(work_group_id=group_id, **values | changes)
    return sessions.schedule_session(session, command, now=NOW, by=BY)


def events(session: Session, *types: str) -> list[tuple[str, dict[str, Any]]]:
    """Type and data of every event recorded, in their order; of these types when some are given."""
    statement = select(outbox.c.type, outbox.c.data).order_by(outbox.c.position)
    if types:
        statement = statement.where(outbox.c.type.in_(types))
    return [(type_, data) for type_, data in session.execute(statement)]
