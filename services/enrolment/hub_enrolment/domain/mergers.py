"""Rules about merging two records of one person: joining memberships, withdrawing places, obstacles."""

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
    """The facts of one record that a decision about a merger needs, read while it is locked."""

    id: UUID
    trn: str | None
    merged_into: UUID | None
    anonymised: bool


@dataclass(frozen=True, kw_only=True)
class HeldPlace:
    """An active place on a group; `used`: a register, a task or a lesson study refers to it."""

    id: UUID
    work_group_id: UUID
    enrolled_at: datetime
    used: bool


@dataclass(frozen=True, kw_only=True)
class Address:
    """The e-mail address of one record, since when it is unconfirmed, and the person's present schools."""

    email: str
    unconfirmed_since: datetime | None
    urns: Collection[str]


@dataclass(frozen=True)
class Joined:
    """Overlapping memberships of one school, joined into one."""

    kept: Membership  # from the first to the last day of all
    dropped: tuple[UUID, ...]


def others(target: UUID, known: Collection[UUID], origin: UUID, also_known: Collection[UUID]) -> list[UUID]:
    """Return the ids of the people that either record was registered as different from, without the two."""
    return sorted({*known, *also_known} - {target, origin})


def check(origin: Record, target: Record) -> None:
    """Raise unless two records can be merged: different ones, neither merged nor anonymised.

    A merged record is neither merged again nor merged into, so there are no chains or cycles.

    Raises:
        Refused: `same_teacher`; Conflict: `already_merged`, `teacher_anonymised`.
    """
    if origin.id == target.id:
        raise Refused("same_teacher", "Both ids are of one record; give two records.", "/into_id")
    for record, pointer in ((origin, "/from_id"), (target, "/into_id")):
        if record.merged_into is not None:
            detail = f"This record was merged into {record.merged_into} already; use that one."
            raise Conflict("already_merged", detail, pointer)
        if record.anonymised:
            raise Conflict(
                "teacher_anonymised", "This record is anonymised, so it cannot be merged.", pointer
            )


def obstacles(
    origin: Record,
    target: Record,
    shared: Sequence[tuple[HeldPlace, HeldPlace]],
    *,
    keep_trn: bool = False,
) -> list[Conflict]:
    """Return what staff must decide before a merger: which TRN is right, which of two used places stays.

    Args:
        origin: the record to merge.
        target: the record that remains.
        shared: the two places on each group on which both have one.
        keep_trn: the TRN of the target is right; that of the origin becomes a former one.
    """
    found = []
    if origin.trn is not None and target.trn is not None and not keep_trn:
        detail = "Both records have a TRN. Send keep_trn: true if that of into_id is right, or correct one."
        found.append(Conflict("both_have_trn", detail, "/from_id"))
    for one, other in shared:
        if one.used and other.used:
            detail = (
                f"Both places on the Work Group {one.work_group_id} have marks, tasks or lesson studies;"
                " withdraw one of them first."
            )
            found.append(Conflict("both_places_used", detail, "/from_id"))
    return found


def place_to_give_up(one: HeldPlace, other: HeldPlace) -> HeldPlace:
    """Return the place to withdraw of two of one person on one group: the unused one.

    Of two unused places it is the younger one: the older has the date of the person's first place. Two used
    places are one of the `obstacles`, because marks in two registers cannot be merged.
    """
    if one.used != other.used:
        return other if one.used else one
    return max(one, other, key=lambda place: (place.enrolled_at, place.id))


def address_unconfirmed_since(
    target: Address, origin: Address, *, answered: bool, now: datetime
) -> datetime | None:
    """Return since when the remaining address is unconfirmed after a merger; None if it is confirmed.

    The target's address remains. It is unconfirmed if it was before, or if the addresses differ and the
    origin has another school: the person may have left the target's school. An address of both records is
    unconfirmed if it is in either of them.

    Args:
        target: the record that remains.
        origin: the merged record.
        answered: the command gives the address or confirms it.
        now: the instant of the merger.
    """
    if target.email == origin.email:
        known = [since for since in (target.unconfirmed_since, origin.unconfirmed_since) if since is not None]
        return unconfirmed_since(min(known, default=None), answered=answered, questioned=False, now=now)
    elsewhere = not set(origin.urns) <= set(target.urns)
    return unconfirmed_since(target.unconfirmed_since, answered=answered, questioned=elsewhere, now=now)


def join(of_target: Sequence[Membership], of_origin: Sequence[Membership]) -> list[Joined]:
    """Join overlapping memberships of one school, so that the person has at most one of each school on a day.

    The membership that lasts longest is kept with its role; of two that last equally long the target's.
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
    """Group the memberships of one school, in the order of their first days, by overlap."""
    clusters: list[list[Membership]] = []
    for membership in held:
        if clusters and membership.starts_on <= max(map(_last, clusters[-1])):
            clusters[-1].append(membership)
        else:
            clusters.append([membership])
    return clusters


def _last(membership: Membership) -> date:
    return membership.ends_on or date.max
