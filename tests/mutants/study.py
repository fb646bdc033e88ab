"""One study: the tests without a mutant first, then one mutant after the other."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath
from typing import Final

from tests.mutants.choosing import Candidate
from tests.mutants.related import package_of, related_tests
from tests.mutants.trial import SURVIVED, NoVerdict, Trial, run_tests
from tests.mutants.worktree import Editor

PATIENCE: Final = 3.0  # a mutant may take so many times as long as the tests take without one
START_SECONDS: Final = 30.0  # for pytest and servers


class Study:
    """Tries mutants in a copy of the checkout and counts what became of them.

    `seconds`: how long one run may take at most. A mutant that makes a loop endless is ended sooner, once it
    is known how long the tests of its package take.
    """

    def __init__(self, tree: Path, *, seconds: float, close: int | None = None) -> None:
        self._tree = tree
        self._seconds = seconds
        self._close = close
        self._editor = Editor(tree)
        self._took: dict[str, float] = {}  # package → seconds that its tests take without a mutant
        self.outcomes: Counter[str] = Counter()
        self.survivors: list[Candidate] = []

    def tests_of(self, path: PurePath) -> list[PurePath]:
        """Return the test files that judge a mutant of a file."""
        return related_tests(self._tree, path)[: self._close]

    def check_baseline(self, chosen: Iterable[Candidate], *, say: Callable[[str], None]) -> None:
        """Run all related tests of each package once as they are.

        Raises:
            NoVerdict: they fail without any mutant, or there are none, so that they can judge nothing.
        """
        by_package: dict[str, set[PurePath]] = {}
        for one in chosen:
            by_package.setdefault(package_of(self._tree, one.path), set()).update(self.tests_of(one.path))
        for package, tests in by_package.items():
            if not tests:
                raise NoVerdict(f"No tests are related to one of the files of {package or 'no package'}.")
            trial = run_tests(self._tree, sorted(tests), seconds=self._seconds)
            if trial.outcome != SURVIVED:
                raise NoVerdict(f"{package}: {trial.test or trial.outcome} without a mutant.\n{trial.output}")
            self._took[package] = trial.seconds
            say(f"{package}: {len(tests)} test files pass without a mutant in {trial.seconds:.0f} s")

    def try_mutant(self, one: Candidate) -> Trial:
        """Apply a mutant, run the related tests, take it back, and note what became of it."""
        with self._editor.mutated(one.path, one.mutant):
            limit = self.limit_of(package_of(self._tree, one.path))
            trial = run_tests(self._tree, self.tests_of(one.path), seconds=limit)
        self.outcomes[trial.outcome] += 1
        if trial.outcome == SURVIVED:
            self.survivors.append(one)
        return trial

    def limit_of(self, package: str) -> float:
        """Return the seconds that the tests of a package may take with a mutant."""
        took = self._took.get(package, self._seconds)
        return min(self._seconds, START_SECONDS + PATIENCE * took)

    def summary(self) -> str:
        """Return the number of mutants of each outcome."""
        return ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
