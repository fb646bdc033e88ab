"""The kind of folder of a file of tests, determined by its imports and fixtures.

Besides the roles of the source, two fixtures determine the folder: `database` (one that leads to PostgreSQL)
and `process` (one that leads to RabbitMQ, which only running services need).
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub_local.places import ROOT

TESTS: Final = ROOT / "tests"
SERVERS: Final = {"postgres": "database", "broker": "process"}

Fixtures = Mapping[str, frozenset[str]]  # name → what it asks for


@dataclass(frozen=True)
class Kind:
    """The roles that tests in one kind of folder may use, and those of which they must use one."""

    may: frozenset[str]
    must: frozenset[str] = frozenset()


def _kind(may: str, must: str = "") -> Kind:
    return Kind(frozenset(f"{may} {must}".split()), frozenset(must.split()))


_STORED: Final = "domain files commands models database"
_HANDLED: Final = f"{_STORED} templates gateways store queries steps handlers config access"
KINDS: Final[Mapping[str, Kind]] = {
    "domain": _kind("domain"),
    "files": _kind("domain", "files"),
    "commands": _kind("domain files", "commands"),
    "templates": _kind("domain", "templates"),
    "gateways": _kind("domain templates config", "gateways"),
    "store": _kind(_STORED, "store"),
    "queries": _kind(f"{_STORED} store config", "queries"),
    "steps": _kind(f"{_STORED} store steps", "steps"),
    "handlers": _kind(_HANDLED, "database"),
    "migrations": _kind(_STORED, "database"),
    "pages": _kind(_HANDLED, "pages process"),
    "api": _kind(f"{_HANDLED} pages service", "api process"),
    "service": _kind(f"{_HANDLED} pages api", "service process"),
}


def complaint(folder: str, touches: frozenset[str]) -> str | None:
    """Return the reason why a file that uses these roles belongs elsewhere, or None."""
    kind = KINDS.get(folder)
    if not folder:
        return "a file of tests lies in the folder of a role"
    if kind is None:
        return f"no role of a service is called {folder}"
    if too_much := touches - kind.may:
        return f"tests of {folder} do without {', '.join(sorted(too_much))}"
    if kind.must and not touches & kind.must:
        return f"tests of {folder} use {' or '.join(sorted(kind.must))}"
    return None


def touches(path: Path, service: str) -> frozenset[str]:
    """Return the roles that a file of tests imports of its service, and the servers of its fixtures."""
    tree = ast.parse(path.read_text("utf-8"))
    parents = (TESTS / "conftest.py", TESTS / service / "conftest.py")
    known = {name: asked for file in parents for name, asked in fixtures(ast.parse(file.read_text("utf-8")))}
    known |= dict(fixtures(tree))
    asked = {name for function in _functions(tree) for name in _arguments(function)}
    return frozenset(_roles(tree, f"hub_{service}")) | _servers(asked, known)


def fixtures(tree: ast.Module) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the fixtures of one file, each with the fixtures that it requests."""
    for function in _functions(tree):
        for decorator in function.decorator_list:
            if found := re.search(r"^pytest\.fixture\(.*?name='(\w+)'", ast.unparse(decorator)):
                yield found[1], frozenset(_arguments(function))


def _servers(asked: set[str], known: Fixtures) -> frozenset[str]:
    reached: set[str] = set()
    while asked - reached:
        reached |= asked
        asked = {name for one in reached for name in known.get(one, ())}
    return frozenset(SERVERS[name] for name in SERVERS if name in reached)


def _roles(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            if node.module.startswith(f"{package}."):
                yield node.module.split(".")[1]
            elif node.module == package:
                yield from (alias.name for alias in node.names)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _arguments(function: ast.FunctionDef) -> Iterator[str]:
    return (argument.arg for argument in (*function.args.args, *function.args.kwonlyargs))
