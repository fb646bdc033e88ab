"""What participants did of what was asked of them: came to the sessions, reported on the tasks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from hub_reporting.domain.measures import Check, Ratio, nested, part_of_whole
from hub_reporting.domain.schools import Register

NOTICE_HOURS: Final = 7 * 24  # apologies that came so long before a session count as commitment
REPORTED: Final = ("reported", "discussed")  # with these a participant has done what was asked


class Counted(NamedTuple):
    """What the participants of one school did in one work group, in the period."""

    work_group_id: str
    title: str
    urn: str
    of: int  # marks in registers, or tasks that were due from one participant each
    n: int  # of them, present or late; or reported on
    committed: int = 0  # of the marks, present, late or apologies in good time


@dataclass(frozen=True)
class Participation:
    """What was asked and done, one part for each group and school."""

    parts: tuple[Counted, ...]

    @property
    def done(self) -> Ratio:
        """Present or late of all marks, or reported of all that were due."""
        return Ratio(sum(part.n for part in self.parts), sum(part.of for part in self.parts))

    @property
    def commitment(self) -> Ratio:
        """Present, late or apologies in good time, of all marks."""
        return Ratio(sum(part.committed for part in self.parts), sum(part.of for part in self.parts))

    def by(self, key: Callable[[Counted], str]) -> Mapping[str, "Participation"]:
        """The same, split: by group or by school."""
        split: dict[str, list[Counted]] = {}
        for part in self.parts:
            split.setdefault(key(part), []).append(part)
        return {name: Participation(tuple(parts)) for name, parts in split.items()}

    def checks(self, what: str) -> list[Check]:
        """A share is part of the whole."""
        return [part_of_whole(self.done, what)]

    def commitment_checks(self) -> list[Check]:
        """Who came was committed, and nobody more often than there are marks."""
        steps = (("attended", self.done.n), ("committed", self.commitment.n), ("marks", self.done.of))
        return [nested("commitment_nested", *steps)]


def participation(found: Iterable[Counted], register: Register) -> Participation:
    """Put a closed school's part to its successor's; groups by title, schools by name."""
    merged: dict[tuple[str, str], Counted] = {}
    for one in found:
        urn = register.kept(one.urn)
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
