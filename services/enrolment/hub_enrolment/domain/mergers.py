"""Rules about two records of one person: what becomes of what both hold, and where a person must decide."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from hub_enrolment.domain.memberships import Membership
from hub_enrolment.domain.teachers import unconfirmed_since
from hub_kernel.refusals import Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a decision about a merger needs to know of one record, read while it is locked."""

    id: UUID
    trn: str | None
    merged_into: UUID | None
    anonymised: bool


@dataclass(frozen=True, kw_only=True)
class HeldPlace:
    """An active place on a work group; `used`: a register, a task or a lesson study names it."""

    id: UUID
    work_group_id: UUID
    enrolled_at: datetime
    used: bool


@dataclass(frozen=True, kw_only=True)
class Address:
    """The e-mail address of one record, since when it is unconfirmed, and where the person works now."""

    email: str
    unconfirmed_since: datetime | None
    urns: Collection[str]


@dataclass(frozen=True)
class Joined:
    """Memberships of one school that overlap become one."""

    kept: Membership  # with the first and the last day of all
    dropped: tuple[UUID, ...]


def others(target: UUID, known: Collection[UUID], origin: UUID, also_known: Collection[UUID]) -> list[UUID]:
    """Whom the record that is left was said to differ from, in either record; not itself."""
    return sorted({*known, *also_known} - {target, origin})


def check(origin: Record, target: Record) -> None:
    """Let a merger pass that can be thought of at all.

    A record that was merged is neither merged again nor merged into, so there is no chain and no cycle.

    Raises:
        Refused: `same_teacher`; Conflict: `already_merged`, `teacher_anonymised`.
    """
    if origin.id == target.id:
        raise Refused("same_teacher", "A record is merged into another one.", "/into_id")
    for record, pointer in ((origin, "/from_id"), (target, "/into_id")):
        if record.merged_into is not None:
            detail = f"This record was merged into {record.merged_into} already."
            raise Conflict("already_merged", detail, pointer)
        if record.anonymised:
            raise Conflict("teacher_anonymised", "Nobody knows any more who this is.", pointer)


def obstacles(
    origin: Record,
    target: Record,
    shared: Sequence[tuple[HeldPlace, HeldPlace]],
    *,
    keep_trn: bool = False,
) -> list[Conflict]:
    """What a person must decide first: which of two numbers is right, which of two used places stays.

    Args:
        origin: the record that would go.
        target: the one that would stay.
        shared: the two places on each work group on which both hold one.
        keep_trn: the TRN of the target is right; that of the origin becomes a former one.
    """
    found = []
    if origin.trn is not None and target.trn is not None and not keep_trn:
        detail = "Both records have a TRN. Say keep_trn: true if that of into_id is right, or correct one."
        found.append(Conflict("both_have_trn", detail, "/from_id"))
    for one, other in shared:
        if one.used and other.used:
            detail = (
                f"Both places on the work group {one.work_group_id} were used; withdraw one of them first."
            )
            found.append(Conflict("both_places_used", detail, "/from_id"))
    return found


def place_to_give_up(one: HeldPlace, other: HeldPlace) -> HeldPlace:
    """Which of two places of one person on one work group is withdrawn: the one that nobody has used yet.

    Where neither was used the younger one goes: the older says since when the person has had a place.
    Where both were used `obstacles` has said so: marks in two registers cannot be laid over each other.
    """
    if one.used != other.used:
        return other if one.used else one
    return max(one, other, key=lambda place: (place.enrolled_at, place.id))


def address_unconfirmed_since(
    target: Address, origin: Address, *, answered: bool, now: datetime
) -> datetime | None:
    """Since when the address that is left is unconfirmed; None: it is confirmed.

    The target's address is left. It is in question when it was before, and when the two records have
    different addresses and the origin brings another school: the person may have left the target's school.
    One address in both records is in question as long as it is in one of them.

    Args:
        target: the record that stays.
        origin: the one that goes.
        answered: the command gives the address or keeps it.
        now: the instant of the merger.
    """
    if target.email == origin.email:
        known = [since for since in (target.unconfirmed_since, origin.unconfirmed_since) if since is not None]
        return unconfirmed_since(min(known, default=None), answered=answered, questioned=False, now=now)
    elsewhere = not set(origin.urns) <= set(target.urns)
    return unconfirmed_since(target.unconfirmed_since, answered=answered, questioned=elsewhere, now=now)


def join(of_target: Sequence[Membership], of_origin: Sequence[Membership]) -> list[Joined]:
    """What overlaps becomes one membership, so that nobody is at one school twice on a day.

    The row that lasts longest is kept with its role; of two that last as long the target's.
    """
    at: defaultdict[str, list[Membership]] = defaultdict(list)
    for membership in sorted([*of_target, *of_origin], key=lambda one: (one.starts_on, one.id)):
        at[membership.urn].append(membership)
    targets = {one.id for one in of_target}
    joined = []
    for held in at.values():
        for cluster in _clusters(held):
            if len(cluster) > 1:
                last = max(cluster, key=lambda one: (_last(one), one.id in targets))
                dropped = tuple(one.id for one in cluster if one.id != last.id)
                joined.append(Joined(replace(last, starts_on=cluster[0].starts_on), dropped))
    return joined


def _clusters(held: Sequence[Membership]) -> list[list[Membership]]:
    """Those of one school, in the order of their first days, with those that overlap together."""
    clusters: list[list[Membership]] = []
    for membership in held:
        if clusters and membership.starts_on <= max(map(_last, clusters[-1])):
            clusters[-1].append(membership)
        else:
            clusters.append([membership])
    return clusters


def _last(membership: Membership) -> date:
    return membership.ends_on or date.max
