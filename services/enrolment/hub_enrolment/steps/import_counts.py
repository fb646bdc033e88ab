"""Input and result of the importers of the register's files."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub_enrolment.domain.findings import Finding


@dataclass(frozen=True, kw_only=True)
class Run:
    """One import: its transaction, time and account."""

    session: Session
    file_date: date | None  # of the file, where the sender names it
    on: date  # the first day on which the file applies: its date, else today
    now: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The number of changes that a file makes, with its findings."""

    rows: int
    created: int
    changed: int
    unchanged: int
    closed: int = 0
    successors: int = 0
    skipped: int = 0
    findings: list[Finding]
    closing: frozenset[str] = frozenset()  # schools that the file closes
    concerned: frozenset[str] = frozenset()  # schools whose successor the file names
