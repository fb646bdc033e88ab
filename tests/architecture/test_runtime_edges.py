"""The modules that import nameko, eventlet, kombu or py-amqp are those that ADR 28 lists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub_local.places import ROOT

RECORD: Final = ROOT / "docs" / "adr" / "0028-leaving-nameko-and-eventlet.md"
RUNTIME: Final = {"nameko", "eventlet"}
CLIENT: Final = {"kombu", "amqp"}
FOLDERS: Final = {
    "hub_messaging": ROOT / "shared" / "hub_messaging",
    "hub_platform": ROOT / "shared" / "hub_platform",
    "services": ROOT / "services",
}


def imported(path: Path) -> set[str]:
    """Return the top-level names that a module imports, in functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").partition(".")[0])
    return names


def modules(package: str) -> Iterator[tuple[str, set[str]]]:
    """Return each module of a package, named as the record names it, with its imports."""
    for path in sorted(FOLDERS[package].rglob("*.py")):
        parts = path.relative_to(FOLDERS[package]).with_suffix("").parts
        yield ".".join(parts[1:] if package == "services" else parts), imported(path)


def test_the_record_lists_the_modules_that_import_the_runtime_or_the_client() -> None:
    text = RECORD.read_text("utf-8")
    rows = re.findall(r"^\| (\w+) \| ((?:`[\w.]+` ?)*) ?\| ?((?:`[\w.]+` ?)*) ?\|$", text, re.MULTILINE)
    listed = {package: [set(re.findall(r"[\w.]+", cell)) for cell in cells] for package, *cells in rows}
    found = {
        package: [
            {name for name, names in modules(package) if names & RUNTIME},
            {name for name, names in modules(package) if names & CLIENT and not names & RUNTIME},
        ]
        for package in FOLDERS
    }
    assert listed == found
