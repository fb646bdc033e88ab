"""docs/finding-your-way.md: each question leads from the README to a name, in at most three clicks."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.links import links_of

from hub_local.places import ROOT

PAGE = Path("docs/finding-your-way.md")
CLICKS = 3


@dataclass(frozen=True)
class Way:
    """One row of the page."""

    question: str
    steps: tuple[Path, ...]  # relative to the root, the README left out
    name: str


def ways() -> list[Way]:
    found = []
    for line in (ROOT / PAGE).read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and "](" in cells[1]:
            targets = re.findall(r"\]\(([^)]+)\)", cells[1])
            steps = tuple((ROOT / PAGE.parent / target).resolve().relative_to(ROOT) for target in targets)
            found.append(Way(cells[0], steps, cells[2].strip("`")))
    return found


def defined_in(file: Path) -> set[str]:
    """Return the names of functions, classes and constants of a module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case _:
                pass
    return names


@pytest.mark.parametrize("way", ways(), ids=lambda way: way.question)
def test_path_leads_from_the_readme_to_the_name(way: Way) -> None:
    last = way.steps[-1]
    mend = f'mend the row "{way.question}" of {PAGE}'
    assert len(way.steps) <= CLICKS, f"more than {CLICKS} clicks: {mend}"
    for page, following in zip((Path("README.md"), *way.steps), way.steps, strict=False):
        assert (ROOT / following).is_file(), f"{following} does not exist: {mend}, and the link in {page}"
        linked = {link.file for link in links_of(page)}
        assert ROOT / following in linked, f"{page} has no link to {following}: add it there, or {mend}"
    if last.suffix == ".py":
        assert way.name in defined_in(last), f"{last} defines no {way.name}: {mend} with its new name or file"
    else:
        assert way.name in (ROOT / last).read_text("utf-8"), f"{last} does not contain {way.name}: {mend}"


def test_questions_of_a_newcomer_are_answered() -> None:
    asked = ["six schools", "a visit is logged", "a new report go", "read a note", "a session moves"]
    questions = " ".join(way.question for way in ways())
    assert [part for part in asked if part not in questions] == []
