"""Import the establishments file: schools, their trusts, closures and successions."""

from collections.abc import Iterable, Mapping
from datetime import date

from hub_contracts.enrolment import SchoolChanged, SchoolClosed, SchoolImported
from hub_contracts.events import Event
from hub_enrolment.domain.gias_changes import Change, Plan, plan_import
from hub_enrolment.domain.gias_establishments import Establishment
from hub_enrolment.domain.gias_reconciliation import ORDER, step_of_ending
from hub_enrolment.domain.schools import OPEN_STATUSES
from hub_enrolment.files.gias_establishments import read_establishments
from hub_enrolment.files.tables import Table
from hub_enrolment.steps import authorities, successions
from hub_enrolment.steps.import_counts import Counts, Run
from hub_enrolment.steps.school_facts import facts, facts_of_each
from hub_enrolment.steps.successions import Effects
from hub_enrolment.steps.trusts import keep_history
from hub_enrolment.store import imports as store
from hub_enrolment.store import school_links as link_store
from hub_enrolment.store import trusts as trust_store
from hub_enrolment.store.inserts import chunks
from hub_messaging import outbox

Steps = dict[str, list[Event]]


def import_establishments(run: Run, table: Table) -> Counts:
    """Import schools: their facts first, then successions, mergers, openings and closures.

    Raises:
        FileRefused: see `read_establishments`.
    """
    file = read_establishments(table)
    plan = plan_import(store.stored(run.session, list(file.row_of)), file)
    since_before = _save(run, plan)
    effects = successions.let_take_effect(run, file.row_of, column="EstablishmentStatus (code)")
    closing = [change.school for change in plan.changed if change.closes]
    known = link_store.known_successors(run.session, [school.urn for school in closing])
    changes = _changes(run, plan, since_before)
    _record(run, plan, changes, _endings(closing, known, effects))
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


def _save(run: Run, plan: Plan) -> Mapping[str, date | None]:
    """Write schools and their histories; return since when those that move belonged to their trust."""
    written = [*plan.created, *(change.school for change in plan.changed)]
    trust_store.save_trusts(run.session, written, now=run.now, by=run.by)
    store.save_schools(run.session, written, now=run.now, by=run.by)
    store.confirm_schools(run.session, plan.confirmed, now=run.now, by=run.by)
    authorities.keep_history(run, plan)
    return keep_history(run, plan)


def _changes(run: Run, plan: Plan, since_before: Mapping[str, date | None]) -> Steps:
    """Return the events about changed schools, by step."""
    steps: Steps = {step: [] for step in ORDER}
    told = [change for change in plan.changed if change.published]
    companies = trust_store.companies(run.session) if told else {}
    described = facts_of_each(run, (change.school for change in told), companies)
    for change, known in zip(told, described, strict=True):
        names = [*change.published, *_of_trust(change, known, since_before, companies)]
        event = SchoolChanged(**known, changed_fields=names)
        steps["open" if _opens(change.school, change.changed) else "facts"].append(event)
    return steps


def _of_trust(
    change: Change,
    known: Mapping[str, object],
    since_before: Mapping[str, date | None],
    companies: Mapping[str, str],
) -> Iterable[str]:
    """Yield the changed facts of the trust that are not columns of the file."""
    if "trust_uid" in change.changed:
        if known["trust_since"] != since_before[change.school.urn]:
            yield "trust_since"
        if known["companies_house"] != companies.get(change.trust_before or ""):
            yield "companies_house"


def _endings(closing: list[Establishment], known: dict[str, str], effects: Effects) -> Steps:
    """Return the events about closures and successions, by step."""
    steps: Steps = {step: [] for step in ORDER}
    for school in closing:
        step = step_of_ending(school.urn, succeeded=known, merged=effects.merged_urns)
        steps[step].append(
            SchoolClosed(urn=school.urn, close_date=school.close_date, successor_urn=known.get(school.urn))
        )
    steps["replace"] += effects.replacements()
    steps["merge"] += effects.mergers()
    return steps


def _record(run: Run, plan: Plan, changes: Steps, endings: Steps) -> None:
    """Record all events step by step; those of new schools in parts, as they are many."""
    companies = trust_store.companies(run.session) if plan.created else {}
    for step in ORDER:
        _record_all(run, (_imported(run, s, companies) for s in plan.created if _told_in(s) == step))
        _record_all(run, changes[step])
        _record_all(run, endings[step])


def _imported(run: Run, school: Establishment, companies: Mapping[str, str]) -> SchoolImported:
    """Build the event about a new school; its first membership of a trust begins with the file."""
    if school.trust_uid is None:
        return SchoolImported(**facts(school, run.file_date, None, None))
    return SchoolImported(**facts(school, run.file_date, run.on, companies.get(school.trust_uid)))


def _told_in(school: Establishment) -> str:
    """Return the step of a new school: one that has closed already comes before its successor."""
    return "open" if school.status in OPEN_STATUSES else "facts"


def _opens(school: Establishment, changed: tuple[str, ...]) -> bool:
    return "status" in changed and school.status in OPEN_STATUSES


def _record_all(run: Run, events: Iterable[Event]) -> None:
    for part in chunks(events):
        outbox.record_all(run.session, part, occurred_at=run.now, by=run.by)
