"""Reports about participants: how often they came, and whether they did their classroom tasks."""

from typing import Any

from hub_reporting.domain import participation
from hub_reporting.domain.participation import Participation
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import Scope
from hub_reporting.handlers.report_parts import in_words, say
from hub_reporting.handlers.sight import Sight
from hub_reporting.store import participation as store


def attendance(sight: Sight, scope: Scope) -> Report:
    """R10: who came, and who came or said in good time that they could not."""
    found = _in_scope(sight, scope, store.attendance(sight.session, sight.hub, sight.period))
    return say(
        sight,
        "attendance",
        scope,
        found.done,
        figures={
            "attendance": in_words(found.done),
            "commitment": in_words(found.commitment),
            **_split(sight, found, commitment=True),
        },
        rows=[
            {
                **_whose(sight, part),
                "marks_n": part.of,
                "attended_n": part.n,
                "attendance_percent": one.done.rate,
                "committed_n": part.committed,
                "commitment_percent": one.commitment.rate,
            }
            for part, one in ((part, Participation((part,))) for part in found.parts)
        ],
        checks=[*found.checks("marks present or late"), *found.commitment_checks()],
    )


def task_completion(sight: Sight, scope: Scope) -> Report:
    """R11: who reported on what they were asked to try."""
    found = _in_scope(sight, scope, store.tasks(sight.session, sight.hub, sight.period))
    return say(
        sight,
        "task-completion",
        scope,
        found.done,
        figures=_split(sight, found, commitment=False),
        rows=[
            {
                **_whose(sight, part),
                "due_n": part.of,
                "reported_n": part.n,
                "reported_percent": Participation((part,)).done.rate,
            }
            for part in found.parts
        ],
        checks=found.checks("tasks reported on"),
    )


def _in_scope(sight: Sight, scope: Scope, counted: list[participation.Counted]) -> Participation:
    inside = [one for one in counted if sight.area.holds(scope, one.urn)]
    return participation.participation(inside, sight.register)


def _whose(sight: Sight, part: participation.Counted) -> dict[str, Any]:
    return {
        "work_group_id": part.work_group_id,
        "title": part.title,
        "urn": part.urn,
        "name": sight.register.name(part.urn),
    }


def _split(sight: Sight, found: Participation, *, commitment: bool) -> dict[str, Any]:
    """The same figures by group and by school."""

    def shares(one: Participation) -> dict[str, Any]:
        return in_words(one.done) | ({"commitment": in_words(one.commitment)} if commitment else {})

    schools = found.by(lambda part: part.urn)
    return {
        "by_group": [
            {"work_group_id": group_id, "title": one.parts[0].title, **shares(one)}
            for group_id, one in found.by(lambda part: part.work_group_id).items()
        ],
        "by_school": [
            {"urn": urn, "name": sight.register.name(urn), **shares(schools[urn])}
            for urn in sorted(schools, key=lambda urn: (sight.register.name(urn), urn))
        ],
    }
