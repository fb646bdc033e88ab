"""The language check: phrases that language.toml bans, and docstrings that only repeat a name.

`python -m tests.support.language [PATH…]` prints `file:line: phrase → write instead` for each finding;
without a path it reads all tracked files.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.support.language_pieces import Kind, Piece, documented, pieces_of_page, pieces_of_python, words_of

from hub_local.places import ROOT

RULES: Final = ROOT / "tests" / "architecture" / "language.toml"
TEXT_FILES: Final = {
    ".md",
    ".html",
    ".j2",
    ".txt",
    ".sh",
    ".yaml",
    ".yml",
    ".sql",
    ".js",
    ".css",
    ".typ",
    ".toml",
}
TEXT_NAMES: Final = {"Makefile", "Dockerfile", "run"}
STOP_WORDS: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "it",
        "its",
        "this",
        "that",
        "is",
        "are",
        "to",
        "for",
        "in",
        "on",
        "by",
        "with",
        "and",
    ]
)


@dataclass(frozen=True, order=True)
class Finding:
    """One use of a banned phrase."""

    file: str
    line: int
    found: str
    instead: str
    rule: str  # the key in language.toml, or "repeats"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.found} → {self.instead}"


@dataclass(frozen=True)
class Allowed:
    """One permitted use of a banned phrase."""

    phrase: str
    file: str
    text: str
    reason: str


@dataclass(frozen=True)
class Rules:
    """language.toml, its patterns compiled."""

    checked: tuple[str, ...]
    skipped: tuple[str, ...]
    patterns: dict[
        str, tuple[tuple[str, re.Pattern[str], str], ...]
    ]  # section → (key, pattern, write instead)
    any_of: dict[str, re.Pattern[str]]  # section → a pattern that matches where one of its patterns does
    allowed: tuple[Allowed, ...]


@cache
def rules() -> Rules:
    """Return the project's rules."""
    raw = tomllib.loads(RULES.read_text("utf-8"))
    patterns = {
        section: tuple((key, _compiled(key, section), instead) for key, instead in raw[section].items())
        for section in ("phrases", "openings", "sql")
    }
    allowed = tuple(Allowed(**entry) for entry in raw["allowed"])
    any_of = {section: _compiled("|".join(raw[section]), section) for section in patterns}
    return Rules(tuple(raw["checked"]), tuple(raw["skipped"]), patterns, any_of, allowed)


def _compiled(key: str, section: str) -> re.Pattern[str]:
    words = rf"\b(?:{key})\b".replace(" ", r"\s+")
    return re.compile(rf"^\W*{words}" if section == "openings" else words, re.IGNORECASE)


def tracked(prefixes: Iterable[str] = ("",)) -> list[str]:
    """Return the tracked files below the prefixes that the check reads, sorted."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    prefixes = tuple(prefix.removeprefix("./") for prefix in prefixes)
    return sorted(
        name
        for name in listed.stdout.splitlines()
        if name.startswith(prefixes) and not name.startswith(rules().skipped) and _is_read(ROOT / name)
    )


def _is_read(path: Path) -> bool:
    return path.exists() and (path.suffix == ".py" or path.suffix in TEXT_FILES or path.name in TEXT_NAMES)


@cache
def findings(name: str) -> tuple[list[Finding], set[Allowed]]:
    """Return the findings of one tracked file, and the allow-list entries that it uses."""
    source = (ROOT / name).read_text("utf-8")
    return judge(name, source)


def judge(name: str, source: str) -> tuple[list[Finding], set[Allowed]]:
    """Return the findings in the source of a file of this name, and the allow-list entries that it uses."""
    lines = source.splitlines()
    found: list[Finding] = []
    used: set[Allowed] = set()
    for finding in sorted(set(_candidates(name, source))):
        line = lines[finding.line - 1] if lines else ""
        permits = [one for one in rules().allowed if _permits(one, finding, line)]
        used.update(permits)
        if not permits:
            found.append(finding)
    return found, used


def _permits(allowed: Allowed, finding: Finding, line: str) -> bool:
    return (
        allowed.phrase == finding.rule
        and finding.file.startswith(allowed.file)
        and re.search(allowed.text, line, re.IGNORECASE) is not None
    )


def _candidates(name: str, source: str) -> Iterator[Finding]:
    if name.endswith(".py"):
        tree = ast.parse(source)
        yield from _repeats(name, tree)
        pieces = pieces_of_python(source, tree)
    else:
        pieces = pieces_of_page(source)
    for piece in pieces:
        for section in _sections(piece.kind):
            if (
                rules().any_of[section].search(piece.text)
            ):  # most pieces have none: one pattern instead of fifty
                yield from _matches(name, piece, section)


def _matches(name: str, piece: Piece, section: str) -> Iterator[Finding]:
    for key, pattern, instead in rules().patterns[section]:
        for match in pattern.finditer(piece.text):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            line = piece.line + piece.text.count("\n", 0, start)
            words = re.sub(r"\s+", " ", match[0]).strip(" \"'#*/")
            yield Finding(name, line, words, instead, key)


def _sections(kind: Kind) -> tuple[str, ...]:
    match kind:
        case "doc":
            return ("openings",)  # its phrases are found in the string that it is
        case "comment":
            return ("phrases", "openings")
        case "name":
            return ("phrases",)
        case "string" | "page":
            return ("phrases", "sql")


def _repeats(file: str, tree: ast.Module) -> Iterator[Finding]:
    for name, line, text in documented(tree):
        words = re.findall(r"[a-z]+", text.lower())
        known = {_stem(word) for word in words_of(name).split()}
        content = {_stem(word) for word in words if word not in STOP_WORDS}
        if len(words) < 3 or (name and content <= known):
            instead = "add what the name does not say: shape, unit, range, source"
            yield Finding(file, line, f'"{text.splitlines()[0]}"', instead, "repeats")


def _stem(word: str) -> str:
    return re.sub(r"(ies|ing|ed|es|s|y|e)$", "", word)


def main(paths: list[str]) -> int:
    """Print each finding below the paths; return 1 when there is one."""
    found = [finding for name in tracked(paths or [""]) for finding in findings(name)[0]]
    sys.stdout.writelines(f"{finding}\n" for finding in found)
    sys.stderr.write(f"{len(found)} findings\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
