"""A school that becomes another one, as tests need it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session
from tests.enrolment.factories import NOW, apply
from tests.enrolment.register_files import CLOSED, gias, links, row, urn

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
