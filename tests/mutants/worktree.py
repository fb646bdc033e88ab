"""A copy of the checkout in which mutants are tried, uncommitted changes included."""

import contextlib
import itertools
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path, PurePath

from tests.mutants.edits import Mutant


@contextlib.contextmanager
def copied(root: Path, folder: Path) -> Iterator[Path]:
    """Check out HEAD into `folder`, add what is not committed, and remove it all at the end."""
    _remove(root, folder)
    _git(root, "worktree", "add", "--detach", "--quiet", str(folder), "HEAD")
    try:
        _add_uncommitted(root, folder)
        yield folder
    finally:
        _remove(root, folder)


class Editor:
    """Writes mutants into the copy. Each writing gets a second of its own, which compiled files go by."""

    def __init__(self, tree: Path) -> None:
        self._tree = tree
        self._seconds = itertools.count(int(time.time()))

    @contextlib.contextmanager
    def mutated(self, path: PurePath, mutant: Mutant) -> Iterator[None]:
        """Apply a mutant, and take it back at the end."""
        original = (self._tree / path).read_text()
        self._write(path, mutant.apply(original))
        try:
            yield
        finally:
            self._write(path, original)

    def _write(self, path: PurePath, text: str) -> None:
        (self._tree / path).write_text(text)
        second = next(self._seconds)
        os.utime(self._tree / path, (second, second))


def _add_uncommitted(root: Path, folder: Path) -> None:
    changes = _git(root, "diff", "--binary", "HEAD")
    if changes:
        subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=folder, input=changes, check=True)
    for line in _git(root, "ls-files", "--others", "--exclude-standard").decode().splitlines():
        (folder / line).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / line, folder / line)


def _remove(root: Path, folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    _git(root, "worktree", "prune")


def _git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True).stdout
