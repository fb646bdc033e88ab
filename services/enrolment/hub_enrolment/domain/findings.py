"""Problems that refuse a file, findings in its rows, and notes about the whole file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hub_kernel.refusals import Refused

LISTED: Final = 100  # problems listed in one answer; the others are only counted


@dataclass(frozen=True)
class Finding:
    """An observation about one row, for a person to check. Row 1 is the header, as in a spreadsheet."""

    row: int
    column: str
    urn: str
    code: str
    detail: str


class FileRefused(Refused):
    """The file cannot be imported, and no row of it was."""

    def __init__(self, problems: Sequence[Finding], problems_n: int = 0) -> None:
        """`problems_n`: the number of problems in the file, where not all are given."""
        self.problems = list(problems)
        first, count = problems[0], max(len(problems), problems_n)
        more = f" ({count} problems in the file)" if count > 1 else ""
        super().__init__(
            first.code,
            f"{_place(first)}: {first.detail}{more}",
            errors=[
                (f"/rows/{problem.row}/{_escape(problem.column)}", f"{_place(problem)}: {problem.detail}")
                for problem in problems[:LISTED]
            ],
        )


@dataclass(frozen=True)
class Note:
    """An observation about a whole file that its sender may want to know; it refuses nothing."""

    code: str
    detail: str


def _place(finding: Finding) -> str:
    column = f", column {finding.column}" if finding.column else ""
    urn = f" (URN {finding.urn})" if finding.urn else ""
    return f"Row {finding.row}{urn}{column}"


def _escape(column: str) -> str:
    return column.replace("~", "~0").replace("/", "~1")
