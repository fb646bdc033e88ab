"""What an import would change: a staged school beside the stored one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from hub_enrolment.domain.gias_establishments import Establishment, EstablishmentsFile
from hub_enrolment.domain.gias_file import Finding

KEPT: Final = tuple(f.name for f in fields(Establishment) if f.name not in {"urn", "last_changed"})

# Of these other services are told; a new postcode or UKPRN is kept without an event.
UNPUBLISHED: Final = frozenset({"laestab", "ukprn", "postcode"})


@dataclass(frozen=True)
class Change:
    """A stored school that the file describes differently."""

    school: Establishment
    changed: tuple[str, ...]
    closes: bool  # it was not closed before
    trust_before: str | None = None  # UID

    @property
    def told(self) -> tuple[str, ...]:
        """The changed fields that are published."""
        return tuple(name for name in self.changed if name not in UNPUBLISHED)


@dataclass(frozen=True)
class Plan:
    """What an import does, worked out before anything is written."""

    created: list[Establishment] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    confirmed: list[Establishment] = field(default_factory=list)  # the same again, looked at later
    unchanged: int = 0  # `confirmed` included
    older: list[Finding] = field(default_factory=list)

    @property
    def closed(self) -> int:
        """How many schools close."""
        return sum(change.closes for change in self.changed)


def plan_import(stored: Mapping[str, Establishment], file: EstablishmentsFile) -> Plan:
    """Sort the schools of a file into new, changed and unchanged; a row older than what is held stays out."""
    created, changed, confirmed, older = [], [], [], []
    unchanged = 0
    for school in file.rows:
        known = stored.get(school.urn)
        if known is None:
            created.append(school)
        elif _is_older(school, known):
            unchanged += 1
            detail = "the row is older than what is held and was left out"
            row = file.row_of[school.urn]
            older.append(Finding(row, "LastChangedDate", school.urn, "row_older", detail))
        elif names := changed_fields(known, school):
            closes = school.status == "closed" and known.status != "closed"
            changed.append(Change(school, names, closes, known.trust_uid))
        else:
            unchanged += 1
            if school.last_changed != known.last_changed:
                confirmed.append(school)
    return Plan(created, changed, confirmed, unchanged, older)


def changed_fields(stored: Establishment, staged: Establishment) -> tuple[str, ...]:
    """The names of the fields that differ."""
    return tuple(name for name in KEPT if getattr(stored, name) != getattr(staged, name))


def _is_older(staged: Establishment, stored: Establishment) -> bool:
    return (
        staged.last_changed is not None
        and stored.last_changed is not None
        and staged.last_changed < stored.last_changed
    )
