"""A report: a figure as n of N, the rows behind it, and its definition in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hub_kernel.refusals import Refused
from hub_reporting.domain import columns
from hub_reporting.domain.measures import Check, Ratio
from hub_reporting.domain.periods import Period
from hub_reporting.domain.scopes import Scope

Row = Mapping[str, Any]  # column → cell: text, number, date, id, yes/no or nothing


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One report of the catalogue."""

    name: str
    title: str
    counts: str  # definition of n and N, with what is left out
    columns: tuple[str, ...]  # of its rows
    filters: tuple[str, ...] = ()  # columns by which rows can be filtered
    scope: str = "connected"  # the default


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report for a period and a scope. `of` is None where the figure is not a share of anything."""

    definition: Definition
    period: Period
    scope: Scope
    scope_name: str
    n: int
    of: int | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)  # JSON, of a shape of its own for each report
    rows: Sequence[Row] = ()
    checks: Sequence[Check] = ()

    @property
    def rate(self) -> float | None:
        """Per cent with one decimal, rounded down."""
        return None if self.of is None else Ratio(self.n, self.of).rate

    def table(self) -> list[list[object]]:
        """Return the rows in words with a row of headings; each row ends with period, day and scope."""
        context: list[object] = [
            self.period.starts_on,
            self.period.ends_on,
            self.period.as_at,
            self.scope_name,
        ]
        names = columns.without_pseudonyms(self.definition.columns)
        header: list[object] = [*(columns.HEADINGS[name] for name in names), *columns.CONTEXT]
        return [
            header,
            *([columns.in_words(name, row[name]) for name in names] + context for row in self.rows),
        ]

    def filtered(self, filters: Mapping[str, str]) -> "Report":
        """Return the report with the rows that match the filters; its figures stay those of all rows.

        Args:
            filters: column → code, or several codes with commas between them.

        Raises:
            Refused: `unknown_filter`.
        """
        for name in filters:
            if name not in self.definition.filters:
                known = ", ".join(self.definition.filters) or "no column"
                detail = f"Rows of this report can be filtered by {known}."
                raise Refused("unknown_filter", detail, f"/{name}")
        wanted = {name: frozenset(value.split(",")) for name, value in filters.items()}
        rows = [
            row
            for row in self.rows
            if all(columns.code_of(row[name]) in codes for name, codes in wanted.items())
        ]
        return replace(self, rows=rows)
