"""Reports about Work Groups and supported schools."""

from typing import Any

from hub_reporting.domain import visits
from hub_reporting.domain.composition import Composition
from hub_reporting.domain.measures import Check, Ratio, part_of_whole
from hub_reporting.domain.periods import half_term_name
from hub_reporting.domain.reports import Report
from hub_reporting.domain.schools import PHASES
from hub_reporting.domain.scopes import Scope
from hub_reporting.handlers.report_parts import in_words, say, titled
from hub_reporting.handlers.sight import Sight


def work_group_composition(sight: Sight, scope: Scope) -> Report:
    """R4: groups against the rule."""
    found = sight.groups_in(scope)
    return say(
        sight,
        "work-group-composition",
        scope,
        found.in_range,
        figures={
            "recruiting": found.recruiting,
            "cancelled": found.cancelled,
            "median_teachers": found.median_teachers,
            "median_schools": found.median_schools,
            "shortfalls": [
                {"work_group_id": c.group.work_group_id, "title": c.group.title, "shortfall": c.shortfall}
                for c in found.outside
            ],
        },
        rows=[_group_row(c) for c in found.groups],
        checks=[part_of_whole(found.in_range, "groups within the rule")],
    )


def intensive_support_coverage(sight: Sight, scope: Scope) -> Report:
    """R7: who has a PD lead."""
    rows = []
    for led, assignments in ((True, sight.coverage.led), (False, sight.coverage.without)):
        for urn, assignment in assignments.items():
            if sight.area.holds(scope, urn):
                rows.append(
                    titled(sight.register, urn)
                    | {
                        "programme": assignment.programme,
                        "pd_lead_id": assignment.pd_lead_id,
                        "assigned_on": assignment.starts_on,
                        "led": led,
                    }
                )
    rows.sort(key=lambda row: (row["led"], row["phase"], row["name"], row["urn"]))
    by_phase = {
        phase: in_words(_led([row for row in rows if row["phase"] == phase]))
        for phase in PHASES
        if any(row["phase"] == phase for row in rows)
    }
    total = _led(rows)
    parts = sum(phase["n"] for phase in by_phase.values())
    adds_up = Check("phases_add_up", parts == total.n, f"By phase {parts}, in all {total.n}.")
    return say(
        sight,
        "intensive-support-coverage",
        scope,
        total,
        figures={"by_phase": by_phase},
        rows=rows,
        checks=[adds_up, part_of_whole(total, "schools with a PD lead")],
    )


def visit_compliance(sight: Sight, scope: Scope) -> Report:
    """R8: what schools were owed, and got."""
    found = sight.compliance_in(scope)
    counts = found.counts()
    adds_up = sum(counts.values()) == len(found.settled)
    return say(
        sight,
        "visit-compliance",
        scope,
        found.kept,
        figures={
            **counts,
            "by_half_term": [
                {
                    "half_term": half_term,
                    "name": half_term_name(half_term),
                    "ended": all(s.obligation.ends_on < found.day for s in settled),
                    **in_words(visits.ratio(settled)),
                }
                for half_term, settled in found.half_terms().items()
            ],
            "by_kind": {
                kind: in_words(visits.ratio(s for s in found.due if s.obligation.kind == kind))
                for kind in ("visit", "department_pd")
            },
            "by_phase": _by_phase(sight, found),
        },
        rows=[_obligation_row(sight, one) for one in found.settled],
        checks=[
            Check("each_counted_once", adds_up, f"{sum(counts.values())} of {len(found.settled)}."),
            part_of_whole(found.kept, "obligations met"),
        ],
    )


def _led(rows: list[dict[str, Any]]) -> Ratio:
    return Ratio(sum(row["led"] for row in rows), len(rows))


def _by_phase(sight: Sight, found: visits.Compliance) -> dict[str, Any]:
    grouped: dict[str, list[visits.Settled]] = {}
    for one in found.due:
        grouped.setdefault(titled(sight.register, one.obligation.urn)["phase"], []).append(one)
    return {phase: in_words(visits.ratio(grouped[phase])) for phase in PHASES if phase in grouped}


def _obligation_row(sight: Sight, one: visits.Settled) -> dict[str, Any]:
    owed = one.obligation
    return titled(sight.register, owed.urn) | {
        "half_term": owed.half_term,
        "kind": owed.kind,
        "starts_on": owed.starts_on,
        "ends_on": owed.ends_on,
        "status": one.status,
        "met_on": one.met_on,
    }


def _group_row(composition: Composition) -> dict[str, Any]:
    group = composition.group
    return {
        "work_group_id": group.work_group_id,
        "title": group.title,
        "ncp_code": group.ncp_code,
        "academic_year": group.academic_year,
        "strand": group.strand,
        "state": composition.state,
        "teachers_n": composition.teachers,
        "schools_n": composition.schools,
        "min_teachers": group.min_teachers,
        "max_teachers": group.max_teachers,
        "min_schools": group.min_schools,
        "verdict": composition.verdict,
        "in_range": composition.in_range if composition.verdict in {"within", "outside"} else None,
        "teachers_short": composition.teachers_short,
        "teachers_over": composition.teachers_over,
        "schools_short": composition.schools_short,
        "sessions_n": group.sessions,
        "held_n": group.held,
        "attendance_percent": composition.attendance.rate,
    }
