"""Every mutant of one file."""

import ast
from collections.abc import Callable, Iterator
from typing import Final

from tests.mutants import expressions, queries, statements
from tests.mutants.edits import Mutant, Source

Mutator = Callable[[Source, ast.AST], Iterator[Mutant]]

MUTATORS: Final[tuple[Mutator, ...]] = (
    expressions.comparisons,
    expressions.signs,
    expressions.junctions,
    expressions.tests_of_branches,
    expressions.constants,
    expressions.elements,
    expressions.arguments,
    statements.calls,
    statements.assignments,
    statements.refusals,
    statements.returns,
    statements.decorations,
    queries.conditions,
    queries.operands,
    queries.statements,
)


def mutants_of(text: str) -> list[Mutant]:
    """Return every mutant of a source, in the order of the text; each is valid Python."""
    source = Source(text)
    found = {
        mutant
        for node in mutable_nodes(source.tree)
        for mutator in MUTATORS
        for mutant in mutator(source, node)
    }
    return sorted(mutant for mutant in found if source.is_real(mutant))


def mutable_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Walk what a test can notice: not annotations, docstrings, imports, log lines or messages."""
    yield node
    if isinstance(node, ast.JoinedStr):
        return  # only its whole text has a place that every release of Python tells
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_left_alone(node, name, child):
                yield from mutable_nodes(child)


def _is_left_alone(parent: ast.AST, name: str, child: ast.AST) -> bool:
    if name in {"annotation", "returns", "type_params"} or isinstance(child, ast.Import | ast.ImportFrom):
        return True
    if isinstance(child, ast.Expr):
        value = child.value
        return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and statements.is_log(value))
    if isinstance(parent, ast.Subscript) and name == "slice":
        return _is_type(parent.value)
    return isinstance(child, ast.If) and ast.unparse(child.test).startswith(("TYPE_CHECKING", "__name__"))


def _is_type(node: ast.expr) -> bool:
    """Whether a subscript belongs to a type, such as `dict[str, int]`, and not to a value."""
    word = ast.unparse(node).rpartition(".")[2]
    return word in {"dict", "list", "tuple", "set", "frozenset", "type", "defaultdict"} or word[:1].isupper()
