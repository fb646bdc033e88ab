"""Import the register's links: the successor of each school, and the day from which it stands for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import SchoolsMerged, SchoolSucceeded
from hub_contracts.events import Event
from hub_enrolment.domain.findings import Finding
from hub_enrolment.domain.gias_links import Succession, principal_successors
from hub_enrolment.domain.gias_reconciliation import Merging, mergers, why_not
from hub_enrolment.files.gias_links import LinksFile, read_links
from hub_enrolment.files.tables import Table
from hub_enrolment.steps.import_counts import Counts, Run
from hub_enrolment.store import school_links as link_store
from hub_kernel.england import day_in_england
from hub_messaging import outbox


@dataclass(frozen=True, kw_only=True)
class LinkPlan:
    """The changes that a links file would make."""

    to_write: list[Succession]
    demoted: list[str]  # schools that get another principal successor
    principal: dict[str, Succession]
    created: int
    changed: int


def plan_links(session: Session, table: Table) -> tuple[LinksFile, LinkPlan]:
    """Plan the changes of a links file. A link that is missing from the file stays."""
    file = read_links(table)
    known, principal_before = link_store.stored(session)
    given = {(link.urn, link.successor_urn): link for link in file.rows}
    together = known | given
    principal = principal_successors(together.values())
    demoted = [
        urn
        for urn, successor_urn in principal_before.items()
        if urn not in principal or principal[urn].successor_urn != successor_urn
    ]
    created = given.keys() - known.keys()
    changed = [key for key, link in given.items() if key in known and known[key] != link]
    promoted = [
        (urn, link.successor_urn)
        for urn, link in principal.items()
        if principal_before.get(urn) != link.successor_urn
    ]
    keys = {*created, *changed, *promoted}
    plan = LinkPlan(
        to_write=[together[key] for key in sorted(keys)],
        demoted=demoted,
        principal=principal,
        created=len(created),
        changed=len(changed),
    )
    return file, plan


def save_links(session: Session, plan: LinkPlan, *, now: datetime, by: str) -> None:
    """Save the changes of a links file."""
    if plan.demoted:
        link_store.demote(session, plan.demoted)
    link_store.save(session, plan.to_write, plan.principal, now=now, by=by)


def import_links(run: Run, table: Table) -> Counts:
    """Import the successors of schools.

    Raises:
        FileRefused: see `read_links`.
    """
    file, plan = plan_links(run.session, table)
    save_links(run.session, plan, now=run.now, by=run.by)
    effects = let_take_effect(run, file.row_of, column="LinkURN")
    events = [*effects.replacements(), *effects.mergers()]
    outbox.record_all(run.session, events, occurred_at=run.now, by=run.by)
    return Counts(
        rows=len(file.rows) + file.skipped,
        created=plan.created,
        changed=plan.changed,
        unchanged=len(file.rows) - plan.created - plan.changed,
        successors=len(effects.succeeded),
        skipped=file.skipped,
        findings=[*file.findings, *effects.findings],
        concerned=frozenset(link.urn for link in [*plan.to_write, *effects.succeeded]),
    )


@dataclass(frozen=True, kw_only=True)
class Effects:
    """The successions that take effect, not yet published."""

    succeeded: list[Succession]
    merged: list[Merging]
    findings: list[Finding]  # of schools that could not be reconciled

    @property
    def merged_urns(self) -> frozenset[str]:
        """The schools that merge with others now."""
        return frozenset(one.urn for one in self.merged)

    def replacements(self) -> list[Event]:
        """The events about schools that have a successor of their own."""
        return [_succeeded(link) for link in self.succeeded if link.urn not in self.merged_urns]

    def mergers(self) -> list[Event]:
        """The events about schools that share a successor: each succession, then the merger."""
        succeeded = [_succeeded(link) for link in self.succeeded if link.urn in self.merged_urns]
        return [*succeeded, *(_merged(one) for one in self.merged)]


def let_take_effect(run: Run, row_of: Mapping[str, int], *, column: str) -> Effects:
    """Apply the successions that are due; the caller publishes them.

    A successor is often registered months before the old school closes: until then they are two schools.
    What the hub holds at the closed schools moves next, see `closed_schools.move_all`.

    Args:
        run: the import.
        row_of: where in the file a school stands, for what is found about it; others get row 0.
        column: the column that findings name.
    """
    link_store.refresh_schools(run.session, now=run.now, by=run.by)
    succeeded = link_store.take_effect(run.session, on=day_in_england(run.now))
    sharing = link_store.shared(run.session)
    endings = {
        ending.urn: ending
        for ending in link_store.endings(
            run.session, {*(link.urn for link in succeeded), *(one.urn for one in sharing)}
        )
    }
    merged = [one for one in mergers(sharing, endings.values()) if not one.published]
    if merged:
        link_store.note_merged(run.session, [one.urn for one in merged])
    unclear = [endings[link.urn] for link in succeeded if link.urn in endings]
    findings = [
        Finding(row_of.get(ending.urn, 0), column, ending.urn, "could_not_reconcile", why_not(ending))
        for ending in unclear
        if ending.successor_urn is None
    ]
    return Effects(succeeded=succeeded, merged=merged, findings=findings)


def _succeeded(link: Succession) -> SchoolSucceeded:
    return SchoolSucceeded(
        urn=link.urn,
        successor_urn=link.successor_urn,
        link_type=link.link_type,
        established_on=link.established_on,
    )


def _merged(one: Merging) -> SchoolsMerged:
    return SchoolsMerged(
        urn=one.urn, close_date=one.close_date, successor_urn=one.successor_urn, link_type=one.link_type
    )
