"""The report of records that need attention before the figures are right."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hub_kernel.england import day_in_england
from hub_messaging import stored_deliveries
from hub_reporting.domain.columns import PROBLEM_WORDS
from hub_reporting.domain.reports import Report, Row
from hub_reporting.domain.scopes import Scope
from hub_reporting.handlers.report_parts import say
from hub_reporting.handlers.sight import Sight
from hub_reporting.store import sources
from hub_reporting.store import work_groups as group_store

_EMPTY: dict[str, Any] = dict.fromkeys(("urn", "name", "work_group_id", "title", "on", "detail"))


def data_quality(sight: Sight, scope: Scope) -> Report:
    """R17, as far as reporting knows: registers, closed schools, messages and events that need attention."""
    rows = [*registers_not_taken(sight, scope), *closed_schools(sight, scope)]
    if scope.kind in {"connected", "hub"}:  # a message or an event belongs to no school
        rows += [*messages_not_sent(sight), *events_not_counted(sight)]
    counts = Counter(row["problem"] for row in rows)
    figures = {problem: counts[problem] for problem in PROBLEM_WORDS}
    return say(sight, "data-quality", scope, len(rows), figures=figures, rows=rows)


def registers_not_taken(sight: Sight, scope: Scope) -> Iterator[Row]:
    """Sessions of the scope's groups that were to be held before the day and have no register."""
    inside = {one.group.work_group_id for one in sight.groups_in(scope).groups if not one.cancelled}
    for missing in group_store.registers_missing(sight.session, sight.hub, sight.period):
        if missing.work_group_id in inside:
            yield _EMPTY | {
                "problem": "register_not_taken",
                "work_group_id": missing.work_group_id,
                "title": missing.title,
                "on": missing.day,
                "detail": f"session {missing.seq}",
            }


def closed_schools(sight: Sight, scope: Scope) -> Iterator[Row]:
    """Schools of a scope that closed without a successor and whose teachers hold places on the day."""
    register, day = sight.register, sight.period.as_at
    held = Counter(p.urn for p in sight.places if p.held_at(day))
    gone = [urn for urn in held if urn in register.schools and register.standing(urn) is None]
    for urn in sorted(gone, key=lambda urn: (register.name(urn), urn)):
        if sight.area.holds(scope, urn):
            places = held[urn]
            yield _EMPTY | {
                "problem": "closed_school",
                "urn": urn,
                "name": register.name(urn),
                "on": register.schools[urn].closed_on,
                "detail": f"{places} place{'' if places == 1 else 's'} held",
            }


def messages_not_sent(sight: Sight) -> Iterator[Row]:
    """Messages of the whole hub that could not be sent."""
    for template, reason in sources.messages_failed(sight.session, sight.hub):
        yield _EMPTY | {"problem": "message_not_sent", "detail": f"{template}: {reason or 'no reason given'}"}


def events_not_counted(sight: Sight) -> Iterator[Row]:
    """Events that wait for an operator, since they could not be counted in."""
    for one in stored_deliveries.kept(sight.session):
        said = one.type or "message that cannot be read"
        yield _EMPTY | {
            "problem": "event_not_counted",
            "on": day_in_england(one.received_at),
            "detail": f"{said} from {one.key.source}",
        }
