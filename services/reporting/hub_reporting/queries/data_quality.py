"""The report `data-quality` (R17): registers, closed schools, e-mails and events that need attention."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from hub_kernel.england import day_in_england
from hub_messaging import stored_deliveries
from hub_reporting.domain.columns import Problem
from hub_reporting.domain.composition import Compositions
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import Scope
from hub_reporting.domain.work_groups import Place
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.parts import Answer, build_report, row_of
from hub_reporting.queries.work_group_facts import compositions_in, load_work_group_facts
from hub_reporting.store import sources
from hub_reporting.store import work_groups as group_store


@dataclass(frozen=True, kw_only=True)
class ProblemCells:
    """A record that needs attention; fields that do not apply to it are null."""

    problem: Problem
    urn: str | None = None
    name: str | None = None
    work_group_id: str | None = None
    title: str | None = None
    on: date | None = None
    detail: str


def data_quality(context: ReportContext, scope: Scope) -> Report:
    """Count the records that need attention before the figures are right."""
    groups = load_work_group_facts(context)
    problems = [
        *registers_not_taken(context, compositions_in(context, scope, groups)),
        *closed_schools(context, scope, groups.places),
    ]
    if scope.is_hub_wide:  # an e-mail or an event belongs to no school
        problems += [*_messages_not_sent(context), *_events_not_counted(context)]
    counts = Counter(one.problem for one in problems)
    answer = Answer(
        figure=len(problems),
        figures={problem: counts[problem] for problem in Problem},
        rows=[row_of(one) for one in problems],
    )
    return build_report(context, "data-quality", scope, answer)


def registers_not_taken(context: ReportContext, groups: Compositions) -> Iterator[ProblemCells]:
    """Return past sessions of some Work Groups that have no register."""
    inside = {one.group.work_group_id for one in groups.groups if not one.cancelled}
    for missing in group_store.registers_missing(context.session, context.hub, context.period):
        if missing.work_group_id in inside:
            yield ProblemCells(
                problem=Problem.REGISTER_NOT_TAKEN,
                work_group_id=missing.work_group_id,
                title=missing.title,
                on=missing.day,
                detail=f"session {missing.seq}",
            )


def closed_schools(context: ReportContext, scope: Scope, places: Iterable[Place]) -> Iterator[ProblemCells]:
    """Return schools of a scope that closed without a successor and whose teachers still hold places."""
    register, day = context.register, context.period.as_at
    held = Counter(place.urn for place in places if place.held_at(day))
    closed = [urn for urn in held if urn in register.schools and register.open_urn(urn) is None]
    for urn in sorted(closed, key=lambda urn: (register.name(urn), urn)):
        if context.area.includes(scope, urn):
            yield ProblemCells(
                problem=Problem.CLOSED_SCHOOL,
                urn=urn,
                name=register.name(urn),
                on=register.schools[urn].closed_on,
                detail=f"{held[urn]} place{'' if held[urn] == 1 else 's'} held",
            )


def _messages_not_sent(context: ReportContext) -> Iterator[ProblemCells]:
    for template, reason in sources.messages_failed(context.session, context.hub):
        yield ProblemCells(
            problem=Problem.MESSAGE_NOT_SENT, detail=f"{template}: {reason or 'no reason given'}"
        )


def _events_not_counted(context: ReportContext) -> Iterator[ProblemCells]:
    for delivery in stored_deliveries.stored(context.session):
        event = delivery.type or "message that cannot be read"
        yield ProblemCells(
            problem=Problem.EVENT_NOT_COUNTED,
            on=day_in_england(delivery.received_at),
            detail=f"{event} from {delivery.key.source}",
        )
