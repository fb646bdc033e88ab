"""A school that becomes another one, as tests need it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import NOW, apply
from tests.enrolment.register_files import CLOSED, gias, links, row, urn

from hub_enrolment.models import SchoolMembership

EARLIER = datetime(2025, 6, 10, 9, tzinfo=UTC)
SUMMER = EARLIER.date()
LAST_DAY = date(2025, 8, 31)  # as CLOSED says
FIRST_DAY = date(2025, 9, 1)


@dataclass(frozen=True)
class Pair:
    """A school that closes, and the one that carries on its work."""

    old: str
    new: str

    def close(self, session: Session, *, now: datetime = NOW, link: bool = True) -> None:
        """Import that the first has closed, and which school follows it."""
        apply(session, gias(row(URN=self.old, **CLOSED)), now=now)
        if link:
            apply(session, links((self.old, self.new, "Successor", "01-09-2025")), now=now)


def pair(session: Session, *, new: str | None = None) -> Pair:
    """Import two open schools."""
    found = Pair(urn(), new or urn())
    apply(session, gias(row(URN=found.old), *([] if new else [row(URN=found.new)])))
    return found


def posts(session: Session, teacher_id: UUID) -> list[tuple[str, date, date | None]]:
    """School, first and last day of each membership of a teacher, the oldest first."""
    session.expire_all()
    rows = session.execute(
        select(SchoolMembership.urn, SchoolMembership.starts_on, SchoolMembership.ends_on)
        .where(SchoolMembership.teacher_id == teacher_id)
        .order_by(SchoolMembership.starts_on)
    )
    return [(school, starts_on, ends_on) for school, starts_on, ends_on in rows]
