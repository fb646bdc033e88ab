"""The rows of a report as a table of words for a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from hub_reporting.domain import columns
from hub_reporting.domain.reports import Report
from hub_reporting.pages import words

ROWS_SHOWN: Final = 1_000
NOTHING: Final = "–"
LAST: Final = "work_group_id"  # of use to programs more than to people


@dataclass(frozen=True)
class Table:
    """Headings and cells in words."""

    headings: list[str]
    rows: list[list[str]]
    rows_n: int  # of the report; the page shows the first ROWS_SHOWN
    chosen: list[tuple[str, str]]  # filters: heading, and the values in words

    @classmethod
    def of(cls, report: Report, filters: Mapping[str, str]) -> "Table":
        """Lay the rows out, names of schools and groups first."""
        names = sorted(columns.for_people(report.definition.columns), key=_place)
        return cls(
            [columns.HEADINGS[name] for name in names],
            [[_cell(name, row[name]) for name in names] for row in report.rows[:ROWS_SHOWN]],
            len(report.rows),
            [
                (columns.HEADINGS[name], ", ".join(str(columns.in_words(name, v)) for v in value.split(",")))
                for name, value in filters.items()
                if name in report.definition.filters
            ],
        )


def _place(column: str) -> int:
    """Names first, references last; the others stay in their order."""
    return {"name": 0, "title": 0, "problem": 0, LAST: 2}.get(column, 1)


def _cell(column: str, value: Any) -> str:
    said = columns.in_words(column, value)
    if said is None or said == "":
        return NOTHING
    if isinstance(said, date):
        return words.day(said)
    return f"{said:,}" if isinstance(said, int) else str(said)
