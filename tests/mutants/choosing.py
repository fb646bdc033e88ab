"""Which mutants are tried: of what files, on what lines, how many, in what order."""

import random
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Final

from tests.mutants.edits import Mutant, diff
from tests.mutants.mutators import mutants_of

SOURCES: Final = ("services", "shared", "deploy")
# A mutant of such a file could end programs or delete files that are not its own.
DANGEROUS: Final = re.compile(r"os\.kill|killpg|rmtree|\.terminate\(|unlink\(")
HUNK: Final = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")

Lines = frozenset[int]


@dataclass(frozen=True)
class Candidate:
    """A mutant with the file that it is of."""

    path: PurePath  # relative to the checkout
    mutant: Mutant
    text: str = field(default="", repr=False)  # of the file, without the mutant

    def __str__(self) -> str:
        """The place, the kind and the change."""
        change = diff(str(self.path), self.text, self.mutant)
        return f"{self.path}:{self.mutant.line} {self.mutant.kind}\n{change}"


def is_mutable(root: Path, path: PurePath) -> bool:
    """Whether mutants of a file may be tried: our own Python, no migration, nothing dangerous."""
    return (
        path.suffix == ".py"
        and path.parts[0] in SOURCES
        and "migrations" not in path.parts
        and (root / path).is_file()
        and not DANGEROUS.search((root / path).read_text())
    )


def changed_lines(root: Path, revision: str) -> dict[PurePath, Lines]:
    """Return the lines of each file that were changed since it left a revision, committed or not."""
    command = [
        "git",
        "diff",
        "--merge-base",
        "--unified=0",
        "--no-color",
        "--no-ext-diff",
        revision,
        "--",
        *SOURCES,
    ]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return parse_diff(told) | {path: frozenset() for path in _untracked(root)}


def parse_diff(told: str) -> dict[PurePath, Lines]:
    """Read the output of `git diff --unified=0`."""
    lines: defaultdict[PurePath, set[int]] = defaultdict(set)
    path = PurePath()
    for line in told.splitlines():
        if line.startswith("+++ "):
            path = PurePath(line.removeprefix("+++ ").removeprefix("b/"))
        elif hunk := HUNK.match(line):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            lines[path].update(range(first, first + count))
    return {path: frozenset(numbers) for path, numbers in lines.items()}


def default_revision(root: Path) -> str:
    """Return origin/main where it differs from what is checked out, else the commit before."""
    told = subprocess.run(
        ["git", "rev-list", "--count", "origin/main..HEAD"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return "origin/main" if told.returncode == 0 and told.stdout.strip() != "0" else "HEAD~1"


def candidates(root: Path, files: Mapping[PurePath, Lines], *, seed: int) -> list[Candidate]:
    """Return every mutant of these files: those on the lines first, each part in an order drawn by `seed`."""
    draw = random.Random(seed)
    every = [one for path in sorted(files) for one in _of_file(root, path)]
    on_lines = [one for one in every if one.mutant.line in files[one.path]]
    others = [one for one in every if one.mutant.line not in files[one.path]]
    return [*mixed(on_lines, draw), *mixed(others, draw)]


def named_files(root: Path, names: Iterable[str]) -> dict[PurePath, Lines]:
    """Read FILE, DIRECTORY and FILE:LINE as files with the lines that were named.

    Raises:
        FileNotFoundError: nothing is called so.
    """
    found: dict[PurePath, Lines] = {}
    for name in names:
        path, _, line = name.partition(":")
        place = (root / path).resolve(strict=True)
        paths = [place] if place.is_file() else sorted(place.rglob("*.py"))
        for one in (PurePath(each.relative_to(root)) for each in paths):
            found[one] = found.get(one, frozenset()) | (frozenset({int(line)}) if line else frozenset())
    return found


def mixed(every: Iterable[Candidate], draw: random.Random) -> list[Candidate]:
    """Shuffle, taking one of each kind in turn: what is frequent must not push out what is rare."""
    by_kind: defaultdict[str, list[Candidate]] = defaultdict(list)
    for one in every:
        by_kind[one.mutant.kind].append(one)
    ordered: list[tuple[int, float, Candidate]] = []
    for kind in sorted(by_kind):
        draw.shuffle(by_kind[kind])
        ordered += [(turn, draw.random(), one) for turn, one in enumerate(by_kind[kind])]
    return [one for _, _, one in sorted(ordered, key=lambda entry: entry[:2])]


def _of_file(root: Path, path: PurePath) -> list[Candidate]:
    text = (root / path).read_text()
    return [Candidate(path, mutant, text) for mutant in mutants_of(text)]


def _untracked(root: Path) -> list[PurePath]:
    command = ["git", "ls-files", "--others", "--exclude-standard", "--", *SOURCES]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [PurePath(line) for line in told.splitlines()]
