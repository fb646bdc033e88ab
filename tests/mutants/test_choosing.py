"""Which mutants are tried: those of changed lines first, of each kind in turn, the same for the same seed."""

import random
import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePath

import pytest
from tests.mutants.choosing import (
    Candidate,
    candidates,
    changed_lines,
    default_revision,
    is_mutable,
    mixed,
    named_files,
    parse_diff,
)
from tests.mutants.edits import Mutant

FILE = PurePath("services/a/x.py")
TEXT = "A = 1\nB = a < b\nC = f('word')\nD = a + b\n"
DIFF = """\
diff --git a/services/a/x.py b/services/a/x.py
--- a/services/a/x.py
+++ b/services/a/x.py
@@ -3 +3,2 @@ def f():
@@ -10,2 +11,0 @@
@@ -20 +20 @@
--- a/services/a/gone.py
+++ /dev/null
@@ -1,3 +0,0 @@
"""


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture(name="checkout")
def _checkout(tmp_path: Path) -> Path:
    """Make a repository with one file of our own."""
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_text(TEXT)
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message=first")
    return tmp_path


def lines_of(chosen: Sequence[Candidate]) -> list[int]:
    return [one.mutant.line for one in chosen]


def test_lines_are_read_from_a_diff() -> None:
    assert parse_diff(DIFF) == {FILE: {3, 4, 20}, PurePath("/dev/null"): set()}


def test_what_was_changed_since_a_revision_is_found_committed_or_not(checkout: Path) -> None:
    (checkout / FILE).write_text(TEXT.replace("A = 1", "A = 2"))
    git(checkout, "commit", "--quiet", "--all", "--message=second")
    (checkout / FILE).write_text(TEXT.replace("A = 1", "A = 2").replace("a + b", "a - b"))
    new = PurePath("shared/new.py")
    (checkout / new).parent.mkdir()
    (checkout / new).write_text("E = 1\n")
    assert changed_lines(checkout, "HEAD~1") == {FILE: {1, 4}, new: set()}
    assert changed_lines(checkout, "HEAD") == {FILE: {4}, new: set()}


def test_what_others_changed_meanwhile_is_not_ours(checkout: Path) -> None:
    git(checkout, "switch", "--quiet", "--create=theirs")
    (checkout / FILE).write_text(TEXT.replace("A = 1", "A = 2"))
    git(checkout, "commit", "--quiet", "--all", "--message=theirs")
    git(checkout, "switch", "--quiet", "main")
    (checkout / FILE).write_text(TEXT.replace("a + b", "a - b"))
    assert changed_lines(checkout, "theirs") == {FILE: {4}}


def test_without_an_origin_the_commit_before_is_compared_with(checkout: Path) -> None:
    assert default_revision(checkout) == "HEAD~1"


def test_commits_that_are_not_on_origin_are_compared_with_it(checkout: Path) -> None:
    git(checkout, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert default_revision(checkout) == "HEAD~1"
    git(checkout, "commit", "--quiet", "--allow-empty", "--message=second")
    assert default_revision(checkout) == "origin/main"


@pytest.mark.parametrize(
    ("path", "text", "mutable"),
    [
        ("services/a/x.py", "a = 1", True),
        ("deploy/hub_local/x.py", "a = 1", True),
        ("services/a/x.html", "a", False),
        ("tests/a/x.py", "a = 1", False),
        ("services/a/migrations/versions/0001_x.py", "a = 1", False),
        ("services/a/x.py", "os.kill(pid, 9)", False),
        ("services/a/x.py", "shutil.rmtree(folder)", False),
    ],
)
def test_only_our_own_code_that_can_do_no_harm_is_mutated(
    tmp_path: Path, path: str, text: str, mutable: bool
) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(text)
    assert is_mutable(tmp_path, PurePath(path)) is mutable


def test_a_file_that_is_gone_is_not_mutated(tmp_path: Path) -> None:
    assert not is_mutable(tmp_path, PurePath("services/gone.py"))


def test_mutants_of_changed_lines_come_first(checkout: Path) -> None:
    chosen = candidates(checkout, {FILE: frozenset({4})}, seed=1)
    assert lines_of(chosen)[0] == 4
    assert 4 not in lines_of(chosen)[1:]
    assert set(lines_of(chosen)) == {1, 2, 3, 4}


def test_the_same_seed_draws_the_same_order_and_another_one_another(checkout: Path) -> None:
    files = {FILE: frozenset({1, 2, 3, 4})}
    assert candidates(checkout, files, seed=1) == candidates(checkout, files, seed=1)
    orders = {tuple(candidates(checkout, files, seed=seed)) for seed in range(10)}
    assert len(orders) > 1
    assert len({frozenset(order) for order in orders}) == 1


def test_what_is_frequent_does_not_push_out_what_is_rare() -> None:
    kinds = ["word"] * 8 + ["call"] * 2 + ["raise"]
    every = [Candidate(FILE, Mutant(n, n, "", kind, n)) for n, kind in enumerate(kinds)]
    ordered = [one.mutant.kind for one in mixed(every, random.Random(1))]
    assert set(ordered[:3]) == {"word", "call", "raise"}
    assert set(ordered[3:5]) == {"word", "call"}
    assert ordered[5:] == ["word"] * 6


def test_files_are_named_by_themselves_by_their_directory_and_by_a_line(checkout: Path) -> None:
    other = FILE.with_name("y.py")
    (checkout / other).write_text("E = 1\n")
    assert named_files(checkout, ["services"]) == {FILE: frozenset(), other: frozenset()}
    assert named_files(checkout, [str(other)]) == {other: frozenset()}
    assert named_files(checkout, [f"{FILE}:2", f"{FILE}:4"]) == {FILE: {2, 4}}
    with pytest.raises(FileNotFoundError):
        named_files(checkout, ["services/gone.py"])


def test_a_mutant_is_shown_with_its_place_its_kind_and_its_change() -> None:
    one = Candidate(FILE, Mutant(4, 5, "2", "constant changed", 1), "A = 1\n")
    assert str(one) == f"{FILE}:1 constant changed\n@@ -1 +1 @@\n-A = 1\n+A = 2"
