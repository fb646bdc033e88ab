"""Notices to PD leads about schools and planned visits that are handed over.

All schools of one PD lead form one thread, so one e-mail covers a change of many schools and visits.
Calendar entries are sent for each visit separately.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from hub_kernel.england import day_in_england
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import Facts, HandOver, LedSchool, LedVisit, Notice

NOTIFY_WITHIN: Final = timedelta(
    days=28
)  # older changes are not notified; longer than any outage of a mail server
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One PD lead's assignment to one school."""

    assignment_id: UUID
    urn: str
    pd_lead_id: UUID
    starts_on: date
    follows: UUID | None
    ended_on: date | None  # its last day, once it was handed over or ended
    changed_at: datetime  # the time of the last event about it

    @property
    def never_began(self) -> bool:
        """Whether it was handed over with effect from its own first day."""
        return self.ended_on is not None and self.ended_on < self.starts_on


@dataclass(frozen=True, kw_only=True)
class LedSchools:
    """One PD lead's current and former schools, and the visits to them."""

    pd_lead_id: UUID
    assignments: Mapping[UUID, Assignment]  # of this PD lead, with the whole chains that contain them
    visits: tuple[LedVisit, ...]
    notified_visits: Mapping[UUID, Facts]  # the last notified state of each visit

    def own(self) -> list[Assignment]:
        """Return this PD lead's assignments, by first day."""
        own = [each for each in self.assignments.values() if each.pd_lead_id == self.pd_lead_id]
        return sorted(own, key=lambda each: (each.starts_on, each.assignment_id))

    def is_taken_over(self, one: Assignment) -> bool:
        """Return whether the school had another PD lead before the assignment, or none immediately before."""
        before = None if one.follows is None else self.assignments.get(one.follows)
        while before is not None and before.never_began and before.follows is not None:
            before = self.assignments.get(before.follows)
        if one.follows is None or before is None:
            return one.follows is not None
        return before.pd_lead_id != one.pd_lead_id or before.ended_on != one.starts_on - _ONE_DAY

    def is_given_up(self, one: Assignment) -> bool:
        """Return whether this PD lead stops leading the school on the assignment's last day."""
        if one.ended_on is None:
            return False
        following = {each.follows: each for each in self.assignments.values()}
        after = following.get(one.assignment_id)
        while after is not None and after.never_began:
            after = following.get(after.assignment_id)
        return (
            after is None or after.pd_lead_id != one.pd_lead_id or after.starts_on != one.ended_on + _ONE_DAY
        )


def hand_over_notice(led: LedSchools, items: Mapping[str, Facts], *, now: datetime) -> Notice | None:
    """Return the notice of schools and visits handed over to or from a PD lead; None: nothing to notify.

    A hand-over that was undone before it was notified, or that changes nothing for this PD lead, is left out.
    """
    taken_over, given_up = [], []
    for one in led.own():
        state = items.get(_item(one), {}).get("state")
        if now - one.changed_at > NOTIFY_WITHIN:
            continue
        if state is None and not one.never_began and led.is_taken_over(one) and not _has_ended(one, now):
            taken_over.append(one)
        elif state != "ended" and led.is_given_up(one) and (state or _was_known(one)):
            given_up.append(one)
    gained = [visit for visit in led.visits if _is_gained(visit, led.notified_visits, now)]
    lost = [visit for visit in led.visits if _is_lost(visit, led.notified_visits, now)]
    if not (taken_over or given_up or gained or lost):
        return None
    return _notice(taken_over, given_up, gained, lost)


def repeated_hand_over(
    led: LedSchools, items: Mapping[str, Facts], visits: Mapping[str, Facts], *, now: datetime
) -> Notice | None:
    """Rebuild a sent notice with the schools and visits to which it still applies; None: to none of them."""
    own = {_item(one): one for one in led.own()}
    notified = {item: facts["state"] for item, facts in items.items() if item in own}
    theirs = {str(visit.visit_id): visit for visit in led.visits if visit.planned_at > now}
    known = {key: visits[key]["state"] for key in theirs if key in visits}
    found = _notice(
        [
            own[item]
            for item, state in notified.items()
            if state == "taken_over" and own[item].ended_on is None
        ],
        [own[item] for item, state in notified.items() if state == "ended" and led.is_given_up(own[item])],
        [theirs[key] for key, state in known.items() if state == "planned" and _is_open(theirs[key])],
        [theirs[key] for key, state in known.items() if state != "planned" and not theirs[key].is_own],
    )
    return found if found.hand_over != HandOver() else None


def _is_open(visit: LedVisit) -> bool:
    return visit.is_own and not visit.is_closed


def _notice(
    taken_over: list[Assignment], given_up: list[Assignment], gained: list[LedVisit], lost: list[LedVisit]
) -> Notice:
    items: dict[str, Facts] = {
        _item(one): {"state": "taken_over", "urn": one.urn, "day": one.starts_on.isoformat()}
        for one in taken_over
    }
    for one in given_up:
        assert one.ended_on is not None, "a handed-over assignment has an end"  # noqa: S101 - for mypy
        items[_item(one)] = {"state": "ended", "urn": one.urn, "day": one.ended_on.isoformat()}
    return Notice(
        kind=Kind.SCHOOLS_HANDED_OVER,
        items=items,
        starts_at=min((visit.planned_at for visit in (*gained, *lost)), default=None),
        hand_over=HandOver(
            taken_over=tuple(LedSchool(urn=each.urn, day=each.starts_on) for each in taken_over),
            given_up=tuple(LedSchool(urn=each.urn, day=each.ended_on or each.starts_on) for each in given_up),
            gained=tuple(gained),
            lost=tuple(lost),
        ),
    )


def _item(one: Assignment) -> str:
    return f"assignment:{one.assignment_id}"


def _was_known(one: Assignment) -> bool:
    """Return whether the PD lead knows of the assignment without a message: it began, or was the first."""
    return not one.never_began or one.follows is None


def _has_ended(one: Assignment, now: datetime) -> bool:
    return one.ended_on is not None and one.ended_on < day_in_england(now)


def _is_gained(visit: LedVisit, notified: Mapping[UUID, Facts], now: datetime) -> bool:
    """Return whether an upcoming visit is this PD lead's by a hand-over that was not notified."""
    if not visit.is_own or visit.is_closed or visit.planned_at <= now:
        return False
    known = notified.get(visit.visit_id)
    return visit.by_hand_over if known is None else known["state"] == "handed_over"


def _is_lost(visit: LedVisit, notified: Mapping[UUID, Facts], now: datetime) -> bool:
    """Return whether this PD lead was notified of an upcoming visit that is no longer theirs."""
    known = notified.get(visit.visit_id)
    is_expected = known is not None and known["state"] == "planned"
    return is_expected and not visit.is_own and visit.planned_at > now
