"""Renaming a field of an event is an error of mypy in every handler that reads it.

mypy reads the handlers and the published language alone, with the renamed field in a copy of one module:
other packages count as `Any`, so that a run takes seconds.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
SCHOOLS: Final = "shared/hub_contracts/enrolment/schools.py"
READ: Final = (  # folders that mypy reads; all others are skipped
    "services/*/hub_*/service.py",
    "services/*/hub_*/handlers/*.py",
    "services/*/hub_*/steps/*.py",
    "shared/hub_contracts/*.py",
    "shared/hub_contracts/enrolment/*.py",
    "shared/hub_contracts/visits/*.py",
    "shared/hub_messaging/delivery.py",
    "shared/hub_messaging/envelope.py",
    "shared/hub_messaging/reactions.py",
    "shared/hub_messaging/subscribe.py",
)
OPTIONS: Final = (
    "--config-file=", "--python-version=3.11", "--explicit-package-bases", "--namespace-packages",
    "--follow-imports=skip", "--ignore-missing-imports", "--no-error-summary",
)  # fmt: skip
ERROR: Final = re.compile(r"(?P<file>[^:]+):\d+: error: (?P<message>.*)  \[(?P<code>[a-z-]+)\]")
MISFIT: Final = """
from hub_contracts.enrolment import SchoolClosed, SchoolImported, TeacherMerged
from hub_messaging.reactions import on
from hub_visits.handlers import schools

on(SchoolImported, schools.on_school_changed)
on(TeacherMerged, schools.on_school_closed)
"""


def errors(folder: Path, *arguments: str) -> list[tuple[str, str, str]]:
    """Run mypy; the file, message and code of each error."""
    files = [str(path.relative_to(ROOT)) for pattern in READ for path in sorted(ROOT.glob(pattern))]
    sources = [
        "shared",
        *(f"services/{name}" for name in ("enrolment", "visits", "notifications", "reporting")),
    ]
    result = subprocess.run(
        [sys.executable, "-m", "mypy", *OPTIONS, f"--cache-dir={folder}", *arguments, *files],
        cwd=ROOT,
        env={"MYPYPATH": ":".join(sources)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    found = [ERROR.fullmatch(line) for line in result.stdout.splitlines() if ": error: " in line]
    return [(one["file"], one["message"], one["code"]) for one in found if one is not None]


@pytest.fixture(name="cache", scope="module")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy")


def test_a_renamed_field_is_an_error_in_every_handler_that_reads_it(cache: Path, tmp_path: Path) -> None:
    renamed = tmp_path / "schools.py"
    original = (ROOT / SCHOOLS).read_text("utf-8")
    renamed.write_text(re.sub(r"\bphase: ", "phase_of_pupils: ", original), "utf-8")
    assert renamed.read_text("utf-8") != original
    found = errors(cache, "--shadow-file", SCHOOLS, str(renamed))
    readers = {file for file, message, _ in found if 'has no attribute "phase"' in message}
    assert readers == {
        "services/visits/hub_visits/handlers/schools.py",
        "services/reporting/hub_reporting/steps/schools.py",
    }


def test_a_row_whose_handler_takes_another_event_is_an_error(cache: Path, tmp_path: Path) -> None:
    misfit = tmp_path / "misfit.py"
    misfit.write_text(MISFIT, "utf-8")
    found = [one for one in errors(cache, str(misfit)) if one[0] == str(misfit)]
    ((_, message, code),) = found
    assert code == "arg-type"
    assert "Delivery[SchoolClosed]" in message
