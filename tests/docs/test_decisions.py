"""docs/adr/README.md lists each decision record with its title, status, date and alternatives."""

import re
from pathlib import Path

import pytest

from hub_local.places import ROOT

FOLDER = ROOT / "docs" / "adr"
RECORDS = sorted(FOLDER.glob("0*.md"))
ROW = re.compile(r"^\| \[(\d+)\]\((\S+)\) \| (.+) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
DATE = r"\d{1,2} [A-Z][a-z]+ 20\d\d"


def rows() -> dict[str, tuple[str, ...]]:
    """Return the rows of the index by the record's file: number, title, status, date, alternatives."""
    found = ROW.findall((FOLDER / "README.md").read_text("utf-8"))
    return {file: (number, *cells) for number, file, *cells in found}


def test_the_index_has_a_row_for_each_record_in_order() -> None:
    expected = "| [number](file) | title | status | date | alternatives |"
    assert list(rows()) == [path.name for path in RECORDS], f"a row in docs/adr/README.md: {expected}"


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.name)
def test_row_agrees_with_the_record(record: Path) -> None:
    text = record.read_text("utf-8")
    number, title, status, accepted_on, alternatives = rows()[record.name]
    assert text.startswith(f"# {number}. {title}\n")
    line = re.search(r"^Status: (.+)$", text, re.MULTILINE)
    assert line is not None
    assert re.findall(rf"accepted on ({DATE})", line[1]) == [accepted_on], "the date of its Status line"
    for word in ("replaced", "amended"):
        assert (word in status) == (word in line[1]), f"`{word}` in the row and in the Status line"
    assert alternatives.strip()


def test_each_record_has_its_own_number_and_all_parts() -> None:
    for number, path in enumerate(RECORDS, start=1):
        text = path.read_text("utf-8")
        assert path.name.startswith(f"{number:04}-")
        for part in ("Status: ", "## Context", "## Decision", "## Consequences"):
            assert part in text, f"{path.name}: {part}"
