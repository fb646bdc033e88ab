"""One small change to the text of a Python file: what a mutant is, and how it is applied and shown."""

import ast
import difflib
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, order=True)
class Mutant:
    """Replace the bytes from `start` to `end` (UTF-8) of a source by `text`."""

    start: int
    end: int
    text: str
    kind: str  # the mutator that proposed it
    line: int  # the first line that it changes, from 1

    def apply(self, source: str) -> str:
        """Return the mutated source."""
        raw = source.encode()
        return (raw[: self.start] + self.text.encode() + raw[self.end :]).decode()


class Source:
    """A parsed file that can tell where each node stands in its text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.raw = text.encode()
        self.tree = ast.parse(text)
        lengths = [len(line) for line in self.raw.splitlines(keepends=True)]
        self._line_starts = [0, *accumulate(lengths)]

    def start(self, node: ast.AST) -> int:
        """Return the offset of a node's first byte."""
        place: ast.expr = node  # type: ignore[assignment] # every node with a position has these attributes
        return self._line_starts[place.lineno - 1] + place.col_offset

    def end(self, node: ast.AST) -> int:
        """Return the offset after a node's last byte."""
        place: ast.expr = node  # type: ignore[assignment] # as above
        return self._line_starts[(place.end_lineno or place.lineno) - 1] + (place.end_col_offset or 0)

    def segment(self, node: ast.AST) -> str:
        """Return a node's text."""
        return self.raw[self.start(node) : self.end(node)].decode()

    def line_of(self, offset: int) -> int:
        """Return the number of the line that holds an offset, from 1."""
        return self.raw.count(b"\n", 0, offset) + 1

    def replace(self, node: ast.AST, text: str, kind: str) -> Mutant:
        """Propose another text for a node."""
        return self.between(self.start(node), self.end(node), text, kind)

    def between(self, start: int, end: int, text: str, kind: str) -> Mutant:
        """Propose another text for the bytes between two offsets."""
        return Mutant(start, end, text, kind, self.line_of(start))

    def without(self, parts: list[ast.AST], index: int, kind: str) -> Mutant:
        """Propose to leave out one of several parts that are separated by commas."""
        part = parts[index]
        if len(parts) == 1:
            return self.between(self.start(part), self.end(part), "", kind)
        if index + 1 < len(parts):
            return self.between(self.start(part), self.start(parts[index + 1]), "", kind)
        cut = self.between(self.end(parts[index - 1]), self.end(part), "", kind)
        return Mutant(cut.start, cut.end, cut.text, cut.kind, self.line_of(self.start(part)))

    def is_real(self, mutant: Mutant) -> bool:
        """Whether the mutated source is valid Python that differs from the original."""
        try:
            mutated = ast.parse(mutant.apply(self.text))
        except SyntaxError:
            return False
        return ast.dump(mutated) != ast.dump(self.tree)


def diff(path: str, source: str, mutant: Mutant) -> str:
    """Return the change as a unified diff with one line of context."""
    lines = difflib.unified_diff(
        source.splitlines(), mutant.apply(source).splitlines(), path, path, n=1, lineterm=""
    )
    return "\n".join(list(lines)[2:])  # without the two lines that name the file
