"""The page about what the tests reach names every file, and no reason outlives its line."""

import re
from typing import Any

import pytest
from tests.support import coverage_names, coverage_page
from tests.support.coverage_names import files_named
from tests.support.coverage_page import (
    EXPLAINED,
    PACKAGES,
    PAGE,
    Gap,
    gaps_of,
    outdated,
    sources,
    too_little,
    unexplained,
)

from hub_local.places import ROOT

FILE = f"{EXPLAINED}/stopping.py"
SMALL = f"{PACKAGES[1].folder}/small.py"


def line_of(text: str) -> int:
    lines = [line.strip() for line in (ROOT / FILE).read_text().splitlines()]
    return lines.index(text) + 1


def told(missing: list[int], ways: list[list[int]]) -> dict[str, Any]:
    return {"missing_lines": missing, "missing_branches": ways}


def summary(branches: int, taken: int, statements: int = 100, reached: int = 100) -> dict[str, Any]:
    return {
        "summary": {
            "num_statements": statements,
            "covered_lines": reached,
            "percent_statements_covered": 100 * reached / statements,
            "num_branches": branches,
            "covered_branches": taken,
            "missing_branches": branches - taken,
            "percent_branches_covered": 100 * taken / branches,
        }
    }


def test_the_page_names_every_file_that_is_measured_and_no_other() -> None:
    said = "run `make coverage`, or `python -m tests.support.coverage_names` until then"
    assert files_named(PAGE.read_text()) == set(sources()), said


def test_a_new_file_is_named_before_it_is_measured_and_one_that_is_gone_is_not() -> None:
    known, other = f"{PACKAGES[1].folder}/small.py", f"{PACKAGES[2].folder}/other.py"
    text = coverage_page.page({known: summary(2, 2), other: summary(4, 4)}, [], {})
    assert files_named(text) == {known, other}
    new = f"{PACKAGES[1].folder}/deep/new.py"
    renewed = coverage_names.renamed(text, [known, new])
    assert files_named(renewed) == {known, new}
    assert "| `deep/new.py` | | not measured yet | | not measured yet |" in renewed
    assert "| `small.py` | 100 | 100.0 % | 2 | 100.0 % |" in renewed
    assert coverage_names.renamed(renewed, [known, other]).count("\n## ") == text.count("\n## ")


def test_a_new_package_is_given_a_section_in_its_place() -> None:
    files = [f"{package.folder}/small.py" for package in PACKAGES[:4]]
    page = coverage_page.page(dict.fromkeys(files, summary(2, 2)), [], {})
    without = re.sub(rf"## `{PACKAGES[2].name}`\n.*?(?=## )", "", page, flags=re.DOTALL)
    assert files_named(without) == {*files[:2], files[3]}
    renewed = coverage_names.renamed(without, files)
    assert files_named(renewed) == set(files)
    assert re.findall("^## .*", renewed, re.MULTILINE) == re.findall("^## .*", page, re.MULTILINE)


def test_every_measured_file_belongs_to_one_package() -> None:
    for file in sources():
        assert sum(file.startswith(f"{package.folder}/") for package in PACKAGES) == 1, file


def test_line_is_identified_by_its_text_and_branch_by_both_ends() -> None:
    asked, ask = line_of("if not self.asked:"), line_of('self._event.send("stop")')
    gaps = list(gaps_of(FILE, told([], [[asked, ask], [asked, -1]])))
    assert [gap.text for gap in gaps] == [
        'if not self.asked: → self._event.send("stop")',
        "if not self.asked: → the end",
    ]
    (gap,) = gaps_of(FILE, told([ask], [[asked, ask]]))  # the way there is not told twice
    assert gap == Gap("stopping.py", ask, 'self._event.send("stop")')


def test_what_has_no_reason_is_named() -> None:
    gaps = [Gap("stopping.py", 1, "return"), Gap("stopping.py", 2, "raise")]
    (said,) = unexplained(gaps, {"stopping.py": {"return": "because"}})
    assert said.endswith("stopping.py:2  raise")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("stopping.py", "gone = True"),
        ("gone.py", "return True"),
        ("stopping.py", "if not self.asked: → gone"),
    ],
)
def test_a_reason_for_what_is_gone_is_named(file: str, text: str) -> None:
    there = {"stopping.py": {"if not self.asked: → the end": "because"}}
    assert list(outdated(there)) == []
    assert len(list(outdated(there | {file: {text: "because"}}))) == 1


def test_every_reason_that_was_given_is_for_a_line_that_is_there() -> None:
    assert list(outdated(coverage_page.read_reasons())) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({SMALL: summary(100, 90)}, []),
        ({SMALL: summary(100, 89)}, ["hub_platform: 89.0 % of branches", f"{SMALL}: 89.0 % of branches"]),
        ({SMALL: summary(100, 95, reached=89)}, ["hub_platform: 89.0 % of statements"]),
        ({SMALL: summary(100, 95), f"{SMALL}2": summary(4, 3)}, []),
        ({SMALL: summary(100, 95), f"{SMALL}2": summary(4, 2)}, [f"{SMALL}2: 50.0 % of branches"]),
        ({FILE: summary(100, 96)}, ["hub_messaging: 96.0 % of branches"]),
        ({FILE: summary(100, 97, reached=98)}, ["hub_messaging: 98.0 % of statements"]),
        ({FILE: summary(100, 97, reached=99)}, []),
    ],
)
def test_each_package_and_each_file_is_held_to_its_least_share(
    files: dict[str, Any], said: list[str]
) -> None:
    found = list(too_little(files))
    assert len(found) == len(said)
    for sentence, expected in zip(found, said, strict=True):
        assert expected in sentence


def test_a_bar_in_the_code_does_not_break_the_table() -> None:
    page = coverage_page.page({FILE: summary(2, 2)}, [Gap("x.py", 1, "a | b")], {})
    assert r"| `x.py:1` | `a \| b` | ? |" in page
    assert "| `stopping.py` | 100 | 100.0 % | 2 | 100.0 % |" in page
