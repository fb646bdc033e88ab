"""A resend repeats a notice as long as it applies to the person."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.notifications.participations import (
    DAY,
    INSTANT,
    NOW,
    a_place,
    a_session,
    an_application,
    an_entry,
    cancelled,
    found_in,
    participation,
    tell,
)

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import Notice
from hub_notifications.domain.participations import ApplicationState, Participation, PlaceState, WaitingState
from hub_notifications.domain.pd_days import PDDay
from hub_notifications.domain.resending import NoLongerApplies, repeated_notice, resend_data
from hub_notifications.domain.threads import notice_for
from hub_notifications.domain.visits import Visit

ONE, TWO = a_session(1), a_session(2)
HELD = participation(ONE, place=a_place())
KNOWN = tell(HELD)
MOVED = replace(ONE, starts_at=ONE.starts_at + DAY, sequence=1)
VISIT = Visit(urn="110623", planned_at=NOW + DAY, kind="support")
PD_DAY = PDDay(
    kind="pd_day", theme="mastery", title=None, on=date(2026, 9, 8), starts_at=NOW + DAY, venue=None
)
OFFERED, EXPIRED = (
    participation(waiting=an_entry(state)) for state in (WaitingState.OFFERED, WaitingState.EXPIRED)
)
PUT_OFF, DECLINED = (
    participation(applications=(an_application(state),))
    for state in (ApplicationState.WAITLISTED, ApplicationState.DECLINED)
)
MIXED = participation(MOVED, TWO, place=a_place())


def notice_of(subject: Any, items: Any = None) -> Notice:
    found = notice_for(subject, items or {}, now=NOW)
    assert found is not None
    return found


REMINDER = replace(
    notice_of(participation(ONE, place=a_place())),
    kind=Kind.SESSION_REMINDER,
    items={f"session:{ONE.session_id}": KNOWN[f"session:{ONE.session_id}"]},
    held_place=False,
)
SENT: list[tuple[Notice, Any]] = [
    (notice_of(HELD), HELD),
    (notice_of(participation(ONE, TWO, place=a_place()), KNOWN), participation(ONE, TWO, place=a_place())),
    (notice_of(participation(MOVED, place=a_place()), KNOWN), participation(MOVED, place=a_place())),
    (notice_of(MIXED, KNOWN), MIXED),
    (
        notice_of(participation(cancelled(ONE), place=a_place()), KNOWN),
        participation(cancelled(ONE), place=a_place()),
    ),
    (REMINDER, HELD),
    (
        notice_of(participation(ONE, place=a_place(PlaceState.WITHDRAWN)), KNOWN),
        participation(ONE, place=a_place(PlaceState.WITHDRAWN)),
    ),
    (
        notice_of(participation(place=a_place(PlaceState.COMPLETED))),
        participation(place=a_place(PlaceState.COMPLETED)),
    ),
    (
        notice_of(participation(ONE, place=a_place(), cancelled="funding"), KNOWN),
        participation(ONE, place=a_place(), cancelled="funding"),
    ),
    (notice_of(OFFERED), OFFERED),
    (notice_of(EXPIRED), EXPIRED),
    (notice_of(PUT_OFF), PUT_OFF),
    (notice_of(DECLINED), DECLINED),
    (notice_of(VISIT), VISIT),
    (notice_of(replace(VISIT, cancelled="weather")), replace(VISIT, cancelled="weather")),
    (notice_of(PD_DAY), PD_DAY),
    (notice_of(replace(PD_DAY, cancelled="weather")), replace(PD_DAY, cancelled="weather")),
]


@pytest.mark.parametrize(("found", "subject"), SENT, ids=[found.kind for found, _ in SENT])
def test_resend_repeats_a_notice_that_still_applies(found: Notice, subject: Any) -> None:
    repeated = repeated_notice(found.kind, resend_data(found), subject, now=NOW)
    assert repeated.kind is found.kind
    assert (repeated.added, repeated.moved) == (found.added, found.moved)
    assert [(each.session_id, why) for each, why in repeated.cancelled] == [
        (each.session_id, why) for each, why in found.cancelled
    ]
    assert repeated.items == found.items


LEFT = participation(ONE, place=a_place(PlaceState.WITHDRAWN))
HOLDS = {"place": a_place()}
NO_LONGER: list[tuple[Notice, Any, str]] = [
    (notice_of(HELD), LEFT, "withdrawn"),
    (notice_of(HELD), participation(ONE), "withdrawn"),
    (REMINDER, LEFT, "withdrawn"),
    (REMINDER, participation(cancelled(ONE), **HOLDS), "session_cancelled"),
    (REMINDER, participation(replace(ONE, starts_at=NOW), **HOLDS), "session_begun"),
    (SENT[1][0], participation(ONE, cancelled(TWO), **HOLDS), "session_cancelled"),
    (SENT[2][0], participation(replace(MOVED, starts_at=NOW), **HOLDS), "session_begun"),
    (SENT[2][0], LEFT, "withdrawn"),
    (SENT[4][0], participation(cancelled(ONE), place=a_place(PlaceState.WITHDRAWN)), "withdrawn"),
    (SENT[6][0], HELD, "place_given"),
    (notice_of(OFFERED), EXPIRED, "offer_over"),
    (
        notice_of(OFFERED),
        participation(waiting=an_entry(WaitingState.OFFERED, waiting_id=UUID(int=9))),
        "offer_over",
    ),
    (notice_of(OFFERED), replace(OFFERED, place=a_place()), "place_given"),
    (notice_of(EXPIRED), OFFERED, "offer_over"),
    (notice_of(EXPIRED), replace(EXPIRED, place=a_place()), "place_given"),
    (notice_of(PUT_OFF), DECLINED, "application_over"),
    (notice_of(DECLINED), replace(DECLINED, place=a_place()), "place_given"),
    (notice_of(VISIT), replace(VISIT, cancelled="weather"), "cancelled"),
    (notice_of(VISIT), replace(VISIT, logged=True), "over"),
    (notice_of(VISIT), replace(VISIT, planned_at=NOW), "over"),
    (notice_of(PD_DAY), replace(PD_DAY, cancelled="weather"), "cancelled"),
    (notice_of(PD_DAY), replace(PD_DAY, starts_at=NOW), "over"),
]


@pytest.mark.parametrize(
    ("found", "subject", "reason"), NO_LONGER, ids=[f"{found.kind}: {why}" for found, _, why in NO_LONGER]
)
def test_notice_that_no_longer_applies_is_not_repeated(found: Notice, subject: Any, reason: str) -> None:
    with pytest.raises(NoLongerApplies) as caught:
        repeated_notice(found.kind, resend_data(found), subject, now=NOW)
    assert caught.value.reason == reason


def test_announcement_can_be_repeated_until_the_session_begins() -> None:
    group = participation(ONE, TWO, place=a_place())
    found = notice_of(group, tell(participation(TWO, place=a_place())))
    assert repeated_notice(found.kind, resend_data(found), group, now=ONE.starts_at - INSTANT).added == (ONE,)
    with pytest.raises(NoLongerApplies):
        repeated_notice(found.kind, resend_data(found), group, now=ONE.starts_at)


def test_move_sent_by_an_earlier_release_is_repeated_as_a_date() -> None:
    items = {f"session:{ONE.session_id}": KNOWN[f"session:{ONE.session_id}"]}
    repeated = repeated_notice(Kind.SESSION_RESCHEDULED, {"items": items}, HELD, now=NOW)
    assert (repeated.kind, repeated.added) == (Kind.SESSION_SCHEDULED, (ONE,))


def test_calendar_entry_can_always_be_repeated() -> None:
    """The entry is the last sent version; for a withdrawn participant, its removal."""
    items = {f"session:{ONE.session_id}": KNOWN[f"session:{ONE.session_id}"]}
    subject: Participation = LEFT
    assert repeated_notice(Kind.CALENDAR_ENTRY, {"items": items}, subject, now=NOW).items == items
    assert found_in(subject, KNOWN) is not None
