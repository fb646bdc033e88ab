"""Merge two records of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import TeacherMerged
from hub_enrolment.commands.mergers import MergeTeachers
from hub_enrolment.domain import mergers, teachers
from hub_enrolment.domain.memberships import Membership
from hub_enrolment.domain.mergers import Address, HeldPlace, Joined, Record
from hub_enrolment.models import LeaderRole, Teacher
from hub_enrolment.steps.enrolments import withdraw
from hub_enrolment.steps.leaders import close_role
from hub_enrolment.steps.waiting_list import leave_lists
from hub_enrolment.store import mergers as store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store.work_groups import lock_work_group
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Conflict, Refused
from hub_messaging import outbox


@dataclass(frozen=True, kw_only=True)
class Merger:
    """The effects of a merger, or in a dry run the expected effects."""

    from_id: UUID
    into_id: UUID
    dry_run: bool
    moves: dict[str, int]  # rows of the merged record, by table
    withdrawn: list[HeldPlace]
    ended: Sequence[LeaderRole]
    joined: list[Joined]
    in_the_way: list[Conflict]
    address_unconfirmed_since: datetime | None

    @property
    def address_confirmed(self) -> bool:
        """Whether messages may go to the remaining address."""
        return self.address_unconfirmed_since is None


class _Pair(NamedTuple):
    """The two records of one person, locked."""

    origin: Teacher
    target: Teacher  # the one that stays


def merge_teachers(session: Session, command: MergeTeachers, *, now: datetime, by: str) -> Merger:
    """Merge two records of one person; every reference to the first then names the second.

    A dry run returns what would move and what prevents it, and changes nothing.

    Raises:
        Refused: `unknown_teacher`, `email_and_keep_email`; it, and Conflict: see `mergers.check`; unless it
            is a dry run, Conflict, too: see `mergers.obstacles`.
    """
    answered = teachers.address_answered(command.email, keep_email=command.keep_email)
    held = store.lock_both(session, [command.from_id, command.into_id])
    origin, target = _of(held, command.from_id, "/from_id"), _of(held, command.into_id, "/into_id")
    mergers.check(_record(origin), _record(target))
    merger = _plan(session, _Pair(origin, target), command, answered=answered, now=now)
    if command.dry_run:
        return merger
    if merger.in_the_way:
        raise merger.in_the_way[0]
    _end_doubles(session, merger, now=now, by=by)
    store.join_memberships(session, merger.joined, now=now, by=by)
    leave_lists(session, store.waiting_twice(session, origin.id, target.id), now=now, by=by)
    store.drop_doubles(session, origin.id, target.id)
    replaced, target.email = target.email, command.email or target.email
    target.former_emails = teachers.formers(target.former_emails, replaced, target.email)
    target.email_unconfirmed_since = merger.address_unconfirmed_since
    _take_over(session, origin, target, now=now, by=by)
    store.repoint(session, origin.id, target.id, now=now, by=by)
    before = store.merged_before(session, origin.id)
    for record in [*before, origin]:
        record.merged_into = target.id
        record.touch(now=now, by=by)
    session.flush()
    told = [TeacherMerged(from_id=record.id, into_id=target.id) for record in [*before, origin]]
    outbox.record_all(session, told, occurred_at=now, by=by)
    return merger


def _plan(session: Session, pair: _Pair, asked: MergeTeachers, *, answered: bool, now: datetime) -> Merger:
    """Plan a merger, and lock the groups on which both records have a place or wait."""
    origin, target = pair
    groups = store.shared_groups(session, origin.id, target.id)
    waiting = [entry.work_group_id for entry in store.waiting_twice(session, origin.id, target.id)]
    for work_group_id in sorted({*groups, *waiting}):
        lock_work_group(session, work_group_id)
    shared = store.shared_places(session, origin.id, target.id, groups)
    of_target, of_origin = (teacher_store.memberships(session, one.id) for one in (target, origin))
    return Merger(
        from_id=origin.id,
        into_id=target.id,
        dry_run=asked.dry_run,
        moves=store.counts(session, origin.id),
        withdrawn=[mergers.place_to_give_up(*both) for both in shared],
        ended=[_later(both, target.id) for both in store.open_roles(session, origin.id, target.id)],
        joined=mergers.join(of_target, of_origin),
        in_the_way=mergers.obstacles(_record(origin), _record(target), shared, keep_trn=asked.keep_trn),
        address_unconfirmed_since=mergers.address_unconfirmed_since(
            _address(target, of_target), _address(origin, of_origin), answered=answered, now=now
        ),
    )


def _end_doubles(session: Session, merger: Merger, *, now: datetime, by: str) -> None:
    """Withdraw doubled places, and end the later of two holdings of one role."""
    for place in merger.withdrawn:
        withdraw(session, place.id, "other", now=now, by=by)
    for role in merger.ended:
        close_role(session, role, max(role.starts_on, day_in_england(now)), now=now, by=by)


def _take_over(session: Session, origin: Teacher, target: Teacher, *, now: datetime, by: str) -> None:
    """Copy what the target lacks; an opt-out in either record counts."""
    trn, origin.trn = origin.trn, None
    session.flush()  # the TRN is unique
    if trn is not None and target.trn is None:
        target.trn, target.trnless = trn, False
    target.phone = target.phone or origin.phone
    target.phase = target.phase or origin.phase
    target.contact_opt_out = target.contact_opt_out or origin.contact_opt_out
    for name in [*origin.previous_names, origin.name]:
        target.previous_names = teachers.names_before(target.previous_names, name, target.name)
    for number in [*origin.former_trns, trn]:
        target.former_trns = teachers.formers(target.former_trns, number, target.trn)
    for address in [*origin.former_emails, origin.email]:
        target.former_emails = teachers.formers(target.former_emails, address, target.email)
    target.different_from = mergers.others(target.id, target.different_from, origin.id, origin.different_from)
    target.touch(now=now, by=by)
    session.flush()


def _later(pair: Sequence[LeaderRole], target_id: UUID) -> LeaderRole:
    """Return the later holding of a role; if both began together, the one that is not the target's."""
    return max(pair, key=lambda role: (role.starts_on, role.teacher_id != target_id))


def _of(held: dict[UUID, Teacher], teacher_id: UUID, pointer: str) -> Teacher:
    if teacher_id not in held:
        raise Refused("unknown_teacher", "There is no such teacher.", pointer)
    return held[teacher_id]


def _record(teacher: Teacher) -> Record:
    return Record(
        id=teacher.id,
        trn=teacher.trn,
        merged_into=teacher.merged_into,
        anonymised=teacher.anonymised_on is not None,
    )


def _address(teacher: Teacher, memberships: Sequence[Membership]) -> Address:
    return Address(
        email=teacher.email,
        unconfirmed_since=teacher.email_unconfirmed_since,
        urns=[one.urn for one in memberships if one.ends_on is None],
    )
