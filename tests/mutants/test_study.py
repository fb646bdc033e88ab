"""A study of a small package: what is killed, what survives, what cannot be judged."""

from pathlib import Path, PurePath

import psutil
import pytest
from tests.mutants import study as judging
from tests.mutants.choosing import Candidate
from tests.mutants.mutators import mutants_of
from tests.mutants.study import Study
from tests.mutants.trial import KILLED, OVERTIME, SURVIVED, NoVerdict, Trial, run_tests
from tests.support.waiting import wait_until

FILE = PurePath("shared/hub_prices/weights.py")
TEST = PurePath("tests/prices/test_weights.py")


def candidate(checkout: Path, kind: str) -> Candidate:
    """The first mutant of a kind."""
    text = (checkout / FILE).read_text()
    return Candidate(FILE, next(one for one in mutants_of(text) if one.kind == kind), text)


@pytest.fixture(name="study")
def _study(checkout: Path) -> Study:
    return Study(checkout, seconds=60)


def test_a_mutant_is_killed_by_the_test_that_fails_and_another_survives(checkout: Path, study: Study) -> None:
    negated, moved = (candidate(checkout, kind) for kind in ("comparison negated", "boundary moved"))
    killed, survived = study.try_mutant(negated), study.try_mutant(moved)
    assert (killed.outcome, survived.outcome) == (KILLED, SURVIVED)
    assert killed.test == f"{TEST}::test_what_is_heavy_costs_more"
    assert study.survivors == [moved]
    assert study.summary() == "1 killed, 1 survived"


def test_the_tests_are_run_once_without_a_mutant(checkout: Path, study: Study) -> None:
    said: list[str] = []
    study.check_baseline([candidate(checkout, "comparison negated")] * 3, say=said.append)
    (line,) = said
    assert line.startswith("tests/prices: 1 test files pass without a mutant")


def test_a_mutant_may_take_a_few_times_as_long_as_the_tests_take_without_one(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = Study(checkout, seconds=600)
    assert study.limit_of("tests/prices") == 600
    monkeypatch.setattr(judging, "run_tests", lambda *_tests, **_limit: Trial(SURVIVED, 50.0))
    study.check_baseline([candidate(checkout, "comparison negated")], say=lambda _: None)
    assert study.limit_of("tests/prices") == 30 + 3 * 50.0
    monkeypatch.setattr(judging, "run_tests", lambda *_tests, **_limit: Trial(SURVIVED, 500.0))
    study.check_baseline([candidate(checkout, "comparison negated")], say=lambda _: None)
    assert study.limit_of("tests/prices") == 600


def test_tests_that_fail_without_a_mutant_judge_nothing(checkout: Path, study: Study) -> None:
    (checkout / TEST).write_text("def test_it():\n    assert False\n")
    with pytest.raises(NoVerdict, match="test_it without a mutant"):
        study.check_baseline([candidate(checkout, "comparison negated")], say=lambda _: None)


def test_a_file_without_related_tests_is_not_judged(checkout: Path, study: Study) -> None:
    (checkout / TEST).unlink()
    with pytest.raises(NoVerdict, match="No tests"):
        study.check_baseline([candidate(checkout, "comparison negated")], say=lambda _: None)


def test_only_the_closest_test_files_are_run_where_that_is_asked_for(checkout: Path) -> None:
    (checkout / TEST).with_name("test_other.py").write_text("def test_it():\n    assert False\n")
    assert Study(checkout, seconds=60, close=1).tests_of(FILE) == [TEST]
    assert len(Study(checkout, seconds=60).tests_of(FILE)) == 2


def test_a_file_that_pytest_does_not_find_is_no_verdict(checkout: Path) -> None:
    with pytest.raises(NoVerdict):
        run_tests(checkout, [PurePath("tests/gone.py")], seconds=60)


def test_code_that_cannot_be_imported_is_killed(checkout: Path) -> None:
    (checkout / FILE).write_text("raise RuntimeError\n")
    trial = run_tests(checkout, [TEST], seconds=60)
    assert (trial.outcome, trial.test) == (KILLED, str(TEST))


def test_a_run_that_takes_too_long_is_ended(checkout: Path) -> None:
    (checkout / TEST).write_text("import time\n\ndef test_it():\n    time.sleep(600)\n")
    trial = run_tests(checkout, [TEST], seconds=2)
    assert trial.outcome == OVERTIME
    assert trial.seconds < 60


def is_alive(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


LEAVES_BEHIND = """
import pathlib, subprocess, sys

def test_it():
    sleeps = [sys.executable, "-c", "import time; time.sleep(600)"]
    child = subprocess.Popen(sleeps, start_new_session=True)
    pathlib.Path("child").write_text(str(child.pid))
    child.returncode = 0  # it is forgotten
"""


def test_what_a_test_leaves_behind_is_ended_and_not_waited_for(checkout: Path) -> None:
    (checkout / TEST).write_text(LEAVES_BEHIND)
    trial = run_tests(checkout, [TEST], seconds=60)
    assert trial.outcome == SURVIVED
    child = int((checkout / "child").read_text())
    wait_until(lambda: not is_alive(child))
