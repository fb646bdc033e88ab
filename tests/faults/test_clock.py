"""A wrong clock of the suite's is wrong wherever the product asks for the time."""

from tests.support.elsewhere import printed_elsewhere

PRINTS = """
from datetime import UTC, datetime, timedelta
from hub_messaging import marks, outbox, wall_clock
from hub_messaging.metrics import recorded_at
from hub_platform import clocks, ids
from tests.faults.systems.ours.points import shift_clock
shift_clock(timedelta(days={days}))
now = datetime.now(UTC)
instants = [wall_clock.utc_now(), clocks.real_now(), clocks.WallClock().now()]
instants += [recorded_at(makes.uuid7()) for makes in (outbox, marks, ids)]
print([round((instant - now).total_seconds() / 86400) for instant in instants])
"""


def test_instants_and_ids_are_ahead() -> None:
    assert printed_elsewhere(PRINTS.format(days=401)) == str([401] * 6)


def test_instants_and_ids_are_behind() -> None:
    assert printed_elsewhere(PRINTS.format(days=-401)) == str([-401] * 6)
