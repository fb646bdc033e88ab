"""Participation: attendance at sessions, and reports on classroom tasks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from hub_contracts.vocabulary import TaskStatus
from hub_reporting.domain.measures import Check, Ratio, nested, part_of_whole
from hub_reporting.domain.schools import Register

NOTICE_HOURS: Final = 7 * 24  # apologies at least this long before a session count as commitment
REPORTED: Final = (TaskStatus.REPORTED, TaskStatus.DISCUSSED)  # statuses of a task that count as reported on


class Counted(NamedTuple):
    """Marks or tasks of the participants of one school on one Work Group, in the period."""

    work_group_id: str
    title: str
    urn: str
    of: int  # marks, or tasks due, one for each participant
    n: int  # marks present or late, or tasks reported on
    committed: int = 0  # marks present, late or with apologies in good time


@dataclass(frozen=True)
class Participation:
    """Participation, one part for each Work Group and school."""

    parts: tuple[Counted, ...]

    @property
    def done(self) -> Ratio:
        """Marks present or late of all marks, or tasks reported on of all tasks due."""
        return Ratio(sum(part.n for part in self.parts), sum(part.of for part in self.parts))

    @property
    def commitment(self) -> Ratio:
        """Marks present, late or with apologies in good time, of all marks."""
        return Ratio(sum(part.committed for part in self.parts), sum(part.of for part in self.parts))

    def by(self, key: Callable[[Counted], str]) -> Mapping[str, "Participation"]:
        """Return the participation for each value of a key, such as the URN."""
        split: dict[str, list[Counted]] = {}
        for part in self.parts:
            split.setdefault(key(part), []).append(part)
        return {name: Participation(tuple(parts)) for name, parts in split.items()}

    def checks(self, what: str) -> list[Check]:
        """Check that what was done does not exceed what was due."""
        return [part_of_whole(self.done, what)]

    def commitment_checks(self) -> list[Check]:
        """Check that attended marks are part of committed ones, and these part of all marks."""
        steps = (("attended", self.done.n), ("committed", self.commitment.n), ("marks", self.done.of))
        return [nested("commitment_nested", *steps)]


def participation(found: Iterable[Counted], register: Register) -> Participation:
    """Add a closed school's part to its successor's; sorted by title of the group and name of the school."""
    merged: dict[tuple[str, str], Counted] = {}
    for one in found:
        urn = register.current_urn(one.urn)
        known = merged.get((one.work_group_id, urn))
        merged[one.work_group_id, urn] = one._replace(
            urn=urn,
            of=one.of + (known.of if known else 0),
            n=one.n + (known.n if known else 0),
            committed=one.committed + (known.committed if known else 0),
        )
    return Participation(
        tuple(sorted(merged.values(), key=lambda c: (c.title, c.work_group_id, register.name(c.urn), c.urn)))
    )
