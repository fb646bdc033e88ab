"""Importing the register's links: who carries on whom, and from when that counts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import SchoolSucceeded
from hub_enrolment.domain.gias_file import Table
from hub_enrolment.domain.gias_links import LinksFile, Succession, principal_successors, read_links
from hub_enrolment.store import successions as store
from hub_messaging import outbox


@dataclass(frozen=True, kw_only=True)
class LinkPlan:
    """What a links file would change."""

    to_write: list[Succession]
    demoted: list[str]  # schools whose principal successor becomes another one
    principal: dict[str, Succession]
    created: int
    changed: int


def plan_links(session: Session, table: Table) -> tuple[LinksFile, LinkPlan]:
    """Work out what a links file changes. A link that the file does not have any more stays."""
    file = read_links(table)
    known, principal_before = store.stored(session)
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
    """Write what a links file changes."""
    if plan.demoted:
        store.demote(session, plan.demoted)
    store.save(session, plan.to_write, plan.principal, now=now, by=by)


def let_take_effect(session: Session, *, now: datetime, by: str) -> int:
    """Announce the successions whose time has come; how many they were.

    A successor is often registered months before the old school closes: until then they are two schools.
    """
    store.refresh_schools(session, now=now, by=by)
    effective = store.take_effect(session)
    events = [
        SchoolSucceeded(
            urn=link.urn,
            successor_urn=link.successor_urn,
            link_type=link.link_type,
            established_on=link.established_on,
        )
        for link in effective
    ]
    outbox.record_all(session, events, occurred_at=now, by=by)
    return len(effective)
