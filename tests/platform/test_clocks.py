"""Hub time: the newest instant it was set to, plus the real time since; stored, and never going back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from tests.support.postgres import PostgresServer

from hub_platform import clocks
from hub_platform.clocks import LONGEST_JUMP, Clocks, JumpRefused, SettableClock, WallClock, follow_events
from hub_platform.database import Sessions, make_sessions

REAL = datetime(2026, 11, 29, 12, tzinfo=UTC)
SEPTEMBER = datetime(2025, 9, 1, 8, tzinfo=UTC)
HUB = "cambridge"


@dataclass
class Machine:
    """A machine's clock that a test sets."""

    now: datetime = REAL

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(name="all_sessions", scope="module")
def _all_sessions(postgres: PostgresServer) -> Iterator[Sessions]:
    url = postgres.new_database()
    sessions = make_sessions(url)
    clocks.metadata.create_all(sessions.kw["bind"])
    yield sessions
    sessions.kw["bind"].dispose()
    postgres.drop_database(url)


@pytest.fixture(name="sessions")
def _sessions(all_sessions: Sessions) -> Sessions:
    empty(all_sessions)
    return all_sessions


def empty(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.execute(sa.delete(clocks.hub_clock))


def test_without_being_set_hub_time_is_the_machines(sessions: Sessions) -> None:
    machine = Machine()
    clock = SettableClock(sessions, machine)
    assert clock.now() == REAL
    machine.later(hours=1)
    assert clock.now() == REAL + timedelta(hours=1)


def test_it_may_be_set_into_the_past_once_and_goes_on_from_there(sessions: Sessions) -> None:
    machine = Machine()
    clock = SettableClock(sessions, machine)
    clock.follow(SEPTEMBER)
    assert clock.now() == SEPTEMBER
    machine.later(seconds=30)
    assert clock.now() == SEPTEMBER + timedelta(seconds=30)


def test_an_instant_that_is_past_leaves_it_alone(sessions: Sessions) -> None:
    machine = Machine()
    clock = SettableClock(sessions, machine)
    clock.follow(SEPTEMBER)
    machine.later(seconds=30)
    clock.follow(SEPTEMBER + timedelta(seconds=29))
    assert clock.now() == SEPTEMBER + timedelta(seconds=30)


def test_a_jump_of_400_days_is_followed_and_a_longer_one_refused(sessions: Sessions) -> None:
    clock = SettableClock(sessions, Machine())
    clock.follow(SEPTEMBER)
    with pytest.raises(JumpRefused):
        clock.follow(SEPTEMBER + LONGEST_JUMP + timedelta(microseconds=1))
    assert clock.now() == SEPTEMBER
    clock.follow(SEPTEMBER + LONGEST_JUMP)
    assert clock.now() == SEPTEMBER + LONGEST_JUMP


def test_the_first_instant_cannot_lie_more_than_400_days_ahead_either(sessions: Sessions) -> None:
    clock = SettableClock(sessions, Machine())
    with pytest.raises(JumpRefused):
        clock.follow(REAL + LONGEST_JUMP + timedelta(seconds=1))
    assert clock.now() == REAL


def test_it_outlives_the_process_and_counts_the_time_away(sessions: Sessions) -> None:
    SettableClock(sessions, Machine()).follow(SEPTEMBER)
    after = Machine(REAL + timedelta(days=3))
    assert SettableClock(sessions, after).now() == SEPTEMBER + timedelta(days=3)


def test_replicas_agree(sessions: Sessions) -> None:
    machine = Machine()
    one, other = SettableClock(sessions, machine), SettableClock(sessions, machine)
    one.follow(SEPTEMBER)
    assert other.now() == SEPTEMBER
    one.follow(SEPTEMBER + timedelta(days=1))
    machine.later(seconds=1)
    assert one.now() == other.now() == SEPTEMBER + timedelta(days=1, seconds=1)


def test_a_replica_that_knows_an_older_time_does_not_set_it_back(sessions: Sessions) -> None:
    machine = Machine()
    one, other = SettableClock(sessions, machine), SettableClock(sessions, machine)
    one.follow(SEPTEMBER)
    assert other.now() == SEPTEMBER
    one.follow(SEPTEMBER + timedelta(days=9))
    other.follow(SEPTEMBER + timedelta(days=2))  # later than what it remembers
    assert other.now() == SEPTEMBER + timedelta(days=9)


def test_it_does_not_go_back_with_the_machines_clock(sessions: Sessions) -> None:
    machine = Machine()
    clock = SettableClock(sessions, machine)
    clock.follow(SEPTEMBER)
    machine.later(hours=-2)
    assert clock.now() == SEPTEMBER


@pytest.mark.servers
@given(steps=st.lists(st.tuples(st.integers(-500, 500), st.integers(0, 100)), max_size=12))
def test_hub_time_never_goes_back(all_sessions: Sessions, steps: list[tuple[int, int]]) -> None:
    empty(all_sessions)
    machine = Machine()
    clock = SettableClock(all_sessions, machine)
    clock.follow(SEPTEMBER)
    before = clock.now()
    for days, seconds in steps:
        machine.later(seconds=seconds)
        told, ahead = before + timedelta(days=days), timedelta(days=days) - timedelta(seconds=seconds)
        if ahead > LONGEST_JUMP:
            with pytest.raises(JumpRefused):
                clock.follow(told)
        else:
            clock.follow(told)
        expected = before + timedelta(seconds=seconds)
        now = clock.now()
        assert now == (expected if ahead > LONGEST_JUMP else max(expected, told))
        before = now


def test_timers_look_often_for_a_few_seconds_after_it_was_set(sessions: Sessions) -> None:
    machine = Machine()
    clock = SettableClock(sessions, machine)
    assert not clock.was_just_set()
    clock.follow(SEPTEMBER)
    assert clock.was_just_set()
    machine.later(seconds=6)
    assert not clock.was_just_set()
    clock.follow(SEPTEMBER)
    assert not clock.was_just_set()


@dataclass
class Delivered:
    """The part of a delivery that the clock reads."""

    envelope: Any
    event: Any


@dataclass
class Said:
    source: str
    time: datetime


@dataclass
class Published:
    publisher: str


def delivered(hub: str, service: str, at: datetime, publisher: str = "") -> Delivered:
    return Delivered(Said(f"/hubs/{hub}/{service}", at), Published(publisher or service))


def test_events_of_the_hubs_own_services_set_it(sessions: Sessions) -> None:
    clock = SettableClock(sessions, Machine())
    clock.follow(SEPTEMBER)
    days = [delivered(HUB, "visits", SEPTEMBER + timedelta(days=n)) for n in (1, 3, 2)]
    follow_events(clock, HUB)(days)
    assert clock.now() == SEPTEMBER + timedelta(days=3)


@pytest.mark.parametrize(
    ("hub", "service", "publisher"),
    [("oxford", "visits", ""), (HUB, "somewhere", "visits"), (HUB, "hubctl", "enrolment")],
)
def test_events_from_elsewhere_do_not_set_it(
    sessions: Sessions, hub: str, service: str, publisher: str
) -> None:
    clock = SettableClock(sessions, Machine())
    clock.follow(SEPTEMBER)
    follow_events(clock, HUB)([delivered(hub, service, SEPTEMBER + timedelta(days=1), publisher)])
    assert clock.now() == SEPTEMBER


def test_an_event_too_far_ahead_takes_effect_and_does_not_set_it(sessions: Sessions) -> None:
    clock = SettableClock(sessions, Machine())
    clock.follow(SEPTEMBER)
    follow_events(clock, HUB)([delivered(HUB, "visits", SEPTEMBER + timedelta(days=401))])
    assert clock.now() == SEPTEMBER


@pytest.mark.parametrize(
    "far",
    [datetime(2999, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)],
)
def test_an_event_of_an_absurd_time_keeps_no_other_from_setting_it(sessions: Sessions, far: datetime) -> None:
    clock = SettableClock(sessions, Machine())
    clock.follow(SEPTEMBER)
    soon = SEPTEMBER + timedelta(hours=1)
    follow_events(clock, HUB)([delivered(HUB, "visits", far), delivered(HUB, "visits", soon)])
    assert clock.now() == soon


def test_where_hub_time_cannot_be_set_both_clocks_are_the_machines() -> None:
    both = Clocks()
    assert isinstance(both.hub, WallClock)
    before = both.real()
    assert before <= both.hub.now() <= both.real()
