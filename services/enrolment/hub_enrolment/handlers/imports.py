"""Importing the register (GIAS): the whole file or nothing of it; the same file twice changes nothing."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hub_contracts.enrolment import SchoolChanged, SchoolClosed, SchoolImported
from hub_enrolment.domain.gias_changes import Plan, plan_import
from hub_enrolment.domain.gias_establishments import Establishment, read_establishments
from hub_enrolment.domain.gias_file import Finding, Table, kind_of, read_table
from hub_enrolment.handlers import successions
from hub_enrolment.models import GiasImport
from hub_enrolment.store import imports as store
from hub_enrolment.store import schools as school_store
from hub_messaging import outbox
from hub_platform.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What a file changed, or in a preview would change."""

    mode: str
    file: str
    rows: int
    created: int
    changed: int
    unchanged: int
    closed: int
    successors: int  # successions that took effect
    skipped: int  # links that say nothing of a successor
    findings: list[Finding]


def import_gias(
    session: Session, raw: bytes, *, apply: bool, file_date: date | None, now: datetime, by: str
) -> Imported:
    """Import the establishments or the links file; they are told apart by their header.

    Raises:
        FileRefused: naming column, row and reason; nothing is written.
    """
    table = read_table(raw)
    kind = kind_of(table)
    store.lock_imports(session)
    if kind == "links":
        result = _import_links(session, table, apply=apply, now=now, by=by)
    else:
        result = _import_establishments(session, table, apply=apply, file_date=file_date, now=now, by=by)
    if apply:
        session.add(
            GiasImport(
                id=new_id(),
                file=kind,
                file_date=file_date,
                sha256=hashlib.sha256(raw).hexdigest(),
                rows=result.rows,
                created=result.created,
                changed=result.changed,
                unchanged=result.unchanged,
                findings=len(result.findings),
                applied_at=now,
                applied_by=by,
            )
        )
    return result


def _import_establishments(
    session: Session, table: Table, *, apply: bool, file_date: date | None, now: datetime, by: str
) -> Imported:
    file = read_establishments(table)
    plan = plan_import(store.stored(session, list(file.row_of)), file)
    effective = 0
    if apply:
        written = [*plan.created, *(change.school for change in plan.changed)]
        store.save_trusts(session, written, now=now, by=by)
        store.save_schools(session, written, now=now, by=by)
        store.confirm_schools(session, plan.confirmed, now=now, by=by)
        closing = [change.school.urn for change in plan.changed if change.closes]
        links = {urn: school_store.known_successor(session, urn) for urn in closing}
        events = _events(plan, file_date, links)
        outbox.record_all(session, events, occurred_at=now, by=by)
        effective = successions.let_take_effect(session, now=now, by=by)
    return Imported(
        mode="apply" if apply else "preview",
        file="establishments",
        rows=len(file.rows),
        created=len(plan.created),
        changed=len(plan.changed),
        unchanged=plan.unchanged,
        closed=plan.closed,
        successors=effective,
        skipped=0,
        findings=[*file.findings, *plan.older],
    )


def _import_links(session: Session, table: Table, *, apply: bool, now: datetime, by: str) -> Imported:
    file, plan = successions.plan_links(session, table)
    effective = 0
    if apply:
        successions.save_links(session, plan, now=now, by=by)
        effective = successions.let_take_effect(session, now=now, by=by)
    return Imported(
        mode="apply" if apply else "preview",
        file="links",
        rows=len(file.rows) + file.skipped,
        created=plan.created,
        changed=plan.changed,
        unchanged=len(file.rows) - plan.created - plan.changed,
        closed=0,
        successors=effective,
        skipped=file.skipped,
        findings=file.findings,
    )


def _events(
    plan: Plan, file_date: date | None, successors: dict[str, str | None]
) -> Iterator[SchoolImported | SchoolChanged | SchoolClosed]:
    for school in plan.created:
        yield SchoolImported(**_facts(school, file_date))
    for change in plan.changed:
        school = change.school
        if change.told:
            yield SchoolChanged(**_facts(school, file_date), changed_fields=list(change.told))
        if change.closes:
            yield SchoolClosed(
                urn=school.urn, close_date=school.close_date, successor_urn=successors[school.urn]
            )


def _facts(school: Establishment, file_date: date | None) -> dict[str, Any]:
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
