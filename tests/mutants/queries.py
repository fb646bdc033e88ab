"""Mutators of queries: a condition or a written value left out, in SQLAlchemy and in SQL."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.mutants.edits import Mutant, Source

# Not `join`: what it leaves out, SQLAlchemy works out from the foreign key.
CONDITIONS: Final = frozenset({"where", "filter", "filter_by", "having", "and_"})
VALUES: Final = frozenset({"values", "dict", "replace"})
SQL: Final = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE)\b")
WHERE: Final = re.compile(r"\bWHERE\b")
AND: Final = re.compile(r"(?<!BETWEEN )\bAND\b")
BOUNDARY: Final = re.compile(r"(?<=[\w)]) (<=|>=|<|>) (?=[:\w(])")
MOVED: Final = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}


def conditions(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Leave out one condition of a query, and one value that a statement writes."""
    if not isinstance(node, ast.Call):
        return
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    parts: list[ast.AST] = [*node.args, *node.keywords]
    if called in CONDITIONS:
        for index in range(len(parts)):
            yield source.without(parts, index, "condition dropped")
    if called in VALUES:
        for keyword in node.keywords:
            yield source.without(parts, parts.index(keyword), "value dropped")


def operands(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Keep one side of two conditions joined by & or |."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        for side in (node.left, node.right):
            if isinstance(side, ast.Compare | ast.Call | ast.UnaryOp):
                yield source.replace(node, f"({source.segment(side)})", "condition dropped")


def statements(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Widen a statement that is written as text: no WHERE, OR for AND, a boundary moved."""
    if not isinstance(node, ast.JoinedStr) and not (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        return
    text, start = source.segment(node), source.start(node)
    if not SQL.search(text):
        return
    for found in WHERE.finditer(text):
        yield _within(source, start, text, found, f"{found[0]} true OR", "condition dropped")
    for found in AND.finditer(text):
        yield _within(source, start, text, found, "OR", "and/or")
    for found in BOUNDARY.finditer(text):
        yield _within(source, start, text, found, f" {MOVED[found[1]]} ", "boundary moved")


def _within(source: Source, start: int, text: str, found: re.Match[str], other: str, kind: str) -> Mutant:
    """Replace what was found in the text of a node that starts at an offset."""
    begin = start + len(text[: found.start()].encode())
    return source.between(begin, begin + len(found[0].encode()), other, kind)
