"""Parts that several reports share: shares, the cells that name a school, and the report itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from hub_reporting.domain.catalogue import BY_NAME
from hub_reporting.domain.measures import Check, Ratio
from hub_reporting.domain.reports import Report, Row
from hub_reporting.domain.schools import Register, School
from hub_reporting.domain.scopes import Scope
from hub_reporting.queries.context import ReportContext


class Share(TypedDict):
    """A ratio as JSON has it."""

    n: int
    N: int
    rate: float | None  # per cent, rounded down


@dataclass(frozen=True, kw_only=True)
class SchoolCells:
    """A school in a row of a report."""

    urn: str
    name: str
    phase: str
    la_code: str | None
    trust_name: str | None


@dataclass(frozen=True, kw_only=True)
class PlaceCells:
    """A school of the register with its place and trust."""

    urn: str
    name: str
    phase: str
    la_code: str
    la_name: str
    district: str | None
    trust_uid: str | None
    trust_name: str | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The figures and rows of a report, without its definition and context."""

    figure: Ratio | int  # n of N, or a number that is no share
    figures: Mapping[str, object]  # JSON, of a shape of its own for each report
    rows: Sequence[Row]
    checks: Sequence[Check] = ()


def build_report(context: ReportContext, name: str, scope: Scope, answer: Answer) -> Report:
    """Return the report of the catalogue with this name and what it has counted."""
    figure = answer.figure
    return Report(
        definition=BY_NAME[name],
        period=context.period,
        scope=scope,
        scope_name=context.area.describe(scope),
        n=figure if isinstance(figure, int) else figure.n,
        of=None if isinstance(figure, int) else figure.of,
        figures=answer.figures,
        rows=answer.rows,
        checks=answer.checks,
    )


def row_of(*cells: object) -> Row:
    """Return a row with the fields of several dataclasses."""
    return {name: value for each in cells for name, value in vars(each).items()}


def share(ratio: Ratio) -> Share:
    """Return a ratio as n, N and rate."""
    return Share(n=ratio.n, N=ratio.of, rate=ratio.rate)


def school_cells(register: Register, urn: str) -> SchoolCells:
    """Return the cells of a school, also of one that is closed or not in the register yet."""
    school = register.described(urn)
    return SchoolCells(
        urn=urn,
        name=register.name(urn),
        phase=school.phase if school else "unknown",
        la_code=school.la_code if school else None,
        trust_name=school.trust_name if school else None,
    )


def place_cells(school: School) -> PlaceCells:
    """Return the cells of a school of the register."""
    return PlaceCells(
        urn=school.urn,
        name=school.name,
        phase=school.phase,
        la_code=school.la_code,
        la_name=school.la_name,
        district=school.district_name,
        trust_uid=school.trust_uid,
        trust_name=school.trust_name,
    )


def by_name(school: School) -> tuple[str, str]:
    """Return the key that sorts schools by name."""
    return school.name, school.urn
