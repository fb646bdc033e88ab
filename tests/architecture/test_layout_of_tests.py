"""Directories of tests mirror those of the source."""

from pathlib import Path

import pytest
from tests.support.layout import TESTS, complaint, touches

SERVICES = ("enrolment", "visits", "notifications", "reporting")


@pytest.mark.parametrize("service", SERVICES)
def test_a_file_of_tests_lies_in_the_folder_of_its_role(service: str) -> None:
    wrong: list[str] = []
    for path in sorted((TESTS / service).rglob("test_*.py")):
        folders = path.relative_to(TESTS / service).parts[:-1]
        role = folders[0] if len(folders) == 1 else "/".join(folders)
        if said := complaint(role, touches(path, service)):
            wrong.append(f"{path.relative_to(TESTS)}: {said}")
    assert wrong == []


@pytest.mark.parametrize(
    ("folder", "touched", "said"),
    [
        ("domain", {"domain"}, None),
        ("domain", {"domain", "store"}, "tests of domain do without store"),
        ("domain", {"domain", "database"}, "tests of domain do without database"),
        ("handlers", {"handlers", "domain"}, "tests of handlers use database"),
        ("handlers", {"handlers", "database"}, None),
        ("handlers", {"handlers", "database", "process"}, "tests of handlers do without process"),
        ("store", {"handlers", "database"}, "tests of store do without handlers"),
        ("api", {"domain"}, "tests of api use api or process"),
        ("api", {"process", "database"}, None),
        ("rules", {"domain"}, "no role of a service is called rules"),
        ("", {"domain"}, "a file of tests lies in the folder of a role"),
    ],
)
def test_a_file_in_the_folder_of_another_role_is_found(
    folder: str, touched: set[str], said: str | None
) -> None:
    assert complaint(folder, frozenset(touched)) == said


EXAMPLE = """
import pytest
from hub_visits import handlers
from hub_visits.store import visits
from hub_reporting.domain import periods

@pytest.fixture(name="plan", scope="module")
def _plan(sessions): ...

def test_a_plan(plan, *, service): ...
"""


def test_fixtures_lead_to_servers_and_imports_to_roles(tmp_path: Path) -> None:
    path = tmp_path / "test_plans.py"
    path.write_text(EXAMPLE.replace(", *, service", ""))
    assert touches(path, "visits") == {"handlers", "store", "database"}
    path.write_text(EXAMPLE)
    assert touches(path, "reporting") == {"domain", "database", "process"}
