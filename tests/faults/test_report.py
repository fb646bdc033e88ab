"""The report is what the last runs found, and the one in the repository is of the cases that there are."""

from dataclasses import replace
from pathlib import Path

from rich.console import Console
from tests.faults import report
from tests.faults.brokers import NodeBroker
from tests.faults.cases.all import ALL, fits
from tests.faults.counting import Count
from tests.faults.databases import NodeDatabase
from tests.faults.judging import Outcome
from tests.faults.pythons import Python
from tests.faults.records import Record, all_kept
from tests.faults.suite import Suite, line_of
from tests.faults.surroundings import Kind, Surroundings
from tests.faults.systems.catalogue import SYSTEMS
from tests.notifications import mail_cases


def outcome(
    system: str = "ours", *, lost: int = 0, broken: tuple[str, ...] = (), deaths: int = 0, seed: int = 7
) -> Outcome:
    return Outcome(
        case=ALL[0].name,
        system=system,
        counted=Count(accepted=100, lost=lost, duplicates=3, disorder=0, strangers=0),
        drained=True,
        seconds=4.25,
        redelivered=17,
        deaths=deaths,
        killed=3,
        parked=0,
        forbidden=0,
        slowest_stop=0.5,
        took=9.0,
        ready=0.5,
        seed=seed,
        broken=broken,
    )


VERSIONS = {"RabbitMQ": "9.9", "PostgreSQL": "8.8", "Python": "7.7", "nameko": "6.6"}


def record(*outcomes: Outcome, kind: Kind = Kind.NODE) -> Record:
    surroundings = Surroundings(kind, Python(), NodeBroker, NodeDatabase)
    systems = tuple(SYSTEMS.values())
    return Record.of(Suite((7, 8), 100, systems, Console(), surroundings, list(outcomes), VERSIONS))


def page(*outcomes: Outcome) -> str:
    return report.render([record(*outcomes)])


def test_a_run_is_a_line_of_the_table() -> None:
    text = page(outcome(), outcome("faststream", lost=5, deaths=2))
    assert f"| {ALL[0].name} | Hub Operations | 0 | 3 | 0 | 17 | 4.2 | 0.5 |  |" in text
    assert f"| {ALL[0].name} | FastStream | 5 | 3 | 0 | 17 | 4.2 |  | ended by itself 2 times |" in text
    assert "RabbitMQ 9.9" in text
    assert "nameko 6.6." in text
    assert "`make faults ARGS='--seed 7 --seed 8'`" in text
    assert "- Seeds 7 and 8, 100 events in each case;" in text
    assert mail_cases.section() in text


def test_the_systems_of_a_case_stand_in_one_order_and_each_in_one_line() -> None:
    text = page(outcome("faststream"), outcome(broken=("a failure\nof two lines",)))
    first, second = (line for line in text.splitlines() if line.startswith(f"| {ALL[0].name} |"))
    assert first.startswith(f"| {ALL[0].name} | Hub Operations |")
    assert first.endswith("| a failure of two lines |")
    assert second.startswith(f"| {ALL[0].name} | FastStream |")


def test_runs_with_two_seeds_are_one_line_of_the_table() -> None:
    text = page(outcome(), outcome(lost=1, broken=("1 lost",), seed=8))
    assert f"| {ALL[0].name} | Hub Operations | 1 | 6 | 0 | 34 | 4.2 | 0.5 | seed 8: 1 lost |" in text
    assert "| Hub Operations | 1 | 0 | 0 | 1 | 0 |" in text


def test_runs_on_both_brokers_stand_side_by_side() -> None:
    other = record(outcome(lost=2, broken=("2 lost",)), outcome("faststream"), kind=Kind.CONTAINER)
    text = report.render([record(outcome()), replace(other, day="2026-02-03")])
    case = ALL[0].name
    assert (
        f"| {case} | Hub Operations | 0 | 3 | 0 | 17 | 4.2 | 0.5 | 2 | 3 | 0 | 17 | 4.2 | 0.5 | B: 2 lost |"
        in text
    )
    assert f"| {case} | FastStream |  |  |  |  |  |  | 0 | 3 | 0 | 17 | 4.2 |  | A: not run yet |" in text
    assert "| Hub Operations (A) | 1 | 1 | 0 | 1 | 0 |\n| Hub Operations (B) | 1 | 0 | 0 | 1 | 0 |" in text
    assert "- **B**: RabbitMQ 9.9, Python 7.7, 2026-02-03" in text
    assert "`make faults BROKER=container ARGS='--seed 7 --seed 8'`" in text


def test_a_run_replaces_the_last_of_its_kind_and_no_other(tmp_path: Path) -> None:
    old, new, other = record(outcome()), record(outcome(lost=1)), record(outcome(), kind=Kind.CONTAINER)
    for one in (old, other, new):
        one.keep(tmp_path)
    assert all_kept(tmp_path) == [new, other]


def test_the_page_is_made_of_the_records() -> None:
    assert report.FILE.read_text() == report.render(all_kept())


def test_a_broken_promise_is_said_in_the_table_and_on_the_terminal() -> None:
    broken = outcome(lost=1, broken=("1 lost",))
    assert "| 1 | 3 | 0 | 17 | 4.2 | 0.5 | 1 lost |" in page(broken)
    assert line_of(broken).endswith("1 lost")


def test_only_a_case_in_which_all_went_well_is_counted_as_such() -> None:
    assert not outcome(lost=1).is_clean
    assert not outcome(deaths=1).is_clean


def test_cases_are_chosen_by_words_of_their_names() -> None:
    assert [case.name for case in ALL if fits(case, ["memory", "slow"])] == [
        "broker memory alarm", "network slow", "consumer slower than the consumer timeout",
    ]  # fmt: skip
    assert all(fits(case, []) for case in ALL)


def test_the_page_has_a_row_for_every_system_in_every_case_it_goes_through() -> None:
    rows = [line.split(" | ")[:2] for line in report.FILE.read_text().splitlines() if line.startswith("| ")]
    told = [(case.removeprefix("| "), words) for case, words, *_ in rows]
    for case in report.CASES:
        expected = [s.words for s in SYSTEMS.values() if s.is_ours or not case.only_ours]
        assert [words for name, words in told if name == case.name] == expected
        assert f"- **{case.name}.** {case.what}" in report.FILE.read_text()
