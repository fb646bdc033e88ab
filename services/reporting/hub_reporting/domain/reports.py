"""What a report is: a figure with its n of N, the rows behind it, and what it counts, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hub_kernel.refusals import Refused
from hub_reporting.domain import columns
from hub_reporting.domain.measures import Check, Ratio
from hub_reporting.domain.periods import Period
from hub_reporting.domain.scopes import Scope

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One report of the catalogue."""

    name: str
    title: str
    counts: str  # what n and N are, and what is left out
    columns: tuple[str, ...]  # of its rows
    filters: tuple[str, ...] = ()  # columns by which rows can be chosen
    scope: str = "connected"  # when none is asked for


@dataclass(frozen=True, kw_only=True)
class Report:
    """An answered report. `of` is absent where the figure is a number and no share of anything."""

    definition: Definition
    period: Period
    scope: Scope
    scope_name: str
    n: int
    of: int | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)
    rows: Sequence[Row] = ()
    checks: Sequence[Check] = ()

    @property
    def rate(self) -> float | None:
        """Per cent, one decimal, rounded down."""
        return None if self.of is None else Ratio(self.n, self.of).rate

    def table(self) -> list[list[Any]]:
        """The rows as a table for people, with headings; each row says its period, day and schools."""
        context: list[date | str] = [
            self.period.starts_on,
            self.period.ends_on,
            self.period.as_at,
            self.scope_name,
        ]
        names = columns.for_people(self.definition.columns)
        header = [*(columns.HEADINGS[name] for name in names), *columns.CONTEXT]
        return [
            header,
            *([columns.in_words(name, row[name]) for name in names] + context for row in self.rows),
        ]

    def chosen(self, filters: Mapping[str, str]) -> "Report":
        """The same report with only the rows that filters choose; its figures stay those of all rows.

        Args:
            filters: by column, the value wanted, or several with commas between them.

        Raises:
            Refused: `unknown_filter`.
        """
        for name in filters:
            if name not in self.definition.filters:
                known = ", ".join(self.definition.filters) or "nothing"
                said = f"Rows of this report can be chosen by {known}."
                raise Refused("unknown_filter", said, f"/{name}")
        wanted = {name: frozenset(value.split(",")) for name, value in filters.items()}
        rows = [
            row
            for row in self.rows
            if all(columns.code_of(row[name]) in codes for name, codes in wanted.items())
        ]
        return replace(self, rows=rows)
