"""Links of Markdown pages lead to files and headings that exist."""

import re
from pathlib import Path

import pytest
from tests.support.links import anchors_of, links_of, pages

from hub_local.places import ROOT


@pytest.mark.parametrize("page", pages(), ids=str)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    broken = []
    for link in links_of(page):
        if link.anchor and link.file.suffix == ".md" and link.file.is_file():
            if link.anchor not in anchors_of(link.file):
                broken.append(f"{page}: {link.target}: no such heading")
        elif not link.file.exists():
            broken.append(f"{page}: {link.target}: no such file; was it renamed?")
    assert broken == []


def test_anchors_follow_the_rules_of_github(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One `two`, three\n\n## A – b\n\n## A – b\n\n```\n# no heading\n```\n")
    assert anchors_of(page) == {"one-two-three", "a--b", "a--b-1"}


NAMED = re.compile(r"`((?:services|shared|tests|docs)/[\w./-]+)`")
RECORDS = ("CHANGELOG.md", "docs/adr/")  # of the files at their time


def test_pages_name_existing_files() -> None:
    """Paths in code spans, as in `tests/visits`; those with a placeholder such as <noun> are left out."""
    missing = [
        f"{page}: {path}; was it renamed?"
        for page in pages()
        if not str(page).startswith(RECORDS)
        for path in NAMED.findall((ROOT / page).read_text("utf-8"))
        if not (ROOT / path).exists()
    ]
    assert missing == []


def test_testing_page_lists_every_folder_of_tests() -> None:
    text = (ROOT / "docs" / "testing.md").read_text("utf-8").partition("## Folders")[2].partition("\n## ")[0]
    folders = {
        path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("__")
    }
    assert set(re.findall(r"`tests/(\w+)`", text)) == folders


def test_every_how_to_is_reached_from_the_readme() -> None:
    reached = {link.file for link in links_of(Path("README.md"))}
    assert set((ROOT / "docs" / "how-to").glob("*.md")) <= reached, "link it in README.md"
