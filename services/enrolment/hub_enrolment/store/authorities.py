"""Reads and writes placements of schools (authority, district, phase over time) in bulk."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ARRAY, Select, Text, cast, delete, func, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.authorities import FACTS, Placement
from hub_enrolment.models import SchoolPlacement
from hub_enrolment.store.inserts import chunks, insert_rows

COLUMNS: Final = (*FACTS, "starts_on", "ends_on")


def list_placements(urn: str) -> Select[SchoolPlacement]:
    """Select the placements of a school."""
    return select(SchoolPlacement).where(SchoolPlacement.urn == urn)


def placements(session: Session, urns: Iterable[str]) -> dict[str, list[Placement]]:
    """Return the placements of each school, the oldest first."""
    columns = [getattr(SchoolPlacement, name) for name in ("urn", *COLUMNS)]
    found: dict[str, list[Placement]] = {}
    for part in chunks(urns):
        statement = select(*columns).where(SchoolPlacement.urn == func.any(cast(part, ARRAY(Text))))
        rows = session.execute(statement.order_by(SchoolPlacement.urn, SchoolPlacement.starts_on))
        for urn, *values in rows:
            found.setdefault(urn, []).append(Placement(**dict(zip(COLUMNS, values, strict=True))))
    return found


def begin(session: Session, schools: Iterable[tuple[str, Placement]], *, now: datetime, by: str) -> None:
    """Insert placements; no school has one of the same days."""
    track = {"changed_at": now, "changed_by": by}
    for part in chunks(schools):
        rows = [{"urn": urn} | vars(placement) | track for urn, placement in part]
        session.execute(insert_rows(SchoolPlacement, rows))


def replace(
    session: Session, histories: Mapping[str, Sequence[Placement]], *, now: datetime, by: str
) -> None:
    """Replace all placements of these schools."""
    for part in chunks(histories):
        asked = func.any(cast(part, ARRAY(Text)))
        session.execute(delete(SchoolPlacement).where(SchoolPlacement.urn == asked))
    given = ((urn, one) for urn, history in histories.items() for one in history)
    begin(session, given, now=now, by=by)
