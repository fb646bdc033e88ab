"""Reads and writes schools of the register in bulk, and the record of imports."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, cast, func, select, text
from sqlalchemy.orm import Session

from hub_enrolment.domain.findings import Finding
from hub_enrolment.domain.gias_changes import COMPARED
from hub_enrolment.domain.gias_establishments import Establishment
from hub_enrolment.models import GiasFinding, GiasImport, School
from hub_enrolment.store.inserts import chunks, insert_rows
from hub_platform.database import made

LOCK_KEY: Final = 0x67696173  # "gias": one import at a time in this database
READ: Final = ("urn", *COMPARED, "last_changed")
COLUMNS: Final = tuple(getattr(School, name) for name in READ)


def lock_imports(session: Session) -> None:
    """Wait until no other import runs; the lock lasts until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})


def stored(session: Session, urns: Sequence[str]) -> dict[str, Establishment]:
    """Return the stored schools among these, by URN, as the last import left them."""
    known: dict[str, Establishment] = {}
    for part in chunks(urns):
        rows = session.execute(select(*COLUMNS).where(School.urn == func.any(cast(part, ARRAY(Text)))))
        known |= {row.urn: Establishment(**dict(zip(READ, row, strict=True))) for row in rows}
    return known


def save_schools(session: Session, schools: Iterable[Establishment], *, now: datetime, by: str) -> None:
    """Insert or update schools; columns that the hub adds stay."""
    columns = (*COMPARED, "last_changed", "changed_at", "changed_by")
    _write(session, _rows(schools, now=now, by=by), columns, change=1)


def confirm_schools(session: Session, schools: Iterable[Establishment], *, now: datetime, by: str) -> None:
    """Store the later checking date of unchanged schools."""
    _write(session, _rows(schools, now=now, by=by), ("last_changed",), change=0)


def list_imports() -> Select[GiasImport]:
    """Select the applied imports."""
    return select(GiasImport)


def list_findings(import_id: UUID) -> Select[GiasFinding]:
    """Select the findings of one import."""
    return select(GiasFinding).where(GiasFinding.import_id == import_id)


def save_findings(session: Session, import_id: UUID, findings: Iterable[Finding]) -> None:
    """Store the findings of an import, numbered from 1."""
    numbered = ({"import_id": import_id, "number": n} | vars(one) for n, one in enumerate(findings, start=1))
    for rows in chunks(numbered):
        session.execute(insert_rows(GiasFinding, rows))


def _rows(schools: Iterable[Establishment], *, now: datetime, by: str) -> Iterator[dict[str, object]]:
    track = made(now, by)
    return ({name: getattr(school, name) for name in READ} | track for school in schools)


def _write(
    session: Session, rows: Iterable[dict[str, object]], columns: Iterable[str], *, change: int
) -> None:
    """Insert schools; for existing ones set `columns` and raise the revision by `change`."""
    for part in chunks(rows):
        statement = insert_rows(School, part)
        values: dict[str, object] = {name: statement.excluded[name] for name in columns}
        values["revision"] = School.revision + change
        session.execute(statement.on_conflict_do_update(index_elements=["urn"], set_=values))
