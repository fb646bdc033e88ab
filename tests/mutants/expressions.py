"""Mutators of expressions: comparisons, boundaries, signs, conditions, constants, arguments."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.mutants.edits import Mutant, Source

NEGATED: Final[dict[type[ast.cmpop], ast.cmpop]] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
    ast.NotIn: ast.In(),
    ast.Lt: ast.GtE(),
    ast.GtE: ast.Lt(),
    ast.Gt: ast.LtE(),
    ast.LtE: ast.Gt(),
}
BOUNDARIES: Final[dict[type[ast.cmpop], ast.cmpop]] = {
    ast.Lt: ast.LtE(),
    ast.LtE: ast.Lt(),
    ast.Gt: ast.GtE(),
    ast.GtE: ast.Gt(),
}
SIGNS: Final[dict[type[ast.operator], ast.operator]] = {
    ast.Add: ast.Sub(),
    ast.Sub: ast.Add(),
    ast.Mult: ast.FloorDiv(),
    ast.Div: ast.Mult(),
    ast.FloorDiv: ast.Mult(),
}
ORDER_IS_NOTHING: Final = frozenset({"isinstance", "reaction_table", "subscribe", "subscribe_batch"})
WORD: Final = re.compile(r"[\w./-]+")  # a text that a program reads; a sentence for a person is not mutated


def comparisons(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Negate a comparison, and move its boundary by one."""
    if not isinstance(node, ast.Compare):
        return
    for index, operator in enumerate(node.ops):
        for table, kind in ((NEGATED, "comparison negated"), (BOUNDARIES, "boundary moved")):
            if type(operator) in table:
                ops = [*node.ops[:index], table[type(operator)], *node.ops[index + 1 :]]
                other = ast.Compare(left=node.left, ops=ops, comparators=node.comparators)
                yield source.replace(node, _unparsed(other, source, node), kind)


def signs(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Exchange plus and minus, times and divided by; texts are left alone."""
    if isinstance(node, ast.BinOp) and type(node.op) in SIGNS and not (_is_text(node.left, node.right)):
        other = ast.BinOp(left=node.left, op=SIGNS[type(node.op)], right=node.right)
        yield source.replace(node, _unparsed(other, source, node), "sign changed")
    if isinstance(node, ast.AugAssign) and type(node.op) in SIGNS and not _is_text(node.value):
        changed = ast.AugAssign(target=node.target, op=SIGNS[type(node.op)], value=node.value)
        yield source.replace(node, ast.unparse(changed), "sign changed")


def junctions(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Exchange `and` and `or`, leave out one of their terms, leave out `not` and `~`."""
    if isinstance(node, ast.BoolOp):
        op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield source.replace(node, f"({ast.unparse(ast.BoolOp(op=op, values=node.values))})", "and/or")
        for index in range(len(node.values)):
            rest = [*node.values[:index], *node.values[index + 1 :]]
            kept = rest[0] if len(rest) == 1 else ast.BoolOp(op=node.op, values=rest)
            yield source.replace(node, f"({ast.unparse(kept)})", "term dropped")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield source.replace(node, f"({source.segment(node.operand)})", "negation dropped")


def tests_of_branches(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Negate a bare condition; a comparison is negated by another mutator."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        test = node.test
        if isinstance(test, ast.Name | ast.Attribute | ast.Call) and source.segment(test) != "TYPE_CHECKING":
            yield source.replace(test, f"not {source.segment(test)}", "condition negated")


def constants(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Change a number by one, a truth value to the other, a word to another word."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield source.replace(node, str(not value), "constant changed")
    elif isinstance(value, int | float):
        yield source.replace(node, f"{value + 1}", "constant changed")
    elif isinstance(value, str) and WORD.fullmatch(value):
        yield source.replace(node, repr(f"{value}_mutated"), "word changed")


def elements(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Leave out one element of a collection that is written out; one of two at least stays."""
    parts: list[ast.AST] = []
    if isinstance(node, ast.Tuple | ast.List | ast.Set) and isinstance(
        getattr(node, "ctx", ast.Load()), ast.Load
    ):
        parts = list(node.elts)
    if isinstance(node, ast.Dict) and None not in node.keys:
        parts = [key for key in node.keys if key is not None]
        for index, value in enumerate(node.values):
            end = source.start(parts[index + 1]) if index + 1 < len(parts) else source.end(value)
            if len(parts) > 1:
                yield source.between(source.start(parts[index]), end, "", "element dropped")
        return
    if len(parts) > 2 or (len(parts) == 2 and not isinstance(node, ast.Tuple)):
        for index in range(len(parts)):
            yield source.without(parts, index, "element dropped")


def arguments(source: Source, node: ast.AST) -> Iterator[Mutant]:
    """Exchange the first two positional arguments where neither is written out."""
    if not isinstance(node, ast.Call) or len(node.args) < 2:
        return
    first, second = node.args[0], node.args[1]
    plain = (ast.Name, ast.Attribute)
    if isinstance(first, plain) and isinstance(second, plain) and not _has_an_obvious_order(node, first):
        start, end = source.start(first), source.end(second)
        text = f"{source.segment(second)}, {source.segment(first)}"
        yield source.between(start, end, text, "arguments exchanged")


def _has_an_obvious_order(node: ast.Call, first: ast.expr) -> bool:
    """Whether every test of the call, or none, would notice an exchange, so that trying one is a waste."""
    return ast.unparse(first) in {"session", "self", "cls"} or ast.unparse(node.func) in ORDER_IS_NOTHING


def _is_text(*nodes: ast.expr) -> bool:
    return any(
        isinstance(one, ast.JoinedStr)
        or (isinstance(one, ast.Constant) and isinstance(one.value, str | bytes))
        for one in nodes
    )


def _unparsed(other: ast.expr, source: Source, node: ast.expr) -> str:
    """The text of another expression, in parentheses where the original spans lines or is an operand."""
    text = ast.unparse(other)
    return f"({text})" if "\n" in source.segment(node) else text
