"""A list of participants as a file: its columns and its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub_enrolment.domain.findings import Note
from hub_enrolment.domain.search import words
from hub_kernel.refusals import Refused

NEEDED: Final = ("given", "family", "email", "urn", "role")
NAMES: Final = ("given", "family")  # of which one is enough in a row
COLUMNS: Final = (*NEEDED, "trn", "lead", "school")
SCHOOL: Final = "school"  # a name, by which a URN is suggested where none is given
REASON: Final = "reason"  # what we add to a file with the rows that were refused

# What a spreadsheet shows in place of a value that it cannot calculate; saved as CSV it is text.
ERRORS: Final = frozenset(
    {"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)

YES: Final = frozenset({"yes", "y", "true", "1"})
NO: Final = frozenset({"no", "n", "false", "0", ""})


@dataclass(frozen=True)
class Line:
    """One row of the file. Row 1 is the header, as in a spreadsheet."""

    number: int
    cells: tuple[str, ...]  # as they came, as many as the header has
    named: Mapping[
        str, str
    ]  # those of columns that we know, trimmed; each of `COLUMNS`, "" where it is missing


@dataclass(frozen=True)
class Listing:
    """A file with at least one row."""

    header: tuple[str, ...]  # as it came
    lines: list[Line]
    notes: tuple[Note, ...] = ()  # what was left out or found elsewhere than expected


@dataclass(frozen=True)
class RowProblem:
    """Why a row was not taken; `column` is empty where it is about the whole row."""

    row: int
    column: str
    code: str
    detail: str


def read_lead(text: str) -> bool:
    """Whether a row says that this is a lead participant; nothing says no.

    Raises:
        Refused: `bad_lead`.
    """
    said = text.lower()
    if said not in YES | NO:
        raise Refused("bad_lead", "Say yes or no.", "/lead")
    return said in YES


def read_role(text: str) -> str:
    """A role as people write it ("Class teacher") as its code."""
    return "_".join(words(text))
