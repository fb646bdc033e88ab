"""Participation by Work Group and school, shared by the reports on attendance and on classroom tasks."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub_reporting.domain.participation import Counted, Participation, participation
from hub_reporting.domain.scopes import Scope
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.parts import share


@dataclass(frozen=True, kw_only=True)
class ParticipantsCells:
    """The participants of one school on one Work Group."""

    work_group_id: str
    title: str
    urn: str
    name: str


def participation_in(context: ReportContext, scope: Scope, counted: Iterable[Counted]) -> Participation:
    """Return the counts of schools in a scope; those of a closed school go to its successor."""
    inside = [one for one in counted if context.area.includes(scope, one.urn)]
    return participation(inside, context.register)


def participants_cells(context: ReportContext, part: Counted) -> ParticipantsCells:
    """Return the cells that name the Work Group and the school of a count."""
    return ParticipantsCells(
        work_group_id=part.work_group_id,
        title=part.title,
        urn=part.urn,
        name=context.register.name(part.urn),
    )


def split_figures(context: ReportContext, found: Participation, *, commitment: bool) -> dict[str, object]:
    """Return shares by Work Group and by school, as JSON; with commitment where asked for."""

    def shares(one: Participation) -> dict[str, object]:
        more = {"commitment": share(one.commitment)} if commitment else {}
        return {**share(one.done), **more}

    names = context.register.name
    schools = found.by(lambda part: part.urn)
    return {
        "by_group": [
            {"work_group_id": group_id, "title": one.parts[0].title, **shares(one)}
            for group_id, one in found.by(lambda part: part.work_group_id).items()
        ],
        "by_school": [
            {"urn": urn, "name": names(urn), **shares(schools[urn])}
            for urn in sorted(schools, key=lambda urn: (names(urn), urn))
        ],
    }
