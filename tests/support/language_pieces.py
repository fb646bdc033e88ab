"""The stretches of text in which the language check looks: docstrings, comments, strings, names and pages."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["doc", "comment", "string", "name", "page"]


@dataclass(frozen=True)
class Piece:
    """One stretch of text of a file."""

    kind: Kind
    line: int  # of its first line, from 1
    text: str


def pieces_of_python(source: str, tree: ast.Module) -> list[Piece]:
    """Return the pieces of a module; a docstring is a string and, for its first word, a doc."""
    return [*_tokens(source), *_names(tree), *_docstrings(tree)]


def pieces_of_page(source: str) -> list[Piece]:
    """Return a page as one piece; each heading is a doc besides."""
    return [Piece("page", 1, source), *_headings(source)]


def _tokens(source: str) -> Iterator[Piece]:
    """Yield strings, and comments joined while they stand on successive lines."""
    comment: tuple[int, int, list[str]] | None = None  # first line, last line, texts
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        line = token.start[0]
        if token.type == tokenize.COMMENT:
            if comment is not None and comment[1] == line - 1:
                comment = comment[0], line, [*comment[2], token.string.lstrip("# ")]
                continue
            if comment is not None:
                yield Piece("comment", comment[0], "\n".join(comment[2]))
            comment = line, line, [token.string.lstrip("# ")]
        elif tokenize.tok_name[token.type] in {"STRING", "FSTRING_MIDDLE"}:
            yield Piece("string", line, token.string)
    if comment is not None:
        yield Piece("comment", comment[0], "\n".join(comment[2]))


def _names(tree: ast.Module) -> Iterator[Piece]:
    """Yield each name that the module defines, split into words."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield Piece("name", node.lineno, words_of(name))
            case ast.arg(arg=name):
                yield Piece("name", node.lineno, words_of(name))
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield Piece("name", node.lineno, words_of(name))
            case _:
                pass


def words_of(name: str) -> str:
    """Return an identifier as words in lower case: `PDLeadAssigned` and `pd_lead_assigned` alike."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return " ".join(spaced.replace("_", " ").lower().split())


def documented(tree: ast.Module) -> Iterator[tuple[str, int, str]]:
    """Yield the name (empty for the module), the docstring's line and its first paragraph."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            continue
        if text := ast.get_docstring(node):
            yield getattr(node, "name", ""), node.body[0].lineno, text.split("\n\n")[0]


def _docstrings(tree: ast.Module) -> Iterator[Piece]:
    return (Piece("doc", line, text) for _, line, text in documented(tree))


def _headings(source: str) -> Iterator[Piece]:
    for number, line in enumerate(source.splitlines(), start=1):
        if re.match(r"#+ \w", line):
            yield Piece("doc", number, line)
