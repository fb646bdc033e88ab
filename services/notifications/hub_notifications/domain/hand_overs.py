"""What a PD lead must be told when schools and their planned visits change hands.

One person's schools are one thread: a change of many schools and visits is one e-mail.
Their calendar follows visit by visit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from hub_kernel.england import day_in_england
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.told import Facts, HandOver, LedSchool, LedVisit, News

IS_NEWS: Final = timedelta(days=28)  # longer than any mail server is away
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One person is the PD lead of a school from a day on."""

    assignment_id: UUID
    urn: str
    pd_lead_id: UUID
    starts_on: date
    follows: UUID | None
    ended_on: date | None  # its last day, when it was handed over or ended
    changed_at: datetime  # when it was last announced

    @property
    def never_began(self) -> bool:
        """Whether it was handed over on its first day."""
        return self.ended_on is not None and self.ended_on < self.starts_on


@dataclass(frozen=True, kw_only=True)
class Support:
    """Everything about one PD lead, the schools that they lead or led, and the visits to them."""

    pd_lead_id: UUID
    assignments: Mapping[UUID, Assignment]  # this person's, with all that these follow or that follow these
    visits: tuple[LedVisit, ...]
    told_of_visits: Mapping[UUID, Facts]  # what this person was last told of each

    def own(self) -> list[Assignment]:
        """This person's assignments, in order."""
        own = [each for each in self.assignments.values() if each.pd_lead_id == self.pd_lead_id]
        return sorted(own, key=lambda each: (each.starts_on, each.assignment_id))

    def is_taken_over(self, one: Assignment) -> bool:
        """Whether somebody else led the school before, or nobody did for some time."""
        before = None if one.follows is None else self.assignments.get(one.follows)
        while before is not None and before.never_began and before.follows is not None:
            before = self.assignments.get(before.follows)
        if one.follows is None or before is None:
            return one.follows is not None
        return before.pd_lead_id != one.pd_lead_id or before.ended_on != one.starts_on - _ONE_DAY

    def is_given_up(self, one: Assignment) -> bool:
        """Whether this person does not go on leading the school after the last day of an assignment."""
        if one.ended_on is None:
            return False
        following = {each.follows: each for each in self.assignments.values()}
        after = following.get(one.assignment_id)
        while after is not None and after.never_began:
            after = following.get(after.assignment_id)
        return (
            after is None or after.pd_lead_id != one.pd_lead_id or after.starts_on != one.ended_on + _ONE_DAY
        )


def hand_over_news(support: Support, items: Mapping[str, Facts], *, now: datetime) -> News | None:
    """Tell of schools and visits that a PD lead has taken over or given up; None: nothing to say.

    A hand-over that was undone before it was told is no news, nor one that changes nothing for this person.
    """
    taken_over, given_up = [], []
    for one in support.own():
        state = items.get(_item(one), {}).get("state")
        if now - one.changed_at > IS_NEWS:
            continue
        if state is None and not one.never_began and support.is_taken_over(one) and not _is_over(one, now):
            taken_over.append(one)
        elif state != "ended" and support.is_given_up(one) and (state or _was_known(one)):
            given_up.append(one)
    gained = [visit for visit in support.visits if _is_gained(visit, support.told_of_visits, now)]
    lost = [visit for visit in support.visits if _is_lost(visit, support.told_of_visits, now)]
    if not (taken_over or given_up or gained or lost):
        return None
    return _news(taken_over, given_up, gained, lost)


def again_of(
    support: Support, items: Mapping[str, Facts], visits: Mapping[str, Facts], *, now: datetime
) -> News | None:
    """Rebuild what was told of schools and visits, as far as it still holds; None: nothing of it does."""
    own = {_item(one): one for one in support.own()}
    told = {item: facts["state"] for item, facts in items.items() if item in own}
    theirs = {str(visit.visit_id): visit for visit in support.visits if visit.planned_at > now}
    known = {key: visits[key]["state"] for key in theirs if key in visits}
    found = _news(
        [own[item] for item, state in told.items() if state == "taken_over" and own[item].ended_on is None],
        [own[item] for item, state in told.items() if state == "ended" and support.is_given_up(own[item])],
        [theirs[key] for key, state in known.items() if state == "planned" and _stands(theirs[key])],
        [theirs[key] for key, state in known.items() if state != "planned" and not theirs[key].is_theirs],
    )
    return found if found.hand_over != HandOver() else None


def _stands(visit: LedVisit) -> bool:
    return visit.is_theirs and not visit.is_off


def _news(
    taken_over: list[Assignment], given_up: list[Assignment], gained: list[LedVisit], lost: list[LedVisit]
) -> News:
    items: dict[str, Facts] = {
        _item(one): {"state": "taken_over", "urn": one.urn, "day": one.starts_on.isoformat()}
        for one in taken_over
    }
    for one in given_up:
        assert one.ended_on is not None, "an assignment that is given up has ended"  # noqa: S101 - for mypy
        items[_item(one)] = {"state": "ended", "urn": one.urn, "day": one.ended_on.isoformat()}
    return News(
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
    """Whether its PD lead knows of an assignment of which no message was sent: it began, or was the first."""
    return not one.never_began or one.follows is None


def _is_over(one: Assignment, now: datetime) -> bool:
    return one.ended_on is not None and one.ended_on < day_in_england(now)


def _is_gained(visit: LedVisit, told: Mapping[UUID, Facts], now: datetime) -> bool:
    """Whether a visit to come is this person's by a hand-over of which they have not been told."""
    if not visit.is_theirs or visit.is_off or visit.planned_at <= now:
        return False
    known = told.get(visit.visit_id)
    return visit.by_hand_over if known is None else known["state"] == "handed_over"


def _is_lost(visit: LedVisit, told: Mapping[UUID, Facts], now: datetime) -> bool:
    """Whether this person believes in a visit to come that somebody else, or nobody, will make."""
    known = told.get(visit.visit_id)
    believed = known is not None and known["state"] == "planned"
    return believed and not visit.is_theirs and visit.planned_at > now
