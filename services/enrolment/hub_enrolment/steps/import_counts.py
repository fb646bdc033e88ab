"""What the importers of the register's files are given, and what they give back."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub_enrolment.domain.findings import Finding


@dataclass(frozen=True, kw_only=True)
class Run:
    """One import: the transaction, when it is and who does it."""

    session: Session
    file_date: date | None  # of the file, where the sender says it
    on: date  # from which day on what the file says counts: its date, else today
    now: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What a file changes."""

    rows: int
    created: int
    changed: int
    unchanged: int
    closed: int = 0
    successors: int = 0
    skipped: int = 0
    findings: list[Finding]
    closing: frozenset[str] = frozenset()  # schools that the file closes
    concerned: frozenset[str] = frozenset()  # schools of which the file says who carries on their work
