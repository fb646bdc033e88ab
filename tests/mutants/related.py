"""Which tests judge a mutant, the most closely related first."""

import ast
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path, PurePath
from typing import Final

ROLES: Final = frozenset(
    {"domain", "files", "commands", "models", "store", "queries", "handlers", "api", "pages", "templates"}
)
GENERAL: Final = PurePath("tests", "architecture")
FOLDERS: Final = {"demo": "demonstration"}  # tests that are not called like their package
SLOW: Final = frozenset({"bench", "deploy", "faults", "interfaces", "mutants"})


def related_tests(root: Path, source: PurePath) -> list[PurePath]:
    """Return the test files that judge a mutant of a source file, closest first, relative to `root`.

    Those of its package, those elsewhere that import it, and those about every file of the codebase. A test
    file is close when it imports the module, when its name shares a word with the module's, and when it lies
    in the directory that mirrors the module's.
    """
    folders = _folders(root, source)
    found = {path for folder in folders for path in (root / folder).rglob("test_*.py")}
    if found:
        module = module_of(source)
        found |= {path for path in _others(root) if module in _imported(path)}
        found |= set((root / GENERAL).glob("test_*.py"))
    ranked = sorted(found, key=lambda path: (-_closeness(path, root, source, folders), str(path)))
    return [PurePath(path.relative_to(root)) for path in ranked]


def package_of(root: Path, source: PurePath) -> str:
    """Return the name of the directories below `tests` that belong to a source file, for a person."""
    return " + ".join(str(folder) for folder in _folders(root, source))


def module_of(source: PurePath) -> str:
    """Return the dotted name under which a source file is imported."""
    parts = list(source.with_suffix("").parts)
    while len(parts) > 1 and not _is_package(parts[0]):
        parts = parts[1:]
    return ".".join(parts).removesuffix(".__init__")


def _folders(root: Path, source: PurePath) -> list[PurePath]:
    """The directory below `tests` of the package and of its parts, the innermost first."""
    names = [part.removeprefix("hub_") for part in reversed(source.parts[:-1])]
    folders = [PurePath("tests", FOLDERS.get(name, name)) for name in names if name not in ROLES]
    return [folder for folder in dict.fromkeys(folders) if (root / folder).is_dir()]


def _is_package(name: str) -> bool:
    return name not in {"services", "shared", "deploy", "enrolment", "visits", "notifications", "reporting"}


def _closeness(test: Path, root: Path, source: PurePath, folders: Sequence[PurePath]) -> int:
    where = test.relative_to(root)
    imports = module_of(source) in _imported(test)
    same_word = bool(_words(test.stem) & _words(source.stem))
    same_role = bool(set(where.parts) & set(source.parts) & ROLES)
    own_package = any(where.is_relative_to(folder) for folder in folders)
    return 8 * own_package + 4 * (imports and same_word) + 3 * imports + 2 * same_word + same_role


def _others(root: Path) -> Iterator[Path]:
    """Test files of every package whose tests take seconds or minutes, not hours."""
    for folder in sorted((root / "tests").iterdir()):
        if folder.is_dir() and folder.name not in SLOW:
            yield from folder.rglob("test_*.py")


def _words(stem: str) -> set[str]:
    return {word.rstrip("s") for word in stem.split("_")} - {"test", "api", "", "__init__"}


@cache
def _imported(test: Path) -> frozenset[str]:
    return frozenset(name for node in ast.walk(ast.parse(test.read_text())) for name in _names(node))


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
