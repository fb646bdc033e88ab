"""The page about what no test reaches: nothing goes unsaid, and no reason outlives its line."""

from typing import Any

import pytest
from tests.support import coverage_page
from tests.support.coverage_page import PACKAGE, Gap, gaps_of, outdated, too_little, unexplained

from local.places import ROOT

FILE = f"{PACKAGE}stopping.py"


def line_of(text: str) -> int:
    lines = [line.strip() for line in (ROOT / FILE).read_text().splitlines()]
    return lines.index(text) + 1


def told(missing: list[int], ways: list[list[int]]) -> dict[str, Any]:
    return {"missing_lines": missing, "missing_branches": ways}


def test_a_line_is_told_by_its_text_and_a_way_by_both_ends() -> None:
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


def test_statements_and_branches_are_each_held_to_the_least() -> None:
    totals = {"percent_statements_covered": 95.0, "percent_branches_covered": 94.9}
    (said,) = too_little(totals, 95.0)
    assert "branches" in said


def test_a_bar_in_the_code_does_not_break_the_table() -> None:
    page = coverage_page.page("", [Gap("x.py", 1, "a | b")], {})
    assert r"| `x.py:1` | `a \| b` | ? |" in page
