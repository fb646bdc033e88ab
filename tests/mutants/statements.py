"""Mutators of statements: a call or an assignment left out, a refusal not raised, nothing returned."""

import ast
from collections.abc import Iterator, Sequence
from typing import Final

from tests.mutants.edits import Mutant, Source

LOGS: Final = frozenset({"log", "logger", "warnings"})  # their texts are for a person to read


def calls(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Leave out a statement that calls something for its effect."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and not is_log(node.value):
        yield source.replace(node, "pass", "call dropped")


def assignments(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Leave out an assignment to an attribute or an element: it changes what others see."""
    if isinstance(node, ast.Assign | ast.AugAssign):
        targets: Sequence[ast.expr] = node.targets if isinstance(node, ast.Assign) else [node.target]
        if all(isinstance(part, ast.Attribute | ast.Subscript) for part in _flat(targets)):
            yield source.replace(node, "pass", "assignment dropped")


def refusals(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Leave out a `raise` that refuses something."""
    if isinstance(node, ast.Raise):
        yield source.replace(node, "pass", "raise dropped")


def returns(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Return None instead of what is computed."""
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield source.replace(node, "return None", "nothing returned")


def decorations(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Leave out a decorator that takes arguments, such as a subscription, a timer or a route."""
    if isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call):
                start = source.start(decorator) - 1  # the @
                yield source.between(start, source.end(decorator), "", "decorator dropped")


def is_log(call: ast.Call) -> bool:
    """Whether a call writes to the log."""
    return ast.unparse(call.func).partition(".")[0] in LOGS


def _flat(targets: Sequence[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        if isinstance(target, ast.Tuple):
            yield from _flat(target.elts)
        else:
            yield target
