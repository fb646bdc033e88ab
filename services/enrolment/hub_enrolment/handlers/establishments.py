"""Importing the establishments file: schools, their trusts, and what becomes of those that close."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from hub_contracts.enrolment import SchoolChanged, SchoolClosed, SchoolImported
from hub_contracts.events import Event
from hub_enrolment.domain.gias_changes import Plan, plan_import
from hub_enrolment.domain.gias_establishments import Establishment, read_establishments
from hub_enrolment.domain.gias_file import Table
from hub_enrolment.domain.gias_reconciliation import ORDER, step_of_ending
from hub_enrolment.domain.schools import OPEN_STATUSES
from hub_enrolment.handlers import successions, trusts
from hub_enrolment.handlers.import_counts import Counts, Run
from hub_enrolment.handlers.successions import Effects
from hub_enrolment.store import imports as store
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store import trusts as trust_store
from hub_enrolment.store.inserts import chunks
from hub_messaging import outbox

Steps = dict[str, list[Event]]


def import_establishments(run: Run, table: Table) -> Counts:
    """Import schools: what the register says of each, then replace, merge, open, close.

    Raises:
        FileRefused: see `read_establishments`.
    """
    file = read_establishments(table)
    plan = plan_import(store.stored(run.session, list(file.row_of)), file)
    _save(run, plan)
    effects = successions.let_take_effect(run, file.row_of, column="EstablishmentStatus (code)")
    closing = [change.school for change in plan.changed if change.closes]
    known = succession_store.known_successors(run.session, [school.urn for school in closing])
    _record(run, plan, closing, known, effects)
    return Counts(
        rows=len(file.rows),
        created=len(plan.created),
        changed=len(plan.changed),
        unchanged=plan.unchanged,
        closed=plan.closed,
        successors=len(effects.succeeded),
        findings=[*file.findings, *plan.older, *effects.findings],
        closing=frozenset(school.urn for school in closing),
        concerned=frozenset(link.urn for link in effects.succeeded),
    )


def _save(run: Run, plan: Plan) -> None:
    written = [*plan.created, *(change.school for change in plan.changed)]
    trust_store.save_trusts(run.session, written, now=run.now, by=run.by)
    store.save_schools(run.session, written, now=run.now, by=run.by)
    store.confirm_schools(run.session, plan.confirmed, now=run.now, by=run.by)
    trusts.keep_history(run, plan)


def _record(
    run: Run, plan: Plan, closing: list[Establishment], known: dict[str, str], effects: Effects
) -> None:
    """Record what happened, step by step; the schools that open are many, so they are told in parts."""
    steps: Steps = {step: [] for step in ORDER}
    for change in plan.changed:
        if change.told:
            event = SchoolChanged(**facts(change.school, run.file_date), changed_fields=list(change.told))
            steps["open" if _opens(change.school, change.changed) else "facts"].append(event)
    for school in closing:
        step = step_of_ending(school.urn, succeeded=known, merged=effects.merged_urns)
        steps[step].append(
            SchoolClosed(urn=school.urn, close_date=school.close_date, successor_urn=known.get(school.urn))
        )
    steps["replace"] += effects.replacements()
    steps["merge"] += effects.mergers()
    for step in ORDER:
        _record_all(
            run, (SchoolImported(**facts(s, run.file_date)) for s in plan.created if _told_in(s) == step)
        )
        _record_all(run, steps[step])


def _told_in(school: Establishment) -> str:
    """In which step a new school is told: one that has closed already comes before who carries it on."""
    return "open" if school.status in OPEN_STATUSES else "facts"


def _opens(school: Establishment, changed: tuple[str, ...]) -> bool:
    return "status" in changed and school.status in OPEN_STATUSES


def _record_all(run: Run, events: Iterable[Event]) -> None:
    for part in chunks(events):
        outbox.record_all(run.session, part, occurred_at=run.now, by=run.by)


def facts(school: Establishment, file_date: date | None) -> dict[str, Any]:
    """What every event about a school's place in the register tells."""
    return {
        "urn": school.urn,
        "name": school.name,
        "la_code": school.la_code,
        "la_name": school.la_name,
        "district_code": school.district_code,
        "district_name": school.district_name,
        "phase": school.phase,
        "type_code": school.type_code,
        "type_group": school.type_group,
        "eligible": school.eligible,
        "status": school.status,
        "trust_uid": school.trust_uid,
        "trust_name": school.trust_name,
        "easting": school.easting,
        "northing": school.northing,
        "pupils": school.pupils,
        "fsm_percent": school.fsm_percent,
        "open_date": school.open_date,
        "close_date": school.close_date,
        "source_file_date": file_date,
    }
