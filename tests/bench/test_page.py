"""The page says what was measured, and whether it is enough."""

from tests.bench.backfill import BackfillRun
from tests.bench.commands import Answered
from tests.bench.latency import Watched
from tests.bench.page import (
    Parts,
    backfill_table,
    commands_table,
    import_table,
    latency_table,
    memory_table,
    page,
    row_table,
)
from tests.bench.register import ROWS as REGISTER_ROWS
from tests.bench.register import ImportRun
from tests.bench.results import BackfillResult, CommandsResult, HubResult, ImportResult, RowResult
from tests.bench.rows import BY_HAND, FASTSTREAM_INBOX, NAMEKO, OURS, ROWS
from tests.bench.runs import Run

PROJECT = RowResult(
    ROWS[0],
    {
        OURS: [Run(8000, 90), Run(4000, 95), Run(8200, 100)],
        BY_HAND: [Run(12_000, 60), Run(6000, 60), Run(12_000, 60)],
        FASTSTREAM_INBOX: [Run(800, 900), Run(400, 900), Run(820, 900)],
        NAMEKO: [Run(400, 1900), Run(200, 1900), Run(400, 1900)],
    },
)
HUB = HubResult(
    20.0,
    [
        Watched([0.004], [0.010] * 98 + [0.200] * 2, [0.014], rate=100.0),
        Watched([0.004], [0.012], [0.016], rate=99.0),
    ],
    [
        {"reporting": 80.0, "visits": 70.0},
        {"reporting": 90.0, "visits": 71.0},
        {"reporting": 91.0, "visits": 71.0},
    ],
)


def test_a_row_shows_median_spread_and_the_ratio_of_each_round() -> None:
    ours, by_hand, *_ = row_table(PROJECT)[1:]
    assert ours[:4] == ("ours", "8,000 (4,000 to 8,200)", "95 µs", "")
    assert by_hand[3] == "0.67 (0.67 to 0.68) ×"


def test_a_goal_is_met_or_not_in_words() -> None:
    by_faststream, by_limit = PROJECT.verdicts()
    assert by_faststream.startswith("Met: at least 8 × FastStream with an inbox")
    assert by_limit.startswith("Not met: at least 0.8 × by hand")


def test_a_goal_without_a_peer_is_judged_by_itself() -> None:
    rebuild = next(row for row in ROWS if row.at_least)
    assert RowResult(rebuild, {OURS: [Run(5000.0, 1)]}).verdicts() == [
        "Met: at least 5,000 events/s is the goal, 5,000 were found."
    ]
    assert RowResult(rebuild, {OURS: [Run(4999.0, 1)]}).verdicts()[0].startswith("Not met")


def test_latency_is_shown_by_round_and_judged_by_the_median() -> None:
    p50, p99, memory = HUB.verdicts()
    assert latency_table(HUB)[1] == (
        "from the 201 to a report",
        "11.0 (10.0 to 12.0) ms",
        "106.0 (12.0 to 200.0) ms",
    )
    assert p50.startswith("Met: p50 under 25 ms")
    assert p99.startswith("Met: p99 under 150 ms")
    assert memory.startswith("Met: every service under 120 MB")


def test_a_hub_that_could_not_be_sent_so_many_commands_has_not_met_the_goal() -> None:
    slow = HubResult(20.0, [Watched([0.3], [0.001], [0.3], rate=40.0)], HUB.memory)
    p50, p99, _ = slow.verdicts()
    assert p50.startswith("Not met: p50 under 25 ms at 100 commands/s is the goal, 1.0 ms at 40 commands/s")
    assert p99.startswith("Not met")


def test_memory_is_shown_before_in_the_middle_and_at_the_end() -> None:
    assert memory_table(HUB)[1] == ("reporting", "80.0 MB", "90.0 MB", "91.0 MB")


def imported(*, pages: tuple[float, ...] = (0.01,), **changes: float) -> ImportRun:
    figures = {
        "first": 30.0, "again": 5.0, "cpu": 17.0, "cpu_again": 4.0,
        "before": 99.0, "peak": 270.0, "probe": 0.5, "events": 50_000, "events_again": 0,
    }  # fmt: skip
    return ImportRun(**figures | changes, pages=pages)  # type: ignore[arg-type]  # events are whole numbers, as they are here


def test_an_import_is_shown_in_seconds_and_memory_and_judged() -> None:
    result = ImportResult([imported(), imported(first=50.0, peak=299.0), imported(first=40.0)])
    told = {line[0]: line[1] for line in import_table(result)[1:]}
    assert told["first import"] == "40.0 (30.0 to 50.0) s"
    assert told["resident memory at most"] == "270 (270 to 299) MB"
    assert [sentence.partition(":")[0] for sentence in result.verdicts()] == ["Met"] * 5
    assert result.verdicts()[0].startswith(f"Met: {REGISTER_ROWS:,} rows imported within 60 s")


def test_an_import_that_reaches_a_limit_is_not_good_enough() -> None:
    result = ImportResult([imported(first=60.0, again=20.0, peak=300.0, events_again=1, pages=(0.02,))])
    assert [sentence.partition(":")[0] for sentence in result.verdicts()] == ["Not met"] * 5


def test_a_list_is_as_slow_as_its_last_pages() -> None:
    quick = (0.004,) * 990
    result = ImportResult([imported(pages=(*quick, *(0.03,) * 10))])
    assert (result.rounds[0].page_ms, result.rounds[0].late_page_ms) == (4.0, 30.0)
    assert result.verdicts()[-1].startswith("Not met: a page of the list of schools under 20 ms (p99)")


def test_the_page_has_every_section_the_command_and_the_machine() -> None:
    measured = Parts([PROJECT], imports=ImportResult([imported()]), hub=HUB)
    text = page(measured, {"Python": "3.x"}, command="make bench", rounds=3)
    assert "Written by `make bench`" in text
    assert "median of the rounds (here 3)" in text
    assert f"## {ROWS[0].title}" in text
    assert "## Memory" in text
    assert "## The register of schools imported, 50,000 rows" in text
    assert "| Python | 3.x |" in text
    assert max(map(len, text.splitlines())) < 200


def test_commands_are_compared_with_as_many_replicas_round_by_round() -> None:
    told = CommandsResult()
    for (_, name, replicas), runs in told.runs.items():
        rate = 100.0 * replicas * (1 if name == OURS else 2)
        runs += [Answered(rate, [0.010] * 98 + [0.200] * 2, 900), Answered(rate / 2, [0.020], 900)]
    head, ours, theirs, *two = commands_table(told, "enrol")
    assert head[:3] == ("", "replicas", "commands/s")
    assert ours == (
        "ours",
        "1",
        "75 (50 to 100)",
        "15.0 (10.0 to 20.0) ms",
        "110.0 (20.0 to 200.0) ms",
        "900 µs",
        "",
    )
    assert (theirs[0], theirs[-1]) == ("FastAPI", "0.50 (0.50 to 0.50) ×")
    assert [line[:3] for line in two] == [
        ("ours", "2", "150 (100 to 200)"),
        ("FastAPI", "2", "300 (200 to 400)"),
    ]


def test_the_page_tells_of_commands_when_they_were_measured() -> None:
    told = CommandsResult()
    for runs in told.runs.values():
        runs.append(Answered(100.0, [0.010], 900))
    text = page(Parts([], commands=told), {}, command="make bench", rounds=1)
    assert "### Enrol a participant" in text
    assert "### Take a register of 20 marks" in text


def test_a_history_that_was_shorter_is_judged_by_its_rate() -> None:
    found = BackfillResult([BackfillRun(200_000, 50.0, 9_000, 0.4), BackfillRun(200_000, 40.0, 8_000, 0.2)])
    assert backfill_table(found)[3] == ("events a second", "4,500 (4,000 to 5,000)")
    fast, waiting = found.verdicts()
    assert fast.startswith(
        "Met: 1,000,000 events within 300 s is the goal, 222 s was found, reckoned from 200,000"
    )
    assert waiting.startswith("Met: no event recorded meanwhile waits 5 s")
    slow = BackfillResult([BackfillRun(1_000_000, 301.0, 60_000, 6.0)])
    assert [verdict.partition(":")[0] for verdict in slow.verdicts()] == ["Not met", "Not met"]
    assert "reckoned" not in slow.verdicts()[0]
    assert "A new subscriber given all of history" in page(
        Parts([], backfill=slow), {}, command="x", rounds=1
    )
