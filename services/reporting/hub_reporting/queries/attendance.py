"""The report `attendance` (R10)."""

from dataclasses import dataclass

from hub_reporting.domain.participation import Counted, Participation
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import Scope
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.participation import participants_cells, participation_in, split_figures
from hub_reporting.queries.parts import Answer, build_report, row_of, share
from hub_reporting.store import participation as store


@dataclass(frozen=True, kw_only=True)
class MarkCells:
    """Marks of the participants of one school on one Work Group."""

    marks_n: int
    attended_n: int
    attendance_percent: float | None
    committed_n: int
    commitment_percent: float | None


def attendance(context: ReportContext, scope: Scope) -> Report:
    """Count the marks that are present or late, and those with apologies in good time."""
    counted = store.attendance(context.session, context.hub, context.period)
    found = participation_in(context, scope, counted)
    answer = Answer(
        figure=found.done,
        figures={
            "attendance": share(found.done),
            "commitment": share(found.commitment),
            **split_figures(context, found, commitment=True),
        },
        rows=[row_of(participants_cells(context, part), _mark_cells(part)) for part in found.parts],
        checks=[*found.checks("marks present or late"), *found.commitment_checks()],
    )
    return build_report(context, "attendance", scope, answer)


def _mark_cells(part: Counted) -> MarkCells:
    one = Participation((part,))
    return MarkCells(
        marks_n=part.of,
        attended_n=part.n,
        attendance_percent=one.done.rate,
        committed_n=part.committed,
        commitment_percent=one.commitment.rate,
    )
