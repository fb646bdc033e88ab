"""Open Work Groups, and change their terms."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.commands.work_groups import ChangeWorkGroup, OpenDraft, OpenWorkGroup
from hub_enrolment.domain import venues, work_groups
from hub_enrolment.domain.capacities import check_capacity, most_teachers
from hub_enrolment.domain.programmes import parse_academic_year
from hub_enrolment.models import Programme, WorkGroup
from hub_enrolment.steps.offers import offer_free_places
from hub_enrolment.steps.terms import published_terms, record_change
from hub_enrolment.steps.venues import follow_group
from hub_enrolment.steps.work_groups import allow, publish_confirmed
from hub_enrolment.store import enrolments as enrolment_store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store import work_groups as store
from hub_enrolment.store.venues import location_of
from hub_enrolment.store.work_groups import Locked, lock_with_terms
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused, Stale
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id
from hub_platform.json_values import Values


def open_work_group(session: Session, command: OpenWorkGroup, *, now: datetime, by: str) -> store.Described:
    """Open a Work Group for recruitment, or create a draft, which is not published.

    Raises:
        Refused: `unknown_programme`, `closes_before_opens`, `bad_joining_link`, `lead_named_twice`,
            `not_a_leader`.
    """
    programme = session.get(Programme, command.programme_id, with_for_update={"read": True})
    if programme is None:
        raise Refused("unknown_programme", "There is no such programme.", "/programme_id")
    work_groups.check_recruitment(command.opens_at, command.closes_at)
    venues.check_joining_link(command.joining_link)
    _check_leads(session, programme, command.lead_ids)
    group = WorkGroup(
        id=new_id(),
        programme_id=programme.id,
        title=command.title,
        status="draft" if command.draft else "recruiting",
        capacity=command.capacity or programme.max_teachers,
        opens_at=command.opens_at,
        closes_at=command.closes_at,
        mode=command.mode,
        venue=command.venue,
        joining_link=command.joining_link,
        **made(now, by),
    )
    session.add(group)
    session.flush()
    store.replace_leads(session, group.id, command.lead_ids)
    if not command.draft:
        event = published_terms(group, programme, command.lead_ids)
        outbox.record(session, event, occurred_at=now, by=by)
    return store.Described(group, programme, command.lead_ids, 0, 0)


def open_draft(session: Session, command: OpenDraft, *, now: datetime, by: str) -> store.Described:
    """Open a draft for recruitment.

    Raises:
        Unknown: `unknown_work_group`; Conflict: `not_draft`.
    """
    group, programme = lock_with_terms(session, command.work_group_id)
    work_groups.open_up(group.status)
    group.status = "recruiting"
    group.touch(now=now, by=by)
    session.flush()
    event = published_terms(group, programme, store.lead_ids(session, group.id))
    outbox.record(session, event, occurred_at=now, by=by)
    return store.describe(session, [group], day=day_in_england(now))[0]


def change_work_group(
    session: Session, command: ChangeWorkGroup, *, expected: int | None, now: datetime, by: str
) -> store.Described:
    """Change the terms of a group; upcoming sessions follow its venue and joining link.

    `expected` is the revision that the sender has seen. Nothing new changes nothing.

    Raises:
        Unknown: `unknown_work_group`; Stale: `stale`; Conflict: see `work_groups.check_change`.
        Refused: `too_many_teachers`, `closes_before_opens`, `bad_joining_link`, `lead_named_twice`,
            `not_a_leader`.
    """
    locked = lock_with_terms(session, command.work_group_id)
    group, programme = locked
    if group.revision != expected:
        raise Stale("stale", f"The group has been changed since; it is at revision {group.revision}.")
    led_by = store.lead_ids(session, group.id)
    known = {name: led_by if name == "lead_ids" else getattr(group, name) for name in command.changes}
    changed = {name: value for name, value in command.changes.items() if value != known[name]}
    occupancy, asked = enrolment_store.occupancy(session, *locked), changed.get("capacity", group.capacity)
    work_groups.check_change(group.status, capacity=asked, kept=occupancy.taken + occupancy.offered)
    allowed = _check_capacity(locked, asked, command.override_reason)
    work_groups.check_recruitment(group.opens_at, changed.get("closes_at", group.closes_at))
    venues.check_joining_link(changed.get("joining_link"))
    if "lead_ids" in changed:
        _check_leads(session, programme, changed["lead_ids"])
    if allowed:
        _allow(session, group, asked, command.override_reason, now=now, by=by)
    if changed or allowed:
        _save(session, locked, changed, now=now, by=by)
    return store.describe(session, [group], day=day_in_england(now))[0]


def _save(session: Session, locked: Locked, changed: Values, *, now: datetime, by: str) -> None:
    """Write the changed terms of a group and publish them; its sessions and waiting list follow.

    `changed`: as in `ChangeWorkGroup`.
    """
    group, programme = locked
    led_by = store.lead_ids(session, group.id)
    before, located = published_terms(group, programme, led_by), location_of(group)
    for name, value in changed.items():
        if name == "lead_ids":
            store.replace_leads(session, group.id, changed["lead_ids"])
        else:
            setattr(group, name, value)
    group.touch(now=now, by=by)
    session.flush()
    after = published_terms(group, programme, changed.get("lead_ids", led_by))
    record_change(session, group.status, before, after, now=now, by=by)
    follow_group(session, group, located, now=now, by=by)
    offer_free_places(session, locked, now=now, by=by)


def _check_capacity(locked: Locked, asked: int, override_reason: str | None) -> bool:
    """Raise unless the capacity is allowed; return whether an override is needed."""
    group, programme = locked
    return check_capacity(
        group.status,
        known=group.capacity,
        asked=asked,
        most=most_teachers(programme.max_teachers, group.allowed_teachers),
        override_reason=override_reason,
    )


def _allow(
    session: Session, group: WorkGroup, teachers_n: int, reason: str | None, *, now: datetime, by: str
) -> None:
    """Record that a hub lead allows more teachers; publish it for a confirmed group."""
    allow(group, teachers_n, reason, now=now, by=by)
    if group.confirmed_at is not None and group.status != "at_risk":
        counted = store.count(session, group.id, day=day_in_england(now))
        publish_confirmed(session, group, counted, overridden=True, now=now, by=by)


def _check_leads(session: Session, programme: Programme, lead_ids: list[UUID]) -> None:
    known = teacher_store.hold(session, lead_ids)
    held = teacher_store.appointments(session, [lead_id for lead_id, named in known.items() if named])
    work_groups.check_leads(held, lead_ids, parse_academic_year(programme.academic_year))
