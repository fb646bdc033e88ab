"""Reports about schools and leaders: connected, engaged, leading."""

from typing import Any

from hub_reporting.domain import leadership
from hub_reporting.domain.engagement import KINDS, LEVELS, Engaged
from hub_reporting.domain.measures import Ratio, part_of_whole
from hub_reporting.domain.reports import Report
from hub_reporting.domain.schools import PHASES, School
from hub_reporting.domain.scopes import CONNECTED, Scope
from hub_reporting.handlers.report_parts import in_words, say, titled
from hub_reporting.handlers.sight import Sight
from hub_reporting.store import schools as school_store
from hub_reporting.store import work_groups as group_store


def connected_schools(sight: Sight, scope: Scope) -> Report:
    """R1: who the hub knows."""
    register, connections = sight.register, sight.connections
    inside = register.open_schools() if scope == CONNECTED else sight.area.members(scope)
    known = sorted((register.schools[urn] for urn in inside if urn in connections), key=_by_name)
    counted = Ratio(len(known), len(inside))
    return say(
        sight,
        "connected-schools",
        scope,
        counted,
        figures={
            "by_phase": {phase: sum(s.phase == phase for s in known) for phase in PHASES},
            "districts": len({s.district_name for s in known if s.district_name}),
            "trusts": len({register.identity(s.trust_uid) for s in known if s.trust_uid}),
        },
        rows=[
            _place_of(s) | {"connected_on": connections[s.urn].connected_on, "via": connections[s.urn].via}
            for s in known
        ],
        checks=[part_of_whole(counted, "connected schools")],
    )


def engagement(sight: Sight, scope: Scope) -> Report:
    """R2: schools that signed up, attended, completed."""
    found = sight.engaged(sight.area.eligible(scope))
    months = sight.period.month_ends()
    schools = sorted((sight.register.schools[urn] for urn in found.schools), key=_by_name)
    return say(
        sight,
        "engagement",
        scope,
        found.level("attended"),
        figures={
            **{level: in_words(found.level(level)) for level in LEVELS},
            "attended_by_kind": {kind: found.seen_by_kind(kind) for kind in KINDS},
            "by_month": [
                dict(zip(("until", *LEVELS), row, strict=True))
                for row in zip(months, *(found.by(months, level) for level in LEVELS), strict=True)
            ],
        },
        rows=[_place_of(s) | _levels_of(found.schools[s.urn]) for s in schools],
        checks=found.checks(),
    )


def leadership_spread(sight: Sight, scope: Scope) -> Report:
    """R5: people, schools, trusts."""
    found = leadership.spread(sight.posts, sight.register, sight.period.as_at)
    inside = leadership.Spread(tuple(x for x in found.leaders if sight.area.holds(scope, x.urn)))
    return say(
        sight,
        "leadership-spread",
        scope,
        len(inside.leaders),
        figures={
            "leaders": len(inside.leaders),
            "schools": len(inside.schools),
            "trusts": len(inside.trusts),
            "maintained_schools": [titled(sight.register, urn) for urn in sorted(inside.maintained)],
        },
        rows=[
            titled(sight.register, leader.urn)
            | {
                "teacher_id": leader.teacher_id,
                "roles": " ".join(leader.roles),
                "trust_uid": leader.trust_uid,
            }
            for leader in inside.leaders
        ],
        checks=inside.checks(),
    )


def work_group_lead_schools(sight: Sight, scope: Scope) -> Report:
    """R6: which schools lead groups."""
    known = {one.group.work_group_id for one in sight.compositions.groups if not one.cancelled}
    led = group_store.leads(sight.session, sight.hub, sight.period)
    groups = {group_id: lead_ids for group_id, lead_ids in led.items() if str(group_id) in known}
    people = {lead for lead_ids in groups.values() for lead in lead_ids}
    homes = school_store.homes(sight.session, sight.hub, people)
    found = leadership.lead_schools(groups, homes, sight.register)
    inside = [one for one in found if sight.area.holds(scope, one.urn)]
    return say(
        sight,
        "work-group-lead-schools",
        scope,
        len(inside),
        figures={
            "leads": sum(one.leads for one in inside),
            "groups": len({group for one in inside for group in one.groups}),
            "groups_of_the_hub": len(groups),
        },
        rows=[
            titled(sight.register, one.urn) | {"leads_n": one.leads, "groups_n": len(one.groups)}
            for one in inside
        ],
    )


def _place_of(school: School) -> dict[str, Any]:
    return {
        "urn": school.urn,
        "name": school.name,
        "phase": school.phase,
        "la_code": school.la_code,
        "la_name": school.la_name,
        "district": school.district_name,
        "trust_uid": school.trust_uid,
        "trust_name": school.trust_name,
    }


def _levels_of(engaged: Engaged) -> dict[str, Any]:
    return {
        "level": engaged.level,
        "signed_up_on": engaged.signed_up,
        "attended_on": engaged.attended,
        "completed_on": engaged.completed,
        "attendances": engaged.times.get("work_group", 0),
        "visits": engaged.times.get("visit", 0),
        "department_pds": engaged.times.get("department_pd", 0),
        "pd_days": engaged.times.get("pd_day", 0),
        "conferences": engaged.times.get("conference", 0),
    }


def _by_name(school: School) -> tuple[str, str]:
    return school.name, school.urn
