"""A mutant is a small change to a file's text that leaves the rest of it as it is."""

import ast

import pytest
from tests.mutants.edits import Mutant, Source, diff

TEXT = '''def price(weight):
    """Grüße."""
    return max(
        weight * 2,  # pounds
        3,
    )
'''


def call_of(source: Source) -> ast.Call:
    (call,) = (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    return call


def test_a_node_is_found_by_its_bytes_behind_characters_of_two_bytes() -> None:
    source = Source(TEXT)
    call = call_of(source)
    assert source.segment(call.args[0]) == "weight * 2"
    assert source.line_of(source.start(call.args[1])) == 5


def test_only_the_node_that_is_replaced_changes() -> None:
    source = Source(TEXT)
    mutant = source.replace(call_of(source).args[0], "weight", "a kind")
    assert mutant.apply(TEXT) == TEXT.replace("weight * 2", "weight")
    assert (mutant.line, mutant.kind) == (4, "a kind")


@pytest.mark.parametrize(
    ("text", "index", "left"),
    [
        ("f(a, b, c)", 0, "f(b, c)"),
        ("f(a, b, c)", 1, "f(a, c)"),
        ("f(a, b, c)", 2, "f(a, b)"),
        ("f(a)", 0, "f()"),
        ("f(a, b,)", 1, "f(a,)"),
    ],
)
def test_one_of_several_parts_is_left_out_with_its_comma(text: str, index: int, left: str) -> None:
    source = Source(text)
    mutant = source.without(list(call_of(source).args), index, "")
    assert mutant.apply(text) == left


def test_the_line_of_a_part_that_is_left_out_is_its_own() -> None:
    source = Source(TEXT)
    assert source.without(list(call_of(source).args), 1, "").line == 5


@pytest.mark.parametrize(
    ("text", "real"),
    [("weight", True), ("weight  *  2", False), ("(weight * 2)", False), ("weight *", False)],
    ids=["another meaning", "other spaces", "parentheses", "no Python"],
)
def test_what_means_the_same_or_is_no_python_is_no_mutant(text: str, real: bool) -> None:
    source = Source(TEXT)
    assert source.is_real(source.replace(call_of(source).args[0], text, "")) is real


def test_a_diff_shows_the_change_with_the_lines_around_it() -> None:
    start = TEXT.encode().index(b"3,")
    told = diff("price.py", TEXT, Mutant(start, start + 1, "4", "constant changed", 5))
    assert told.splitlines() == [
        "@@ -4,3 +4,3 @@",
        "         weight * 2,  # pounds",
        "-        3,",
        "+        4,",
        "     )",
    ]
