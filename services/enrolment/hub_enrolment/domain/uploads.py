"""A list of participants to enrol: its columns, rows and problems."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub_enrolment.domain.findings import Note
from hub_enrolment.domain.search import words
from hub_kernel.refusals import Refused

NEEDED: Final = ("given", "family", "email", "urn", "role")
NAMES: Final = ("given", "family")  # one of them is enough
COLUMNS: Final = (*NEEDED, "trn", "lead", "school")
SCHOOL: Final = "school"  # a school's name, to suggest a URN where none is given
REASON: Final = "reason"  # the column that the file of refused rows has in addition

# Error values of spreadsheets, which are text in CSV files.
ERRORS: Final = frozenset(
    {"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)

YES: Final = frozenset({"yes", "y", "true", "1"})
NO: Final = frozenset({"no", "n", "false", "0", ""})


@dataclass(frozen=True)
class Line:
    """One row of the file. Row 1 is the header, as in a spreadsheet."""

    number: int
    cells: tuple[str, ...]  # unchanged, as many as the header has
    named: Mapping[str, str]  # the trimmed cell of each of `COLUMNS`, "" where it is missing


@dataclass(frozen=True)
class Listing:
    """A file with at least one row."""

    header: tuple[str, ...]  # unchanged
    lines: list[Line]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class RowProblem:
    """Why a row was refused; `column` is empty for the whole row."""

    row: int
    column: str
    code: str
    detail: str


def read_lead(text: str) -> bool:
    """Return whether a cell marks a lead participant; an empty one does not.

    Raises:
        Refused: `bad_lead`.
    """
    answer = text.lower()
    if answer not in YES | NO:
        raise Refused("bad_lead", "Write yes or no.", "/lead")
    return answer in YES


def read_role(text: str) -> str:
    """Return the code of a role from its spelling in a list, such as "Class teacher"."""
    return "_".join(words(text))
