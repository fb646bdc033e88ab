"""Telling comes to an end, and says the same in whatever order facts became true."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from tests.notifications.participations import DAY, ENDS, GROUP_ID, NOW, a_session, found_in

from hub_notifications.domain.notified import Facts, Notice
from hub_notifications.domain.participations import (
    Application,
    ApplicationState,
    Participation,
    Place,
    PlaceState,
    Session,
    Waiting,
    WaitingState,
)
from hub_notifications.domain.threads import items_without_e_mail

IDS = st.sampled_from([UUID(int=n) for n in (1, 2)])
TIMES = st.integers(-2, 20).map(lambda n: NOW + n * DAY)


@st.composite
def meetings(draw: st.DrawFn) -> tuple[Session, ...]:
    """Up to three sessions, past and to come, some cancelled."""
    found = []
    for n in range(draw(st.integers(0, 3))):
        is_cancelled = draw(st.booleans())
        found.append(
            a_session(
                n + 1,
                starts_at=draw(TIMES),
                sequence=draw(st.integers(0, 2)),
                cancelled="weather" if is_cancelled else None,
                cancelled_at=draw(TIMES) if is_cancelled else None,
            )
        )
    return tuple(found)


@st.composite
def participations(draw: st.DrawFn) -> Participation:
    """Anything that may be true of a person and a Work Group."""
    places = st.builds(Place, enrolment_id=IDS, state=st.sampled_from(PlaceState), since=TIMES)
    entries = st.builds(
        Waiting, waiting_id=IDS, state=st.sampled_from(WaitingState), expires_at=st.sampled_from([ENDS, None])
    )
    applications = st.builds(
        Application,
        application_id=IDS,
        state=st.sampled_from(ApplicationState),
        ended_by_cancellation=st.booleans(),
    )
    return Participation(
        work_group_id=GROUP_ID,
        title="Fractions in Year 5",
        cancelled=draw(st.sampled_from([None, "funding"])),
        place=draw(st.none() | places),
        waiting=draw(st.none() | entries),
        applications=tuple(
            draw(st.lists(applications, max_size=2, unique_by=lambda each: each.application_id))
        ),
        sessions={each.session_id: each for each in draw(meetings())},
    )


def told_of(group: Participation, items: dict[str, Facts]) -> tuple[list[Notice], dict[str, Facts]]:
    """Return all notices until none is due, and the items notified by then."""
    said: list[Notice] = []
    items = items | items_without_e_mail(group, items, now=NOW)
    while (found := found_in(group, items)) is not None:
        said.append(found)
        assert len(said) <= 4, [each.kind for each in said]
        items = items | dict(found.items)
    return said, items


@given(before=participations(), group=participations())
def test_at_most_three_messages_notify_any_state(before: Participation, group: Participation) -> None:
    """A person who knows nothing, or anything that was true before."""
    _, known = told_of(before, {})
    for items in ({}, known):
        said, _ = told_of(group, items)
        assert len(said) <= 3


@given(before=participations(), group=participations())
def test_no_notice_is_repeated(before: Participation, group: Participation) -> None:
    _, known = told_of(before, {})
    said, _ = told_of(group, known)
    notified = [(each.kind, each.about, tuple(sorted(each.items))) for each in said]
    assert len(notified) == len(set(notified))


@given(group=participations(), data=st.data())
def test_order_of_changes_does_not_affect_the_notice(group: Participation, data: st.DataObject) -> None:
    order = data.draw(st.permutations(list(group.sessions.items())))
    shuffled = Participation(**(vars(group) | {"sessions": dict(order)}))
    assert told_of(shuffled, {}) == told_of(group, {})


@given(group=participations(), later=st.integers(0, 40))
def test_time_alone_causes_no_notice(group: Participation, later: int) -> None:
    """No notice becomes due while only time passes."""
    _, items = told_of(group, {})
    assert found_in(group, items, now=NOW + timedelta(days=later)) is None
