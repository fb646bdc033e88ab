"""Reading and writing the register in bulk."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
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
    """Wait until no other import runs; held until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})


def stored(session: Session, urns: Sequence[str]) -> dict[str, Establishment]:
    """The schools that are known of these, as the register had them."""
    known: dict[str, Establishment] = {}
    for part in chunks(urns):
        rows = session.execute(select(*COLUMNS).where(School.urn == func.any(cast(part, ARRAY(Text)))))
        known |= {row.urn: Establishment(**dict(zip(READ, row, strict=True))) for row in rows}
    return known


def save_schools(session: Session, schools: Iterable[Establishment], *, now: datetime, by: str) -> None:
    """Write new and changed schools; what the hub has added to a school stays."""
    _write(
        session, schools, (*COMPARED, "last_changed", "changed_at", "changed_by"), now=now, by=by, change=1
    )


def confirm_schools(session: Session, schools: Iterable[Establishment], *, now: datetime, by: str) -> None:
    """Note that the register has looked again and found the same."""
    _write(session, schools, ("last_changed",), now=now, by=by, change=0)


def list_imports() -> Select[GiasImport]:
    """The files that were applied."""
    return select(GiasImport)


def list_findings(import_id: UUID) -> Select[GiasFinding]:
    """What was found in one of them."""
    return select(GiasFinding).where(GiasFinding.import_id == import_id)


def save_findings(session: Session, import_id: UUID, findings: Iterable[Finding]) -> None:
    """Keep what was found in a file."""
    numbered = ({"import_id": import_id, "number": n} | vars(one) for n, one in enumerate(findings, start=1))
    for rows in chunks(numbered):
        session.execute(insert_rows(GiasFinding, rows))


def _write(
    session: Session,
    schools: Iterable[Establishment],
    columns: Iterable[str],
    *,
    now: datetime,
    by: str,
    change: int,
) -> None:
    """Insert schools; of those that there are, set some columns and raise the revision by `change`."""
    track = made(now, by)
    for rows in chunks({name: getattr(school, name) for name in READ} | track for school in schools):
        statement = insert_rows(School, rows)
        values: dict[str, Any] = {name: statement.excluded[name] for name in columns}
        values["revision"] = School.revision + change
        session.execute(statement.on_conflict_do_update(index_elements=["urn"], set_=values))
