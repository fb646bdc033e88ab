"""Reading and writing the register in bulk."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, Text, cast, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_enrolment.domain.gias_changes import KEPT
from hub_enrolment.domain.gias_establishments import Establishment
from hub_enrolment.models import School, Trust
from hub_enrolment.models.base import made

LOCK_KEY: Final = 0x67696173  # "gias": one import at a time in this database
READ: Final = ("urn", *KEPT, "last_changed")
COLUMNS: Final = tuple(getattr(School, name) for name in READ)


def lock_imports(session: Session) -> None:
    """Wait until no other import runs; held until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})


def stored(session: Session, urns: Sequence[str]) -> dict[str, Establishment]:
    """The schools that are known of these, as the register had them."""
    asked = cast(list(urns), ARRAY(Text))
    rows = session.execute(select(*COLUMNS).where(School.urn == func.any(asked)))
    return {row.urn: Establishment(**dict(zip(READ, row, strict=True))) for row in rows}


def save_schools(session: Session, schools: Iterable[Establishment], *, now: datetime, by: str) -> None:
    """Write new and changed schools; what the hub has added to a school stays."""
    statement = insert(School)
    changed = {name: statement.excluded[name] for name in (*KEPT, "last_changed", "changed_at", "changed_by")}
    _write(session, statement, changed | {"revision": School.revision + 1}, schools, now=now, by=by)


def confirm_schools(session: Session, schools: Iterable[Establishment], *, now: datetime, by: str) -> None:
    """Note that the register has looked again and found the same."""
    statement = insert(School)
    _write(session, statement, {"last_changed": statement.excluded.last_changed}, schools, now=now, by=by)


def save_trusts(session: Session, schools: Iterable[Establishment], *, now: datetime, by: str) -> None:
    """Write the trusts that these schools belong to."""
    names = {s.trust_uid: s.trust_name or s.trust_uid for s in schools if s.trust_uid is not None}
    if not names:
        return
    statement = insert(Trust)
    changed = {name: statement.excluded[name] for name in ("name", "changed_at", "changed_by")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["uid"],
            set_=changed | {"revision": Trust.revision + 1},
            where=Trust.name != statement.excluded.name,
        ),
        [{"uid": uid, "name": name, **made(now, by)} for uid, name in sorted(names.items())],
    )


def _write(
    session: Session,
    statement: Any,
    changed: dict[str, Any],
    schools: Iterable[Establishment],
    *,
    now: datetime,
    by: str,
) -> None:
    track = made(now, by)
    rows = [asdict(school) | track for school in schools]
    if rows:
        upsert = statement.on_conflict_do_update(index_elements=["urn"], set_=changed)
        session.connection().execute(upsert, rows)
