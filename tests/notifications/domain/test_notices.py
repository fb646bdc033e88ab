"""Notices about a Work Group: each rule."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.notifications.participations import (
    DAY,
    ENDS,
    INSTANT,
    NOW,
    WAITING_ID,
    a_place,
    a_session,
    an_application,
    an_entry,
    cancelled,
    found_in,
    kind_of,
    participation,
    sessions_known,
    tell,
)

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notices import unannounced_items
from hub_notifications.domain.notified import read
from hub_notifications.domain.participations import ApplicationState, PlaceState, WaitingState

ONE, TWO, THREE = (a_session(n) for n in (1, 2, 3))
HELD = participation(ONE, TWO, place=a_place())
KNOWN = tell(HELD)  # a participant who was notified of the place and both sessions

CANCELLED_GROUP = [
    ("a participant", {"place": a_place()}, True),
    ("a participant whose place has ended by it", {"place": a_place(PlaceState.GROUP_CANCELLED)}, True),
    ("a participant who left before", {"place": a_place(PlaceState.WITHDRAWN)}, False),
    ("one who took a place elsewhere", {"place": a_place(PlaceState.TRANSFERRED)}, False),
    ("one who waits", {"waiting": an_entry(WaitingState.WAITING)}, True),
    ("one who has an offer", {"waiting": an_entry(WaitingState.OFFERED)}, True),
    ("one whose entry has ended by it", {"waiting": an_entry(WaitingState.GROUP_CANCELLED)}, True),
    ("one who left the waiting list before", {"waiting": an_entry(WaitingState.ENDED)}, False),
    ("one whose offer had passed", {"waiting": an_entry(WaitingState.EXPIRED)}, False),
    ("one who has applied", {"applications": (an_application(ApplicationState.SUBMITTED),)}, True),
    ("one who was put off", {"applications": (an_application(ApplicationState.WAITLISTED),)}, True),
    (
        "one whose application has ended by it",
        {"applications": (an_application(ApplicationState.DECLINED, ended_by_cancellation=True),)},
        True,
    ),
    ("one who was declined before", {"applications": (an_application(ApplicationState.DECLINED),)}, False),
    ("one who withdrew it", {"applications": (an_application(ApplicationState.WITHDRAWN),)}, False),
    ("one with no relation to it", {}, False),
]


@pytest.mark.parametrize(
    ("relation", "is_notified"),
    [(relation, is_notified) for _, relation, is_notified in CANCELLED_GROUP],
    ids=[name for name, _, _ in CANCELLED_GROUP],
)
def test_each_affected_person_is_notified_once_of_a_cancelled_group(
    relation: dict[str, object], is_notified: bool
) -> None:
    group = participation(cancelled="funding", **relation)
    assert (kind_of(group) is Kind.WORK_GROUP_CANCELLED) == is_notified
    assert kind_of(group, tell(group)) is None


def test_cancelled_group_removes_notified_upcoming_sessions() -> None:
    past = a_session(9, starts_at=NOW - DAY)
    group = participation(past, ONE, cancelled(TWO), THREE, cancelled="funding", place=a_place())
    known = tell(participation(past, ONE, TWO, place=a_place()), now=NOW - 2 * DAY)
    found = found_in(group, known)
    assert found is not None
    assert [(each.seq, reason) for each, reason in found.cancelled] == [(1, None), (2, None)]
    assert (found.held_place, found.starts_at) == (True, ONE.starts_at)
    assert sessions_known(tell(group, known)) == {9: True, 1: False, 2: False}


def test_cancelled_group_is_notified_to_a_teacher_with_an_offer() -> None:
    known = tell(participation(waiting=an_entry(WaitingState.OFFERED)))
    ended = participation(waiting=an_entry(WaitingState.GROUP_CANCELLED), cancelled="funding")
    found = found_in(ended, known)
    assert found is not None
    assert (found.kind, found.held_place) == (Kind.WORK_GROUP_CANCELLED, False)


PLACES = [
    (PlaceState.ACTIVE, False, Kind.PLACE_CONFIRMED),
    (PlaceState.ACTIVE, True, None),
    (PlaceState.WITHDRAWN, False, Kind.PLACE_ENDED),
    (PlaceState.WITHDRAWN, True, Kind.PLACE_ENDED),
    (PlaceState.COMPLETED, False, Kind.PARTICIPANT_COMPLETED),
    (PlaceState.COMPLETED, True, Kind.PARTICIPANT_COMPLETED),
    (PlaceState.TRANSFERRED, False, None),
    (PlaceState.TRANSFERRED, True, None),
    (PlaceState.GROUP_CANCELLED, False, None),  # the group's own event is on its way
    (PlaceState.GROUP_CANCELLED, True, None),
]


@pytest.mark.parametrize(("state", "is_known", "kind"), PLACES)
def test_notice_of_a_place_depends_on_its_state(state: PlaceState, is_known: bool, kind: Kind | None) -> None:
    group, known = participation(ONE, TWO, place=a_place(state)), KNOWN if is_known else {}
    assert kind_of(group, known) == kind
    assert kind_of(group, tell(group, known)) is None


def test_confirmation_lists_all_upcoming_sessions_in_order() -> None:
    past, off = a_session(8, starts_at=NOW), cancelled(THREE)
    found = found_in(participation(past, TWO, off, ONE, place=a_place()))
    assert found is not None
    assert [each.seq for each in found.added] == [1, 2]
    assert (found.starts_at, found.held_place) == (ONE.starts_at, True)


def test_second_place_is_confirmed_with_its_sessions() -> None:
    left = tell(participation(ONE, place=a_place(PlaceState.WITHDRAWN)), KNOWN)
    found = found_in(participation(ONE, place=a_place(enrolment_id=WAITING_ID)), left)
    assert found is not None
    assert (found.kind, [each.seq for each in found.added]) == (Kind.PLACE_CONFIRMED, [1])


@pytest.mark.parametrize("state", [PlaceState.ACTIVE, PlaceState.WITHDRAWN])
@pytest.mark.parametrize(
    ("starts_at", "is_notified"), [(NOW - INSTANT, False), (NOW, False), (NOW + INSTANT, True)]
)
def test_place_on_an_ended_group_causes_no_notice(
    state: PlaceState, starts_at: datetime, is_notified: bool
) -> None:
    group = participation(a_session(starts_at=starts_at), place=a_place(state))
    assert (kind_of(group) is not None) == is_notified


def test_ended_place_removes_upcoming_sessions() -> None:
    found = found_in(participation(ONE, TWO, place=a_place(PlaceState.WITHDRAWN)), KNOWN)
    assert found is not None
    assert [(each.seq, reason) for each, reason in found.cancelled] == [(1, None), (2, None)]


MOVED = replace(ONE, starts_at=ONE.starts_at + DAY, sequence=1)
NEW_LINK = replace(ONE, sequence=1)
CHANGES = [
    ("added", (ONE, TWO, THREE), Kind.SESSION_SCHEDULED, [3], [], []),
    ("moved", (MOVED, TWO), Kind.SESSION_RESCHEDULED, [], [1], []),
    ("another joining link", (NEW_LINK, TWO), Kind.SESSION_RESCHEDULED, [], [1], []),
    ("cancelled", (ONE, cancelled(TWO)), Kind.SESSION_CANCELLED, [], [], [2]),
    ("mixed", (MOVED, cancelled(TWO), THREE), Kind.SESSIONS_CHANGED, [3], [1], [2]),
    ("moved, then cancelled", (cancelled(MOVED), TWO), Kind.SESSION_CANCELLED, [], [], [1]),
    ("announced and cancelled untold", (ONE, TWO, cancelled(THREE)), Kind.SESSION_CANCELLED, [], [], [3]),
    ("cancelled before the place", (ONE, TWO, cancelled(THREE, at=NOW - DAY)), None, [], [], []),
    ("begun before its notice", (ONE, TWO, a_session(3, starts_at=NOW)), None, [], [], []),
]


@pytest.mark.parametrize(
    ("meetings", "kind", "added", "moved", "ended"),
    [case[1:] for case in CHANGES],
    ids=[case[0] for case in CHANGES],
)
def test_a_change_of_sessions_is_one_message(
    meetings: tuple[object, ...], kind: Kind | None, added: list[int], moved: list[int], ended: list[int]
) -> None:
    group = participation(*meetings, place=a_place())  # type: ignore[arg-type]
    found = found_in(group, KNOWN)
    assert (found.kind if found else None) == kind
    if found is not None:
        assert [each.seq for each in found.added] == added
        assert [before.seq for before, _ in found.moved] == moved
        assert [each.seq for each, _ in found.cancelled] == ended
    assert kind_of(group, tell(group, KNOWN)) is None


@pytest.mark.parametrize(
    ("begins", "is_notified"), [(NOW - INSTANT, False), (NOW, False), (NOW + INSTANT, True)]
)
def test_sessions_that_have_begun_cause_no_notice(begins: datetime, is_notified: bool) -> None:
    before = a_session(starts_at=begins)
    known = tell(participation(before, TWO, place=a_place()), now=begins - DAY)
    for change in (replace(before, sequence=1), cancelled(before)):
        assert (kind_of(participation(change, TWO, place=a_place()), known) is not None) == is_notified
    new = participation(before, TWO, place=a_place())
    assert (kind_of(new, tell(participation(TWO, place=a_place()))) is not None) == is_notified


def test_start_of_a_moved_session_is_the_earlier_of_old_and_new() -> None:
    for later in (replace(ONE, starts_at=ONE.starts_at + DAY), replace(ONE, starts_at=ONE.starts_at - DAY)):
        found = found_in(participation(later, TWO, place=a_place()), KNOWN)
        assert found is not None
        assert found.starts_at == min(ONE.starts_at, later.starts_at)


OFFERS = [
    (WaitingState.WAITING, None),
    (WaitingState.OFFERED, Kind.PLACE_OFFERED),
    (WaitingState.EXPIRED, Kind.PLACE_OFFER_EXPIRED),
    (WaitingState.ENDED, None),
]


@pytest.mark.parametrize(("state", "kind"), OFFERS)
def test_notice_of_the_waiting_list_depends_on_its_state(state: WaitingState, kind: Kind | None) -> None:
    group = participation(waiting=an_entry(state))
    found = found_in(group)
    assert (found.kind if found else None) == kind
    if found is not None:
        assert found.about == f"waiting-list/{WAITING_ID}"
        assert found.items["waiting"]["expires_at"] == ENDS.isoformat()
    assert kind_of(group, tell(group)) is None
    assert kind_of(replace(group, place=a_place()), {}) == Kind.PLACE_CONFIRMED


def test_second_offer_is_notified_and_an_extension_is_not() -> None:
    known = tell(participation(waiting=an_entry(WaitingState.OFFERED)))
    longer = participation(waiting=an_entry(WaitingState.OFFERED, expires_at=ENDS + timedelta(days=1)))
    assert kind_of(longer, known) is None
    other = participation(waiting=an_entry(WaitingState.OFFERED, waiting_id=a_session().session_id))
    assert kind_of(other, known) == Kind.PLACE_OFFERED


@pytest.mark.parametrize("state", list(ApplicationState))
def test_notice_of_an_application_depends_on_its_state(state: ApplicationState) -> None:
    kinds = {
        ApplicationState.WAITLISTED: Kind.APPLICATION_WAITLISTED,
        ApplicationState.DECLINED: Kind.APPLICATION_DECLINED,
    }
    group = participation(applications=(an_application(state),))
    assert kind_of(group) == kinds.get(state)
    assert kind_of(group, tell(group)) is None
    assert kind_of(replace(group, place=a_place()), KNOWN) != kinds.get(state, Kind.PLACE_ENDED)


def test_transferred_place_is_removed_from_the_calendar_without_an_e_mail() -> None:
    moved_on = participation(ONE, TWO, place=a_place(PlaceState.TRANSFERRED))
    silent = unannounced_items(moved_on, read(KNOWN), now=NOW)
    assert sessions_known(silent) == {1: False, 2: False}
    assert silent["place"]["state"] == PlaceState.TRANSFERRED
    assert unannounced_items(moved_on, read(KNOWN | silent), now=NOW) == {}
    assert unannounced_items(moved_on, read({}), now=NOW) == {}
    for state in set(PlaceState) - {PlaceState.TRANSFERRED}:
        assert unannounced_items(participation(ONE, place=a_place(state)), read(KNOWN), now=NOW) == {}


def test_withdrawal_is_notified_after_the_group_is_cancelled() -> None:
    group = participation(cancelled="funding", place=a_place(PlaceState.WITHDRAWN))
    assert kind_of(group) is Kind.PLACE_ENDED
