"""The changes of an import: each school of the file compared with the stored one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from hub_contracts.vocabulary import SchoolStatus
from hub_enrolment.domain.findings import Finding
from hub_enrolment.domain.gias_establishments import Establishment, EstablishmentsFile

COMPARED: Final = tuple(f.name for f in fields(Establishment) if f.name not in {"urn", "last_changed"})

# A change of these columns is stored without an event: no other service uses them.
UNPUBLISHED: Final = frozenset({"laestab", "ukprn", "postcode"})


@dataclass(frozen=True)
class Change:
    """A stored school whose row in the file differs."""

    school: Establishment
    changed: tuple[str, ...]
    closes: bool  # the school was not closed before
    trust_before: str | None = None  # UID

    @property
    def published(self) -> tuple[str, ...]:
        """The changed columns that are published to other services."""
        return tuple(name for name in self.changed if name not in UNPUBLISHED)


@dataclass(frozen=True)
class Plan:
    """The changes of an import, before any is written."""

    created: list[Establishment] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    confirmed: list[Establishment] = field(default_factory=list)  # unchanged, with a later date of checking
    unchanged: int = 0  # `confirmed` included
    older: list[Finding] = field(default_factory=list)

    @property
    def closed(self) -> int:
        """The number of schools that close."""
        return sum(change.closes for change in self.changed)


def plan_import(stored: Mapping[str, Establishment], file: EstablishmentsFile) -> Plan:
    """Sort a file's schools into new, changed and unchanged; rows older than stored ones are left out."""
    created, changed, confirmed, older = [], [], [], []
    unchanged = 0
    for school in file.rows:
        known = stored.get(school.urn)
        if known is None:
            created.append(school)
        elif _is_older(school, known):
            unchanged += 1
            detail = "the row is older than the stored school and was left out"
            row = file.row_of[school.urn]
            older.append(Finding(row, "LastChangedDate", school.urn, "row_older", detail))
        elif names := changed_fields(known, school):
            closes = school.status == SchoolStatus.CLOSED and known.status != SchoolStatus.CLOSED
            changed.append(Change(school, names, closes, known.trust_uid))
        else:
            unchanged += 1
            if school.last_changed != known.last_changed:
                confirmed.append(school)
    return Plan(created, changed, confirmed, unchanged, older)


def changed_fields(stored: Establishment, staged: Establishment) -> tuple[str, ...]:
    """Return the names of the columns that differ."""
    return tuple(name for name in COMPARED if getattr(stored, name) != getattr(staged, name))


def _is_older(staged: Establishment, stored: Establishment) -> bool:
    return (
        staged.last_changed is not None
        and stored.last_changed is not None
        and staged.last_changed < stored.last_changed
    )
