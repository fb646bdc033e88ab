"""Where the code of the services names the code of a refusal, read from its syntax."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hub_local.places import ROOT

# Whatever is called with a code, and which of its arguments the code is.
CODE_IS: Final = {
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
# A row's own ways to say it (hub_enrolment.files.tables): which argument, and the code without one.
ROW_SAYS: Final = {"find": (1, None), "break_": (2, "row_broken")}
# Functions that pass on a code of their caller. Codes without a literal anywhere are named here.
HANDS_ON: Final[dict[tuple[str, str], set[str]]] = {
    ("services/enrolment/hub_enrolment/files/tables.py", "break_"): set(),
    ("services/enrolment/hub_enrolment/files/tables.py", "find"): set(),
    ("services/enrolment/hub_enrolment/commands/uploads.py", "problem_of"): set(),
    ("services/enrolment/hub_enrolment/files/workbooks.py", "_check_cells"): {
        "cell_error",
        "formula_without_value",
    },
    ("services/enrolment/hub_enrolment/files/reading.py", "_table"): set(),  # codes of the child process
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
        "services/enrolment/hub_enrolment/domain/confirmations.py",
        "confirm",
    ): set(),  # codes of `broken_limits`
    ("shared/hub_platform/access.py", "unauthorised"): set(),
    ("shared/hub_platform/problems.py", "_refusal"): set(),
    # Werkzeug's exceptions by their names.
    ("shared/hub_platform/problems.py", "_http"): {"bad_request", "not_found", "method_not_allowed"},
}


@dataclass(frozen=True)
class Said:
    """One place of the code that names a code; None where it is no literal."""

    path: str
    function: str
    code: str | None


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
