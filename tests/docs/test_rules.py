"""docs/rules.md and the code say the same: no refusal without a rule, no rule without a refusal."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.entrypoints import HEADING
from tests.support.refusal_codes import HANDS_ON, said_by, said_in

from hub_local.places import ROOT

PAGE = ROOT / "docs" / "rules.md"
CODE = re.compile(r"[a-z][a-z0-9_]*")
SOURCES = {
    "Enrolment": "services/enrolment",
    "Visits": "services/visits",
    "Notifications": "services/notifications",
    "Reporting": "services/reporting",
    "Every service": "shared/hub_platform",
}


@dataclass(frozen=True)
class Rule:
    """One row of the page."""

    service: str
    noun: str
    code: str
    sentence: str
    source: str


def rules() -> list[Rule]:
    """The rows of the tables, in their order."""
    service = noun = ""
    found = []
    for line in PAGE.read_text().partition(f"\n{HEADING}\n")[0].splitlines():
        if line.startswith("## "):
            service, noun = line.removeprefix("## "), ""
        elif line.startswith("### "):
            noun = line.removeprefix("### ")
        elif line.startswith("| `"):
            code, sentence, source = (cell.strip() for cell in line.strip("|").split("|"))
            found.append(Rule(service, noun, code.strip("`"), sentence, source))
    return found


def sources() -> set[str]:
    """The names of the sources that the page explains."""
    part = PAGE.read_text().partition("## Sources")[2].partition("\n## ")[0]
    return set(re.findall(r"^- \*\*(.+?)\*\*:", part, re.MULTILINE))


def codes_of(folder: str) -> set[str]:
    """The codes that the code below a folder names, or is known to hand on."""
    named = {said.code for said in said_in(folder) if said.code is not None}
    handed = {
        code for (path, _), codes in HANDS_ON.items() if path.startswith(f"{folder}/") for code in codes
    }
    return named | handed


@pytest.mark.parametrize(("service", "folder"), SOURCES.items())
def test_every_code_has_a_rule_and_every_rule_a_code(service: str, folder: str) -> None:
    told = {rule.code for rule in rules() if rule.service == service}
    raised = codes_of(folder)
    assert raised
    assert raised - told == set(), f"without a row below “{service}” in docs/rules.md"
    assert told - raised == set(), f"raised nowhere below {folder}"


def test_functions_with_a_code_as_argument_are_listed() -> None:
    hidden = {
        (said.path, said.function) for folder in SOURCES.values() for said in said_in(folder) if not said.code
    }
    assert hidden == set(HANDS_ON), "give the code as a literal, or name it in HANDS_ON"


def test_a_code_is_a_word_and_stands_once_below_a_noun() -> None:
    listed = [(rule.service, rule.noun, rule.code) for rule in rules()]
    assert len(listed) == len(set(listed))
    assert all(CODE.fullmatch(code) and noun for _, noun, code in listed)
    assert {service for service, _, _ in listed} == set(SOURCES)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: f"{rule.noun}: {rule.code}")
def test_a_rule_is_a_sentence_with_a_source(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z][^|]{15,}\.", rule.sentence)
    name = rule.source.partition(",")[0]
    known = name in sources() or re.fullmatch(r"(invariant [1-9]|invariant 1[0-2]|RFC (\d{4}|draft))", name)
    assert known, f"{name} is not explained below Sources"


def test_every_source_and_invariant_is_used() -> None:
    used = {re.split(r"[ ,]", rule.source)[0] for rule in rules()}
    assert {name.split()[0] for name in sources()} == used
    part = PAGE.read_text().partition("The invariants")[2].partition("\n## ")[0]
    assert re.findall(r"^(\d+)\. ", part, re.MULTILINE) == [str(number) for number in range(1, 13)]


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ('raise Refused("too_late", detail, "/on")', ["too_late"]),
        ('raise Conflict(code="taken", detail="x")', ["taken"]),
        ('return Problem(403, "not_yours", "x")', ["not_yours"]),
        ('Finding(1, "", "", "file_empty", "x")', ["file_empty"]),
        ('row.find("A", "odd", "x")\nrow.break_("A", "x")', ["odd", "row_broken"]),
        ('row.break_("A", "x", "twice")\nraw.find(b"x")', ["twice"]),
        ('class Used(Refused):\n def __init__(self):\n  super().__init__("used", "x")', ["used"]),
        ('def broken():\n yield "too_few", "x"', ["too_few"]),
        ("raise Refused(code, detail)", [None]),
    ],
)
def test_codes_are_found_however_they_are_said(source: str, codes: list[str | None]) -> None:
    assert [said.code for said in said_by(ast.parse(source), "", "")] == codes


def test_the_page_is_where_people_look() -> None:
    assert "(docs/rules.md)" in Path(ROOT / "README.md").read_text()
