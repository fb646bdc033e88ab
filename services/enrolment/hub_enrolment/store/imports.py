"""Reading and writing the register in bulk."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, Text, cast, func, select, text
from sqlalchemy.orm import Session

from hub_enrolment.domain.gias_changes import KEPT
from hub_enrolment.domain.gias_establishments import Establishment
from hub_enrolment.models import School, Trust
from hub_enrolment.store.inserts import insert_rows
from hub_platform.database import made

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
    _write(session, schools, (*KEPT, "last_changed", "changed_at", "changed_by"), now=now, by=by, change=1)


def confirm_schools(session: Session, schools: Iterable[Establishment], *, now: datetime, by: str) -> None:
    """Note that the register has looked again and found the same."""
    _write(session, schools, ("last_changed",), now=now, by=by, change=0)


def save_trusts(session: Session, schools: Iterable[Establishment], *, now: datetime, by: str) -> None:
    """Write the trusts that these schools belong to."""
    names = {s.trust_uid: s.trust_name or s.trust_uid for s in schools if s.trust_uid is not None}
    if not names:
        return
    track = made(now, by)
    statement = insert_rows(Trust, [{"uid": uid, "name": names[uid]} | track for uid in sorted(names)])
    changed = {name: statement.excluded[name] for name in ("name", "changed_at", "changed_by")}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["uid"],
            set_=changed | {"revision": Trust.revision + 1},
            where=Trust.name != statement.excluded.name,
        )
    )


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
    rows = [vars(school) | track for school in schools]
    if rows:
        statement = insert_rows(School, rows)
        values: dict[str, Any] = {name: statement.excluded[name] for name in columns}
        values["revision"] = School.revision + change
        session.execute(statement.on_conflict_do_update(index_elements=["urn"], set_=values))
