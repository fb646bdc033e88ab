"""The report `task-completion` (R11)."""

from dataclasses import dataclass

from hub_reporting.domain.participation import Participation
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import Scope
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.participation import participants_cells, participation_in, split_figures
from hub_reporting.queries.parts import Answer, build_report, row_of
from hub_reporting.store import participation as store


@dataclass(frozen=True, kw_only=True)
class TaskCells:
    """Classroom tasks of the participants of one school on one Work Group."""

    due_n: int
    reported_n: int
    reported_percent: float | None


def task_completion(context: ReportContext, scope: Scope) -> Report:
    """Count the classroom tasks that were due, and those reported on."""
    found = participation_in(context, scope, store.tasks(context.session, context.hub, context.period))
    answer = Answer(
        figure=found.done,
        figures=split_figures(context, found, commitment=False),
        rows=[
            row_of(
                participants_cells(context, part),
                TaskCells(
                    due_n=part.of, reported_n=part.n, reported_percent=Participation((part,)).done.rate
                ),
            )
            for part in found.parts
        ],
        checks=found.checks("tasks reported on"),
    )
    return build_report(context, "task-completion", scope, answer)
