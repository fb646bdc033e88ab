"""Trusts and memberships of trusts, from the register's files."""

from collections.abc import Mapping
from datetime import date

from hub_enrolment.domain.findings import Finding
from hub_enrolment.domain.gias_changes import Plan
from hub_enrolment.domain.gias_groups import Joined
from hub_enrolment.domain.trusts import Membership, change_trust, join_on, present_since
from hub_enrolment.files.gias_groups import read_group_links, read_groups
from hub_enrolment.files.tables import Table
from hub_enrolment.models import TrustMembership
from hub_enrolment.steps.import_counts import Counts, Run
from hub_enrolment.steps.school_facts import record_trust_change
from hub_enrolment.store import trusts as store
from hub_enrolment.store.trusts import Replacement


def keep_history(run: Run, plan: Plan) -> Mapping[str, date | None]:
    """Record the changed trusts of schools in an import, from its day on.

    Returns:
        Since when each of the schools whose trust differs belonged to the trust of before.
    """
    firsts = (
        (school.urn, Membership(trust_uid=school.trust_uid, starts_on=run.on))
        for school in plan.created
        if school.trust_uid is not None
    )
    store.begin_memberships(run.session, firsts, now=run.now, by=run.by)
    moved = {
        change.school.urn: change.school.trust_uid for change in plan.changed if "trust_uid" in change.changed
    }
    held = store.memberships(run.session, moved)
    before = {urn: present_since([store.as_membership(row) for row in held.get(urn, [])]) for urn in moved}
    for urn, trust_uid in moved.items():
        rows = held.get(urn, [])
        wanted = change_trust([store.as_membership(row) for row in rows], trust_uid, on=run.on)
        replacement = Replacement(urn=urn, held=rows, wanted=wanted)
        store.replace_memberships(run.session, replacement, now=run.now, by=run.by)
    return before


def import_groups(run: Run, table: Table) -> Counts:
    """Import trusts from the groups file; publish a changed company for each school of the trust.

    Raises:
        FileRefused: see `read_groups`.
    """
    file = read_groups(table)
    known = store.known_groups(run.session)
    created = [group for group in file.rows if group.uid not in known]
    changed = [group for group in file.rows if group.uid in known and known[group.uid] != group]
    store.save_groups(run.session, [*created, *changed], now=run.now, by=run.by)
    recorded_before = ((group, known[group.uid]) for group in changed)
    other_company = {
        group.uid
        for group, before in recorded_before
        if group.companies_house != (before.companies_house if before is not None else None)
    }
    record_trust_change(run, store.urns_of(run.session, other_company), "companies_house")
    return Counts(
        rows=len(file.rows) + file.skipped,
        created=len(created),
        changed=len(changed),
        unchanged=len(file.rows) - len(created) - len(changed),
        skipped=file.skipped,
        findings=file.findings,
    )


def import_group_links(run: Run, table: Table) -> Counts:
    """Import the joining days of schools; the establishments file has the trust itself.

    Raises:
        FileRefused: see `read_group_links`.
    """
    file = read_group_links(table)
    here = store.urns_known(run.session, [link.urn for link in file.rows])
    links = [link for link in file.rows if link.urn in here]
    held = store.memberships(run.session, [link.urn for link in links])
    findings: list[Finding] = list(file.findings)
    changed = [link.urn for link in links if _join(run, link, held.get(link.urn, []), findings)]
    record_trust_change(run, changed, "trust_since")
    strangers = len(file.rows) - len(links)
    return Counts(
        rows=len(file.rows) + file.skipped,
        created=0,
        changed=len(changed),
        unchanged=len(links) - len(changed),
        skipped=file.skipped + strangers,
        findings=findings,
    )


def _join(run: Run, link: Joined, rows: list[TrustMembership], findings: list[Finding]) -> bool:
    """Set the day on which a school joined its trust; return whether it changed."""
    if link.joined_on is None:
        return False
    before = [store.as_membership(row) for row in rows]
    wanted = join_on(before, link.uid, link.joined_on)
    if wanted is None:
        detail = "the school belongs to another trust, or did on that day; the joined date was left out"
        findings.append(Finding(link.row, "Joined date", link.urn, "trust_differs", detail))
        return False
    replacement = Replacement(urn=link.urn, held=rows, wanted=wanted)
    store.replace_memberships(run.session, replacement, now=run.now, by=run.by)
    return wanted != before
