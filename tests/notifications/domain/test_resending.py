"""What is told once more on request: the same, as long as it holds for this person."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.notifications.standings import (
    DAY,
    INSTANT,
    NOW,
    a_place,
    a_session,
    an_application,
    an_entry,
    cancelled,
    found_in,
    standing,
    tell,
)

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.pd_days import PDDay
from hub_notifications.domain.resending import NoLongerHolds, again, remember
from hub_notifications.domain.standing import ApplicationState, PlaceState, Standing, WaitingState
from hub_notifications.domain.threads import news_of
from hub_notifications.domain.told import News
from hub_notifications.domain.visits import Visit

ONE, TWO = a_session(1), a_session(2)
HELD = standing(ONE, place=a_place())
KNOWN = tell(HELD)
MOVED = replace(ONE, starts_at=ONE.starts_at + DAY, sequence=1)
VISIT = Visit(urn="110623", planned_at=NOW + DAY, kind="support")
PD_DAY = PDDay(
    kind="pd_day", theme="mastery", title=None, on=date(2026, 9, 8), starts_at=NOW + DAY, venue=None
)
OFFERED, EXPIRED = (
    standing(waiting=an_entry(state)) for state in (WaitingState.OFFERED, WaitingState.EXPIRED)
)
PUT_OFF, DECLINED = (
    standing(applications=(an_application(state),))
    for state in (ApplicationState.WAITLISTED, ApplicationState.DECLINED)
)
MIXED = standing(MOVED, TWO, place=a_place())


def news(subject: Any, items: Any = None) -> News:
    found = news_of(subject, items or {}, now=NOW)
    assert found is not None
    return found


REMINDER = replace(
    news(standing(ONE, place=a_place())),
    kind=Kind.SESSION_REMINDER,
    items={f"session:{ONE.session_id}": KNOWN[f"session:{ONE.session_id}"]},
    held_place=False,
)
SENT: list[tuple[News, Any]] = [
    (news(HELD), HELD),
    (news(standing(ONE, TWO, place=a_place()), KNOWN), standing(ONE, TWO, place=a_place())),
    (news(standing(MOVED, place=a_place()), KNOWN), standing(MOVED, place=a_place())),
    (news(MIXED, KNOWN), MIXED),
    (news(standing(cancelled(ONE), place=a_place()), KNOWN), standing(cancelled(ONE), place=a_place())),
    (REMINDER, HELD),
    (
        news(standing(ONE, place=a_place(PlaceState.WITHDRAWN)), KNOWN),
        standing(ONE, place=a_place(PlaceState.WITHDRAWN)),
    ),
    (news(standing(place=a_place(PlaceState.COMPLETED))), standing(place=a_place(PlaceState.COMPLETED))),
    (
        news(standing(ONE, place=a_place(), cancelled="funding"), KNOWN),
        standing(ONE, place=a_place(), cancelled="funding"),
    ),
    (news(OFFERED), OFFERED),
    (news(EXPIRED), EXPIRED),
    (news(PUT_OFF), PUT_OFF),
    (news(DECLINED), DECLINED),
    (news(VISIT), VISIT),
    (news(replace(VISIT, cancelled="weather")), replace(VISIT, cancelled="weather")),
    (news(PD_DAY), PD_DAY),
    (news(replace(PD_DAY, cancelled="weather")), replace(PD_DAY, cancelled="weather")),
]


@pytest.mark.parametrize(("found", "subject"), SENT, ids=[found.kind for found, _ in SENT])
def test_while_it_holds_a_message_says_the_same_again(found: News, subject: Any) -> None:
    repeated = again(found.kind, remember(found), subject, now=NOW)
    assert repeated.kind is found.kind
    assert (repeated.added, repeated.moved) == (found.added, found.moved)
    assert [(each.session_id, why) for each, why in repeated.cancelled] == [
        (each.session_id, why) for each, why in found.cancelled
    ]
    assert repeated.items == found.items


LEFT = standing(ONE, place=a_place(PlaceState.WITHDRAWN))
HOLDS = {"place": a_place()}
NO_LONGER: list[tuple[News, Any, str]] = [
    (news(HELD), LEFT, "withdrawn"),
    (news(HELD), standing(ONE), "withdrawn"),
    (REMINDER, LEFT, "withdrawn"),
    (REMINDER, standing(cancelled(ONE), **HOLDS), "session_cancelled"),
    (REMINDER, standing(replace(ONE, starts_at=NOW), **HOLDS), "session_begun"),
    (SENT[1][0], standing(ONE, cancelled(TWO), **HOLDS), "session_cancelled"),
    (SENT[2][0], standing(replace(MOVED, starts_at=NOW), **HOLDS), "session_begun"),
    (SENT[2][0], LEFT, "withdrawn"),
    (SENT[4][0], standing(cancelled(ONE), place=a_place(PlaceState.WITHDRAWN)), "withdrawn"),
    (SENT[6][0], HELD, "place_given"),
    (news(OFFERED), EXPIRED, "offer_over"),
    (news(OFFERED), standing(waiting=an_entry(WaitingState.OFFERED, waiting_id=UUID(int=9))), "offer_over"),
    (news(OFFERED), replace(OFFERED, place=a_place()), "place_given"),
    (news(EXPIRED), OFFERED, "offer_over"),
    (news(EXPIRED), replace(EXPIRED, place=a_place()), "place_given"),
    (news(PUT_OFF), DECLINED, "application_over"),
    (news(DECLINED), replace(DECLINED, place=a_place()), "place_given"),
    (news(VISIT), replace(VISIT, cancelled="weather"), "cancelled"),
    (news(VISIT), replace(VISIT, logged=True), "over"),
    (news(VISIT), replace(VISIT, planned_at=NOW), "over"),
    (news(PD_DAY), replace(PD_DAY, cancelled="weather"), "cancelled"),
    (news(PD_DAY), replace(PD_DAY, starts_at=NOW), "over"),
]


@pytest.mark.parametrize(
    ("found", "subject", "reason"), NO_LONGER, ids=[f"{found.kind}: {why}" for found, _, why in NO_LONGER]
)
def test_what_no_longer_holds_for_this_person_is_not_told_again(
    found: News, subject: Any, reason: str
) -> None:
    with pytest.raises(NoLongerHolds) as caught:
        again(found.kind, remember(found), subject, now=NOW)
    assert caught.value.reason == reason


def test_a_session_is_announced_again_until_it_begins() -> None:
    group = standing(ONE, TWO, place=a_place())
    found = news(group, tell(standing(TWO, place=a_place())))
    assert again(found.kind, remember(found), group, now=ONE.starts_at - INSTANT).added == (ONE,)
    with pytest.raises(NoLongerHolds):
        again(found.kind, remember(found), group, now=ONE.starts_at)


def test_a_move_that_an_earlier_version_told_is_told_as_the_date_that_it_is() -> None:
    items = {f"session:{ONE.session_id}": KNOWN[f"session:{ONE.session_id}"]}
    repeated = again(Kind.SESSION_RESCHEDULED, {"items": items}, HELD, now=NOW)
    assert (repeated.kind, repeated.added) == (Kind.SESSION_SCHEDULED, (ONE,))


def test_an_entry_is_sent_again_whatever_has_become_of_the_person() -> None:
    """What it says is what was last sent: of who has left, that it is out of their calendar."""
    items = {f"session:{ONE.session_id}": KNOWN[f"session:{ONE.session_id}"]}
    subject: Standing = LEFT
    assert again(Kind.CALENDAR_ENTRY, {"items": items}, subject, now=NOW).items == items
    assert found_in(subject, KNOWN) is not None
