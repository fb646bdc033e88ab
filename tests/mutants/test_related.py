"""The tests that judge a mutant: those of its package, the closest first."""

from pathlib import Path, PurePath

import pytest
from tests.mutants.related import module_of, package_of, related_tests

STORE = PurePath("services/enrolment/hub_enrolment/store/mergers.py")
IMPORT = "from hub_enrolment.store import mergers\n"
FILES = {
    "tests/enrolment/store/test_mergers.py": IMPORT,
    "tests/enrolment/handlers/test_mergers.py": "",
    "tests/enrolment/store/test_erasures.py": "",
    "tests/enrolment/api/test_teachers.py": "",
    "tests/enrolment/handlers/test_people.py": "import hub_enrolment.store.mergers\n",
    "tests/enrolment/conftest.py": IMPORT,
    "tests/stories/test_a_day.py": IMPORT,
    "tests/stories/test_another.py": "",
    "tests/architecture/test_layout.py": "",
    "tests/faults/test_counting.py": IMPORT,
    "tests/visits/store/test_mergers.py": "",
}


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def test_the_closest_tests_come_first_and_those_of_every_file_last(root: Path) -> None:
    assert [str(path).removeprefix("tests/") for path in related_tests(root, STORE)] == [
        "enrolment/store/test_mergers.py",
        "enrolment/handlers/test_people.py",
        "enrolment/handlers/test_mergers.py",
        "enrolment/store/test_erasures.py",
        "enrolment/api/test_teachers.py",
        "stories/test_a_day.py",
        "architecture/test_layout.py",
    ]


def test_a_package_without_tests_has_none(root: Path) -> None:
    assert related_tests(root, PurePath("shared/hub_unknown/x.py")) == []


@pytest.mark.parametrize(
    ("source", "module"),
    [
        (str(STORE), "hub_enrolment.store.mergers"),
        ("shared/hub_messaging/outbox.py", "hub_messaging.outbox"),
        ("shared/hub_contracts/enrolment/__init__.py", "hub_contracts.enrolment"),
        ("deploy/hubctl/output.py", "hubctl.output"),
        ("deploy/hub_demo/groups/year_end.py", "hub_demo.groups.year_end"),
    ],
)
def test_a_file_is_known_by_the_name_under_which_it_is_imported(source: str, module: str) -> None:
    assert module_of(PurePath(source)) == module


@pytest.mark.parametrize(
    ("source", "package"),
    [
        (str(STORE), "tests/enrolment"),
        ("deploy/hub_local/releases/store.py", "tests/local"),
        ("deploy/hub_demo/groups/year_end.py", "tests/demonstration"),
    ],
)
def test_the_innermost_part_with_tests_of_its_own_comes_first(
    tmp_path: Path, source: str, package: str
) -> None:
    for name in ("demonstration", "enrolment", "local"):
        (tmp_path / "tests" / name).mkdir(parents=True)
    assert package_of(tmp_path, PurePath(source)) == package
