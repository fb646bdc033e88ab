"""docs/rules.md and the code say the same: no refusal without a rule, no rule without a refusal."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.places import ROOT

PAGE = ROOT / "docs" / "rules.md"
CODE = re.compile(r"[a-z][a-z0-9_]*")
SOURCES = {
    "Enrolment": "services/enrolment",
    "Visits": "services/visits",
    "Notifications": "services/notifications",
    "Reporting": "services/reporting",
    "Every service": "shared/hub_platform",
}

# Whatever is called with a code, and which of its arguments the code is.
CODE_IS = {
    "Refused": 0,
    "Unknown": 0,
    "Conflict": 0,
    "Stale": 0,
    "Permanent": 0,
    "unauthorised": 0,
    "Problem": 1,
    "Finding": 3,
    "RowProblem": 2,
}
# A row's own ways to say it (hub_enrolment.domain.gias_file): which argument, and the code without one.
ROW_SAYS = {"find": (1, None), "break_": (2, "row_broken")}
# Hand on a code that somebody else has chosen. What they hand on without a literal anywhere is named here.
HANDS_ON: dict[tuple[str, str], set[str]] = {
    ("services/enrolment/hub_enrolment/domain/gias_file.py", "break_"): set(),
    ("services/enrolment/hub_enrolment/domain/gias_file.py", "find"): set(),
    ("services/enrolment/hub_enrolment/commands/uploads.py", "problem_of"): set(),
    ("services/enrolment/hub_enrolment/files/workbooks.py", "_check_cells"): {
        "cell_error",
        "formula_without_value",
    },
    ("services/enrolment/hub_enrolment/files/reading.py", "_table"): set(),  # what the child has told
    ("services/enrolment/hub_enrolment/handlers/enrolments.py", "_lock_both"): set(),
    # Why it is unclear whether a person is known (hub_enrolment.domain.matching).
    ("services/enrolment/hub_enrolment/handlers/uploads.py", "_refusal"): {
        "trn_differs",
        "name_differs",
        "school_differs",
        "same_name_at_school",
        "several_match",
        "several_with_email",
    },
    (
        "services/enrolment/hub_enrolment/domain/work_groups.py",
        "confirm",
    ): set(),  # what `broken_limits` yields
    ("shared/hub_platform/access.py", "unauthorised"): set(),
    ("shared/hub_platform/problems.py", "_refusal"): set(),
    # Werkzeug's exceptions by their names.
    ("shared/hub_platform/problems.py", "_http"): {"bad_request", "not_found", "method_not_allowed"},
}


@dataclass(frozen=True)
class Rule:
    """One row of the page."""

    service: str
    noun: str
    code: str
    sentence: str
    source: str


@dataclass(frozen=True)
class Said:
    """One place of the code that names a code; None where it is no literal."""

    path: str
    function: str
    code: str | None


def rules() -> list[Rule]:
    """The rows of the tables, in their order."""
    service = noun = ""
    found = []
    for line in PAGE.read_text().splitlines():
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


def said_in(folder: str) -> Iterator[Said]:
    """Every place below a folder that names a code."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        name = str(path.relative_to(ROOT))
        yield from said_by(ast.parse(path.read_text()), name, "")


def said_by(tree: ast.AST, path: str, function: str) -> Iterator[Said]:
    """Every place of a tree, with the innermost function that it stands in."""
    for node in ast.iter_child_nodes(tree):
        inside = node.name if isinstance(node, ast.FunctionDef) else function
        if isinstance(node, ast.Call):
            yield from _of_call(node, path, inside)
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(node, path)
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            first = node.value.elts[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield Said(path, inside, first.value)
        yield from said_by(node, path, inside)


def _of_call(call: ast.Call, path: str, function: str) -> Iterator[Said]:
    if isinstance(call.func, ast.Name) and call.func.id in CODE_IS:
        yield Said(path, function, _literal(call, CODE_IS[call.func.id], "code"))
    elif isinstance(call.func, ast.Attribute) and call.func.attr in ROW_SAYS:
        if not (isinstance(call.func.value, ast.Name) and call.func.value.id in {"row", "self"}):
            return  # another object's `find`
        place, otherwise = ROW_SAYS[call.func.attr]
        given = len(call.args) > place or any(word.arg == "code" for word in call.keywords)
        yield Said(path, function, _literal(call, place, "code") if given else otherwise)


def _of_class(node: ast.ClassDef, path: str) -> Iterator[Said]:
    """A refusal that is a class of its own gives its code to the one that it is made from."""
    if not any(isinstance(base, ast.Name) and base.id in CODE_IS for base in node.bases):
        return
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__":
            code = _literal(call, 0, "code")
            if code is not None:
                yield Said(path, node.name, code)


def _literal(call: ast.Call, place: int, name: str) -> str | None:
    given = [word.value for word in call.keywords if word.arg == name] or call.args[place : place + 1]
    if given and isinstance(given[0], ast.Constant) and isinstance(given[0].value, str):
        return given[0].value
    return None


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


def test_who_hands_on_a_code_is_known_and_nobody_else_hides_one() -> None:
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


def test_every_source_is_used_and_every_invariant_is_told() -> None:
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
