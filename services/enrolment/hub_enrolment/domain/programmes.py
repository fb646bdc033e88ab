"""Rules about programmes: academic years, NCP codes, limits on their groups, who may follow which."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_kernel.refusals import Refused

STRANDS: Final = (
    "readiness",
    "development",
    "embedding",
    "sustaining",
    "sktm",
    "mastering_number",
    "continuity",
    "specialist",
    "innovation",
)

# "Typically" 10 to 20 teachers from at least six schools (Cambridge Maths Hub); a programme may differ.
MIN_SCHOOLS: Final = 6
MIN_TEACHERS: Final = 10
MAX_TEACHERS: Final = 20
ACADEMIC_YEAR: Final = (
    "20[0-9]{2}/[0-9]{2}"  # as it is written; `AcademicYear.parse` checks that the years follow
)
LARGEST_GROUP: Final = 500  # nobody means more
ONCE: Final = "development"  # the strand that a school follows in one year only


@dataclass(frozen=True)
class AcademicYear:
    """From 1 September to 31 August."""

    first: int  # the calendar year in which it starts

    @classmethod
    def parse(cls, text: str) -> "AcademicYear":
        """Read "2025/26".

        Raises:
            Refused: `bad_academic_year`.
        """
        match = re.fullmatch(r"(20[0-9]{2})/([0-9]{2})", text)
        if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
            detail = "An academic year is written like 2025/26."
            raise Refused("bad_academic_year", detail, "/academic_year")
        return cls(int(match[1]))

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.first, 9, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return date(self.first + 1, 8, 31)

    def __str__(self) -> str:
        return f"{self.first}/{(self.first + 1) % 100:02}"


def canonical_ncp_code(text: str, year: AcademicYear) -> str:
    """The code of a National Collaborative Project as NCPyy-nn[a]; yy is the year in which it starts.

    Ways of writing it seen on hubs' pages: NCP17-06a, NCP 19-24, NCP2119.

    Raises:
        Refused: `bad_ncp_code`, `ncp_code_of_other_year`.
    """
    match = re.fullmatch(r"NCP\s?([0-9]{2})-?([0-9]{2})([a-z])?", text.strip())
    if match is None:
        raise Refused("bad_ncp_code", "An NCP code is written like NCP25-06 or NCP25-06a.", "/ncp_code")
    if int(match[1]) != year.first % 100:
        detail = f"A code of the year {year} begins NCP{year.first % 100:02}."
        raise Refused("ncp_code_of_other_year", detail, "/ncp_code")
    return f"NCP{match[1]}-{match[2]}{match[3] or ''}"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How large a programme's work groups are meant to be."""

    min_schools: int = MIN_SCHOOLS
    min_teachers: int = MIN_TEACHERS
    max_teachers: int = MAX_TEACHERS
    max_per_school: int | None = None  # teachers of one school in one group


def check_limits(limits: Limits) -> None:
    """Let limits pass that a group can meet.

    Raises:
        Refused: `limits_contradict`.
    """
    if limits.min_teachers > limits.max_teachers:
        detail = "The fewest teachers cannot be more than the most."
        raise Refused("limits_contradict", detail, "/min_teachers")
    if limits.min_schools > limits.max_teachers:
        detail = "So many schools need more teachers than the most allowed."
        raise Refused("limits_contradict", detail, "/min_schools")


@dataclass(frozen=True)
class TakenPart:
    """A school has, or had, somebody on a work group of a strand in some year."""

    strand: str
    year: AcademicYear


@dataclass(frozen=True, kw_only=True)
class Path:
    """Where a programme stands on a school's way through the strands."""

    strand: str
    year: AcademicYear
    prerequisite_strand: str | None

    @property
    def asks_what_came_before(self) -> bool:
        """Whether it matters what a school has followed before."""
        return self.strand == ONCE or self.prerequisite_strand is not None


def check_path(path: Path, taken: Iterable[TakenPart], *, pointer: str = "/teacher_id") -> None:
    """Let a school pass that has been where the programme builds on, and not on Development before.

    Several Development groups of one year are one time: a school may send its teachers to two of them.

    Args:
        path: the programme asked for.
        taken: of the school and of those that it carries on, places held or completed, in any year.
        pointer: what in the request names the school.

    Raises:
        Refused: `development_once`, `prerequisite_missing`.
    """
    known = list(taken)
    if path.strand == ONCE and any(one.strand == ONCE and one.year.first < path.year.first for one in known):
        detail = "The school has had its Development year; it is offered once."
        raise Refused("development_once", detail, pointer)
    if not has_prerequisite(path, known):
        detail = f"The programme is for schools that have taken part in {path.prerequisite_strand}."
        raise Refused("prerequisite_missing", detail, pointer)


def has_prerequisite(path: Path, taken: Iterable[TakenPart]) -> bool:
    """Return whether a school has taken part in the strand that is asked for, if any is, by that year."""
    needed = path.prerequisite_strand
    return needed is None or any(one.strand == needed and one.year.first <= path.year.first for one in taken)


def check_prerequisite(strand: str, prerequisite_strand: str | None) -> None:
    """Let a prerequisite pass that is another strand.

    Raises:
        Refused: `own_prerequisite`.
    """
    if prerequisite_strand == strand:
        detail = "A strand cannot be its own prerequisite: no school could begin."
        raise Refused("own_prerequisite", detail, "/prerequisite_strand")
