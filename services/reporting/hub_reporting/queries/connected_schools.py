"""The report `connected-schools` (R1)."""

from dataclasses import dataclass
from datetime import date

from hub_reporting.domain.measures import Ratio, part_of_whole
from hub_reporting.domain.reports import Report
from hub_reporting.domain.schools import PHASES
from hub_reporting.domain.scopes import CONNECTED, Scope
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.parts import Answer, build_report, by_name, place_cells, row_of


@dataclass(frozen=True, kw_only=True)
class ConnectionCells:
    """A school's first contact with the hub."""

    connected_on: date
    via: str


def connected_schools(context: ReportContext, scope: Scope) -> Report:
    """Count the open schools of a scope that are connected to the hub."""
    register, connections = context.register, context.connections
    inside = register.open_schools() if scope == CONNECTED else context.area.members(scope)
    known = sorted((register.schools[urn] for urn in inside if urn in connections), key=by_name)
    counted = Ratio(len(known), len(inside))
    answer = Answer(
        figure=counted,
        figures={
            "by_phase": {phase: sum(s.phase == phase for s in known) for phase in PHASES},
            "districts": len({s.district_name for s in known if s.district_name}),
            "trusts": len({register.identity(s.trust_uid) for s in known if s.trust_uid}),
        },
        rows=[
            row_of(
                place_cells(school),
                ConnectionCells(
                    connected_on=connections[school.urn].connected_on, via=connections[school.urn].via
                ),
            )
            for school in known
        ],
        checks=[part_of_whole(counted, "connected schools")],
    )
    return build_report(context, "connected-schools", scope, answer)
