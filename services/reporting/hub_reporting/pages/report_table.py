"""The table of a report's page, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_reporting.domain import columns
from hub_reporting.domain.reports import Report
from hub_reporting.pages import words

ROWS_SHOWN: Final = 1_000
EMPTY_CELL: Final = "–"
LAST: Final = "work_group_id"  # more useful to programs than to readers


@dataclass(frozen=True)
class Table:
    """Headings and cells in words."""

    headings: list[str]
    rows: list[list[str]]
    rows_n: int  # number of rows of the report; the page shows the first ROWS_SHOWN
    filtered_by: list[tuple[str, str]]  # heading and values in words of each filter

    @classmethod
    def of(cls, report: Report, filters: Mapping[str, str]) -> "Table":
        """Build the table, with names of schools and Work Groups first."""
        names = sorted(columns.without_pseudonyms(report.definition.columns), key=_rank)
        return cls(
            [columns.HEADINGS[name] for name in names],
            [[_cell(name, row[name]) for name in names] for row in report.rows[:ROWS_SHOWN]],
            len(report.rows),
            [
                (
                    columns.HEADINGS[name],
                    " or ".join(str(columns.in_words(name, v)) for v in value.split(",")),
                )
                for name, value in filters.items()
                if name in report.definition.filters
            ],
        )


def _rank(column: str) -> int:
    """Return 0 for names, 2 for references, 1 for all other columns, which stay in their order."""
    return {"name": 0, "title": 0, "problem": 0, LAST: 2}.get(column, 1)


def _cell(column: str, value: object) -> str:
    text = columns.in_words(column, value)
    if text is None or text == "":
        return EMPTY_CELL
    if isinstance(text, date):
        return words.day(text)
    return f"{text:,}" if isinstance(text, int) else str(text)
