"""The layout of the codebase: the same roles and names in every service, and limits of size."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub_local.places import ROOT

SERVICES = ("enrolment", "visits", "notifications", "reporting")
SHARED = ("hub_kernel", "hub_contracts", "hub_messaging", "hub_platform")
TOP_LEVEL = {
    "services", "shared", "deploy", "tests", "docs", "Makefile", "pyproject.toml", "requirements.lock",
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE",
}  # fmt: skip
ROLES = {
    "domain",
    "commands",
    "files",
    "models",
    "store",
    "queries",
    "handlers",
    "steps",
    "service",
    "api",
    "pages",
    "gateways",
    "config",
    "access",
}
FURNITURE = {"__init__", "__main__", "migrations", "templates", "seeds", "static", "py.typed"}
ALWAYS = {"domain", "models", "store", "handlers", "service", "config", "access", "__main__", "migrations"}

LINES_IN_A_FILE = 250
LINES_IN_A_FUNCTION = 40
REASON = re.compile(r"#\s*(long|longer)[ ,:]", re.IGNORECASE)

# The messaging library and the platform contain no word of a Maths Hub.
HUB_WORDS = re.compile(
    r"\b(school|teacher|urn|trn|gias|ncetm|maths|work.?group|pd.?lead|visit|enrol\w*|participant|headteacher|trust)s?\b",
    re.IGNORECASE,
)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def python_files() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py"]


def test_no_test_borrows_from_another_file_of_tests() -> None:
    """Shared helpers belong in a module of their own, such as factories, steps or a desk."""
    borrowed = [
        f"{path}: {node.module}"
        for path in python_files()
        for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and re.search(r"(^|\.)test_\w+$", node.module or "")
    ]
    assert borrowed == []


def test_the_top_level_is_fixed() -> None:
    found = {path.parts[0] for path in tracked() if not path.parts[0].startswith(".")}
    assert found <= TOP_LEVEL


def test_folders_of_distributions_are_not_packages() -> None:
    assert not (ROOT / "services" / "__init__.py").exists()
    assert not (ROOT / "shared" / "__init__.py").exists()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_same_roles_under_the_same_names(service: str) -> None:
    package = ROOT / "services" / service / f"hub_{service}"
    tracked_here = [p for p in tracked() if (ROOT / p).is_relative_to(package)]
    names = {(ROOT / p).relative_to(package).parts[0].removesuffix(".py") for p in tracked_here}
    assert names <= ROLES | FURNITURE
    assert names >= ALWAYS


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_says_what_it_owns_publishes_subscribes_and_asks(service: str) -> None:
    text = (ROOT / "services" / service / "README.md").read_text()
    for heading in ("## Owns", "## Publishes", "## Subscribes", "## Asks"):
        assert heading in text


def written() -> list[Path]:
    """Every Python file that is no migration: those are long lists by nature."""
    return [path for path in python_files() if "migrations" not in path.parts]


def test_a_file_does_one_job() -> None:
    long: list[str] = []
    for path in written():
        lines = (ROOT / path).read_text().splitlines()
        if len(lines) > LINES_IN_A_FILE and not REASON.search("\n".join(lines[:12])):
            long.append(f"{path} has {len(lines)} lines")
    assert long == []


def functions(path: Path) -> Iterator[tuple[str, int, int]]:
    """Name, first line (of the decorators, if any) and length in lines."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield node.name, first, (node.end_lineno or node.lineno) - node.lineno + 1


def test_a_function_is_short_or_says_why_not() -> None:
    long: list[str] = []
    for path in written():
        lines = (ROOT / path).read_text().splitlines()
        for name, first, length in functions(path):
            above = lines[first - 2] if first >= 2 else ""
            if length > LINES_IN_A_FUNCTION and not REASON.search(above):
                long.append(f"{path}: {name} has {length} lines")
    assert long == []


@pytest.mark.parametrize("package", ["hub_messaging", "hub_platform"])
def test_messaging_and_platform_contain_no_word_of_a_hub(package: str) -> None:
    for path in sorted((ROOT / "shared" / package).rglob("*.py")):
        text = path.read_text().replace("maths hub", "")  # "no word of a maths hub" may be said
        assert HUB_WORDS.search(text) is None, f"{path.name}: {HUB_WORDS.search(text)}"


def test_every_module_says_what_lives_there() -> None:
    modules = (path for path in python_files() if path.parts[0] != "tests")
    silent = [str(path) for path in modules if not ast.get_docstring(ast.parse((ROOT / path).read_text()))]
    assert silent == []


def test_each_distribution_describes_itself() -> None:
    places = [f"services/{name}" for name in SERVICES] + [f"shared/{name}" for name in SHARED]
    for place in places:
        text = (ROOT / place / "pyproject.toml").read_text()
        assert 'name = "mathshub-' in text
        assert 'requires-python = ">=3.11' in text
