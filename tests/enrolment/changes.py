"""The rows that a command changes, with their change times and accounts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy.orm import Session
from tests.enrolment.factories import LATER
from tests.support import changes
from tests.support.changes import Changes, Rows

from hub_enrolment.models import Base

T = TypeVar("T")
CHANGER: Final = "changer"
TRACKED: Final = {"revision", "changed_at", "changed_by"}
TABLES: Final = [table for table in Base.metadata.sorted_tables if table.name != "duplicates"]


def all_rows(session: Session) -> Rows:
    """Read every row of every table."""
    return changes.all_rows(session, TABLES)


def changes_of(session: Session, command: Callable[[], Any]) -> Changes:
    """Do something and tell what it did to the rows that there were."""
    return changes.changes_of(session, TABLES, command)


@dataclass(frozen=True)
class Case:
    """A command that is ready to be given, and the rows that it may change or delete, by table."""

    command: Callable[[], Any]
    expected: dict[str, int]
    at: datetime = LATER  # when it is given
    touched: str = ""  # the table of a row that stays as it is but for what belongs to it


def given(at: datetime = LATER) -> dict[str, Any]:
    """Return when and by whom a command is given."""
    return {"now": at, "by": CHANGER}


def two(session: Session, make: Callable[[Session], T]) -> T:
    """Make something twice and return the first; the second is the one that must stay as it is."""
    made = make(session)
    make(session)
    return made


def assert_tracked(session: Session, case: Case) -> None:
    """Check that a command changes what it may change, and that each row says who did it and when."""
    done = changes_of(session, case.command)
    assert done.counts() == case.expected
    for row in done.changed:
        before, after = done.before[row], done.after[row]
        if before.keys() >= TRACKED:
            assert after["revision"] > before["revision"], row
            assert (after["changed_by"], after["changed_at"]) == (CHANGER, case.at), row
            assert bool(done.columns(row) - TRACKED) is (row[0] != case.touched), row
