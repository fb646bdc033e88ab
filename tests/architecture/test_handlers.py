"""A handler is one use case and is called by edges only: no handler imports another one."""

import ast
from pathlib import Path

import pytest

from hub_local.places import ROOT

SERVICES = ("enrolment", "visits", "notifications", "reporting")


def imported_modules(text: str) -> set[str]:
    """Return the modules that a file imports, those of `from package import module` included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def importers(package: Path, name: str) -> set[str]:
    """Return the modules of a package of handlers that import another module of it."""
    return {
        path.relative_to(package).with_suffix("").as_posix()
        for path in package.rglob("*.py")
        if path.name != "__init__.py"
        if any(one.startswith(f"{name}.") for one in imported_modules(path.read_text("utf-8")))
    }


@pytest.mark.parametrize("service", SERVICES)
def test_no_handler_imports_another_handler(service: str) -> None:
    package = ROOT / "services" / service / f"hub_{service}" / "handlers"
    assert importers(package, f"hub_{service}.handlers") == set()


def test_an_import_of_a_handler_is_found_in_each_of_its_forms(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text("from hub_visits.handlers.visits import log_visit\n")
    (tmp_path / "second.py").write_text("from hub_visits.handlers import visits\n")
    (tmp_path / "third.py").write_text("import hub_visits.handlers.visits\n")
    (tmp_path / "fourth.py").write_text("from hub_visits.store import visits\n")
    assert importers(tmp_path, "hub_visits.handlers") == {"first", "second", "third"}
