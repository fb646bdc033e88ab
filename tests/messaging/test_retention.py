"""The rule of forgetting: no clock, however wrong, makes it delete what is young."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_messaging import retention
from hub_messaging.retention import DAY, RetentionState, Seen, moved
from hub_messaging.retention_worker import RetentionWorker

NOW = datetime(2026, 11, 30, tzinfo=UTC)
KEPT = 400
EDGE = NOW - KEPT * DAY  # older rows may be deleted
SECOND = timedelta(seconds=1)


def seen(clock: datetime = NOW, newest: datetime | None = NOW, oldest: datetime | None = EDGE) -> Seen:
    return Seen(clock, newest, oldest)


@pytest.mark.parametrize(
    ("before", "what", "after"),
    [
        (EDGE - DAY, seen(), EDGE),
        (EDGE - 3 * DAY, seen(), EDGE - 2 * DAY),
        (EDGE - DAY / 2, seen(), EDGE),
        (EDGE, seen(), EDGE),
        (EDGE, seen(clock=NOW + 401 * DAY), EDGE),
        (EDGE, seen(clock=NOW - 401 * DAY, newest=NOW - 401 * DAY), EDGE),
        (EDGE, seen(clock=NOW + 401 * DAY, newest=NOW + 401 * DAY), EDGE + DAY),
        (EDGE, seen(newest=NOW - 100 * DAY), EDGE),
        (EDGE - DAY, seen(newest=None), EDGE - DAY),
        (None, seen(), EDGE),
        (None, seen(oldest=EDGE - 100 * DAY), EDGE - 100 * DAY),
        (None, seen(oldest=EDGE + SECOND), None),
        (None, seen(oldest=None), None),
        (None, seen(clock=NOW - 401 * DAY, newest=NOW - 401 * DAY), None),
    ],
)
def test_the_line_moves_a_day_at_most_and_never_past_the_cut_off(
    before: datetime | None, what: Seen, after: datetime | None
) -> None:
    assert moved(RetentionState(before=before), what, KEPT).before == after


@pytest.mark.parametrize(("ahead", "stopped"), [(DAY, False), (DAY + SECOND, True), (401 * DAY, True)])
def test_forgetting_stops_while_the_newest_row_lies_more_than_a_day_ahead(
    ahead: timedelta, stopped: bool
) -> None:
    line = moved(RetentionState(before=EDGE - DAY), seen(newest=NOW + ahead), KEPT)
    assert (line.stopped, line.before == EDGE - DAY) == (stopped, stopped)


def test_a_mark_ripens_after_so_many_days_of_running() -> None:
    line = RetentionState(waited=DAY)
    for head in range(10, 14):
        assert line.ripe(3) == 0
        line = retention.marked(line, head, 3)
    assert (line.ripe(3), line.marks, line.waited) == (10, (10, 11, 12, 13), timedelta(0))


def test_an_inbox_remembers_for_longer_than_its_publishers_could_send_again() -> None:
    assert retention.INBOX_DAYS > retention.OUTBOX_DAYS > retention.SENT_AGAIN_DAYS


SHORT = 3  # days that rows are kept in the simulation


START: Final[dict[str, Any]] = {
    "before": None,
    "waited_seconds": 0.0,
    "keeper": None,
    "marks": [],
    "table_oid": None,
    "stopped": False,
    "moved_at": None,
}


@dataclass
class World:
    """A table, a service and two clocks, either of which may be wrong; `hours` is the true time."""

    hours: float = 0.0
    service_error: timedelta = timedelta(0)
    database_error: timedelta = timedelta(0)
    rows: dict[int, tuple[float, datetime]] = field(default_factory=dict)  # place → true and written time
    lines: Any = field(default_factory=lambda: SimpleNamespace(**START))
    forgotten: list[tuple[float, float]] = field(default_factory=list)  # true age, true time
    moves: list[tuple[float, datetime]] = field(default_factory=list)
    places: int = 0

    def true(self) -> datetime:
        return NOW + timedelta(hours=self.hours)

    def start(self) -> RetentionWorker:
        rows = [Memory(self)]
        return RetentionWorker(
            self,
            lambda _session: rows,  # type: ignore[arg-type, return-value]
            now=lambda: self.true() + self.service_error,
            monotonic=lambda: self.hours * 3600,
        )

    @contextmanager
    def begin(self) -> Any:
        yield None

    def write_row(self) -> None:
        self.places += 1
        self.rows[self.places] = (self.hours, self.true() + self.database_error)


@dataclass
class Memory:
    """An in-memory `retention_worker.Rows`."""

    world: World
    key: Any = field(default_factory=dict)
    days: int = SHORT
    place: Any = field(default_factory=lambda: SimpleNamespace(table=SimpleNamespace(name="rows")))

    def line(self, _session: Any) -> Any:
        return self.world.lines

    def write(self, _session: Any, **values: Any) -> None:
        before = values["before"]
        if before != self.world.lines.before:
            self.world.moves.append((self.world.hours, before))
        self.world.lines = SimpleNamespace(**(vars(self.world.lines) | values))

    def head(self, _session: Any) -> tuple[int, datetime | None]:
        if not self.world.rows:
            return 0, None
        last = max(self.world.rows)
        return last, self.world.rows[last][1]

    def oldest(self, _session: Any, ripe: int) -> datetime | None:
        return min((time for place, (_, time) in self.world.rows.items() if place <= ripe), default=None)

    def table_oid(self, _session: Any) -> int:
        return 1

    def clock(self, _session: Any) -> datetime:
        return self.world.true() + self.world.database_error

    def delete(self, _session: Any, line: RetentionState, after: int) -> tuple[int, None]:
        assert line.before is not None
        gone = [
            place
            for place, (_, time) in self.world.rows.items()
            if after < place <= line.ripe(self.days) and time < line.before
        ]
        for place in gone:
            written, _ = self.world.rows.pop(place)
            self.world.forgotten.append((self.world.hours - written, self.world.hours))
        return len(gone), None


errors = st.sampled_from([-401, -5, -3.5, -1, 0, 0, 0, 0.5, 1, 3.5, 5, 401]).map(lambda days: days * DAY)
steps = st.one_of(
    st.tuples(st.just("pass"), st.integers(1, 100)),
    st.tuples(st.just("service"), errors),
    st.tuples(st.just("database"), errors),
    st.tuples(st.just("restart"), st.integers(0, 40)),
    st.tuples(st.just("crash loop"), st.integers(1, 30)),
)


def live(world: World, forgetting: RetentionWorker, hours: int) -> None:
    """Let rows be written, and the service look, every half hour."""
    for _ in range(2 * hours):
        world.hours += 0.5
        world.write_row()
        forgetting.turn()


def play(world: World, listed: list[tuple[str, Any]]) -> None:
    forgetting = world.start()
    for what, by in listed:
        if what == "pass":
            live(world, forgetting, by)
        elif what == "service":
            world.service_error = by
        elif what == "database":
            world.database_error = by
        elif what == "restart":
            world.hours += by
            forgetting = world.start()
        else:
            for _ in range(by):
                forgetting = world.start()
                live(world, forgetting, 1)


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=25))
def test_whatever_the_clocks_say_nothing_young_goes_and_no_more_than_a_day_in_a_day(
    listed: list[tuple[str, Any]],
) -> None:
    world = World()
    play(world, listed)
    assert all(age >= SHORT * 24 for age, _ in world.forgotten)
    for (earlier, line), (later, further) in zip(world.moves, world.moves[1:], strict=False):
        assert later - earlier >= 24
        assert timedelta(0) < further - line <= DAY


def test_with_right_clocks_rows_go_when_they_are_old_enough() -> None:
    world = World()
    play(world, [("pass", 24 * 3 * SHORT)])
    assert max(age for age, _ in world.forgotten) < (SHORT + 3) * 24
    assert len(world.rows) < 2 * 24 * (SHORT + 3)


@pytest.mark.parametrize("wrong", [401 * DAY, -401 * DAY])
@pytest.mark.parametrize("hours", [1, 50])
@pytest.mark.parametrize("which", [("service",), ("database",), ("service", "database")])
def test_after_a_wrong_clock_forgetting_goes_on(which: tuple[str, ...], hours: int, wrong: timedelta) -> None:
    world = World()
    listed: list[tuple[str, Any]] = [("pass", 24 * 8)]
    listed += [(clock, wrong) for clock in which] + [("pass", hours)]
    listed += [(clock, timedelta(0)) for clock in which] + [("pass", 24 * 12)]
    play(world, listed)
    right = [age for age, at in world.forgotten if at > world.hours - 48]
    assert right
    assert all(age >= SHORT * 24 for age, _ in world.forgotten)
