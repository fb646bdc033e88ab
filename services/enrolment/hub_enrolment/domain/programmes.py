"""Rules about programmes: academic years, NCP codes, limits of their groups, prerequisites of schools."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from hub_contracts.vocabulary import Strand
from hub_kernel.academic_years import AcademicYear
from hub_kernel.refusals import Refused

# "Typically" 10 to 20 teachers from at least six schools (Cambridge Maths Hub); a programme may differ.
MIN_SCHOOLS: Final = 6
MIN_TEACHERS: Final = 10
MAX_TEACHERS: Final = 20
ACADEMIC_YEAR: Final = (
    "20[0-9]{2}/[0-9]{2}"  # as it is written; `parse_academic_year` checks that the years follow
)
YEARS: Final = range(2000, 2100)  # first calendar years of academic years
LARGEST_GROUP: Final = 500  # teachers; a higher number is a typing error
ONCE: Final = Strand.DEVELOPMENT  # a school follows this strand in one academic year only


def parse_academic_year(text: str) -> AcademicYear:
    """Return the academic year of this century written as "2025/26".

    Raises:
        Refused: `bad_academic_year`.
    """
    try:
        year = AcademicYear.parse(text)
    except ValueError:
        year = None
    if year is None or year.first not in YEARS:
        raise Refused("bad_academic_year", "An academic year is written like 2025/26.", "/academic_year")
    return year


def canonical_ncp_code(text: str, year: AcademicYear) -> str:
    """Return the code of a National Collaborative Project as NCPyy-nn[a]; yy is the year in which it starts.

    Spellings seen on hubs' pages: NCP17-06a, NCP 19-24, NCP2119.

    Raises:
        Refused: `bad_ncp_code`, `ncp_code_of_other_year`.
    """
    match = re.fullmatch(r"NCP\s?([0-9]{2})-?([0-9]{2})([a-z])?", text.strip())
    if match is None:
        raise Refused("bad_ncp_code", "An NCP code is written like NCP25-06 or NCP25-06a.", "/ncp_code")
    if int(match[1]) != year.first % 100:
        detail = f"An NCP code of the academic year {year} begins with NCP{year.first % 100:02}."
        raise Refused("ncp_code_of_other_year", detail, "/ncp_code")
    return f"NCP{match[1]}-{match[2]}{match[3] or ''}"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The size of a programme's groups, in teachers and schools."""

    min_schools: int = MIN_SCHOOLS
    min_teachers: int = MIN_TEACHERS
    max_teachers: int = MAX_TEACHERS
    max_per_school: int | None = None  # teachers of one school in one group


def check_limits(limits: Limits) -> None:
    """Raise unless a group can meet the limits.

    Raises:
        Refused: `limits_contradict`.
    """
    if limits.min_teachers > limits.max_teachers:
        detail = "The minimum of teachers is above the maximum."
        raise Refused("limits_contradict", detail, "/min_teachers")
    if limits.min_schools > limits.max_teachers:
        detail = "The minimum of schools is above the maximum of teachers."
        raise Refused("limits_contradict", detail, "/min_schools")


@dataclass(frozen=True)
class TakenPart:
    """A strand and year in which a school has, or had, a place on a group."""

    strand: str
    year: AcademicYear


@dataclass(frozen=True, kw_only=True)
class Path:
    """A programme's position on a school's path through the strands."""

    strand: str
    year: AcademicYear
    prerequisite_strand: str | None

    @property
    def depends_on_history(self) -> bool:
        """Whether a school's earlier programmes matter."""
        return self.strand == ONCE or self.prerequisite_strand is not None


def check_path(path: Path, taken: Iterable[TakenPart], *, pointer: str = "/teacher_id") -> None:
    """Raise unless a school has the programme's prerequisite, and no Development group of an earlier year.

    A school may have places on several Development groups of one year.

    Args:
        path: the requested programme.
        taken: strands and years of places held or completed by the school and its predecessors.
        pointer: the JSON pointer to the school in the request.

    Raises:
        Refused: `development_once`, `prerequisite_missing`.
    """
    known = list(taken)
    if path.strand == ONCE and any(one.strand == ONCE and one.year.first < path.year.first for one in known):
        detail = "The school has had its Development year, which is offered once."
        raise Refused("development_once", detail, pointer)
    if not has_prerequisite(path, known):
        detail = (
            f"The programme is for schools that have taken part in the strand {path.prerequisite_strand}."
        )
        raise Refused("prerequisite_missing", detail, pointer)


def has_prerequisite(path: Path, taken: Iterable[TakenPart]) -> bool:
    """Return whether a school has taken part in the required strand, if there is one, by that year."""
    needed = path.prerequisite_strand
    return needed is None or any(one.strand == needed and one.year.first <= path.year.first for one in taken)


def check_prerequisite(strand: str, prerequisite_strand: str | None) -> None:
    """Raise if a strand is its own prerequisite.

    Raises:
        Refused: `own_prerequisite`.
    """
    if prerequisite_strand == strand:
        detail = "A strand cannot be its own prerequisite; choose another strand or none."
        raise Refused("own_prerequisite", detail, "/prerequisite_strand")
