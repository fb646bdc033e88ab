"""docs/adr/README.md lists every decision record under the title that it has."""

import re

from hub_local.places import ROOT

FOLDER = ROOT / "docs" / "adr"


def test_the_index_names_every_record_with_its_title_in_order() -> None:
    records = sorted(FOLDER.glob("0*.md"))
    titles = [path.read_text().splitlines()[0].removeprefix("# ") for path in records]
    rows = re.findall(r"^\| \[(\d+)\]\((\S+)\) \| (.+) \|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    assert [file for _, file, _ in rows] == [path.name for path in records]
    assert [f"{number}. {title}" for number, _, title in rows] == titles


def test_each_record_has_a_number_of_its_own_and_says_why_what_and_what_follows() -> None:
    for number, path in enumerate(sorted(FOLDER.glob("0*.md")), start=1):
        text = path.read_text()
        assert path.name.startswith(f"{number:04}-")
        for part in ("Status: ", "## Context", "## Decision", "## Consequences"):
            assert part in text, f"{path.name}: {part}"
