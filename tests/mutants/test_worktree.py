"""Mutants are tried in a copy, which is as the checkout is and leaves nothing behind."""

from pathlib import Path, PurePath

import pytest
from tests.mutants.conftest import FILES, git
from tests.mutants.edits import Mutant
from tests.mutants.worktree import Editor, copied

FILE = PurePath("shared/hub_prices/weights.py")
TEXT = FILES[str(FILE)]
MUTANT = Mutant(TEXT.index(">"), TEXT.index(">") + 1, ">=", "boundary moved", 2)


def test_the_copy_has_what_is_committed_changed_and_new(checkout: Path, tmp_path: Path) -> None:
    changed = TEXT.replace("10", "12")
    (checkout / FILE).write_text(changed)
    (checkout / "shared" / "new.py").write_text("NEW = 1\n")
    with copied(checkout, tmp_path / "copy") as tree:
        assert (tree / FILE).read_text() == changed
        assert (tree / "shared" / "new.py").read_text() == "NEW = 1\n"
        assert (tree / "pyproject.toml").exists()
    assert not (tmp_path / "copy").exists()
    assert git(checkout, "worktree", "list").count("\n") == 1


def test_a_copy_that_was_left_behind_is_replaced(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "old.py").write_text("OLD = 1\n")
    with copied(checkout, tmp_path / "copy") as tree:
        assert not (tree / "old.py").exists()


def test_an_interruption_removes_the_copy(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), copied(checkout, tmp_path / "copy"):
        raise KeyboardInterrupt
    assert not (tmp_path / "copy").exists()


def test_a_mutant_is_taken_back_whatever_happens(checkout: Path) -> None:
    editor = Editor(checkout)
    with pytest.raises(RuntimeError), editor.mutated(FILE, MUTANT):
        assert (checkout / FILE).read_text() == TEXT.replace(">", ">=")
        raise RuntimeError
    assert (checkout / FILE).read_text() == TEXT


def test_each_writing_has_a_second_of_its_own_by_which_python_knows_that_it_must_compile(
    checkout: Path,
) -> None:
    editor, seconds = Editor(checkout), []
    for _ in range(2):
        with editor.mutated(FILE, MUTANT):
            seconds.append((checkout / FILE).stat().st_mtime)
        seconds.append((checkout / FILE).stat().st_mtime)
    assert seconds == sorted(set(seconds))
    assert all(second == int(second) for second in seconds)
