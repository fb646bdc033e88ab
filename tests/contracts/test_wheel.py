"""The wheel of the published language, installed as a subscriber elsewhere installs it."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

import pytest

from hub_contracts import EVENTS, MARKS
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.samples import samples
from hub_local.places import ROOT

pytestmark = pytest.mark.long

CONTRACTS: Final = ROOT / "shared" / "hub_contracts"
LOCKS: Final = (ROOT / "requirements.lock", ROOT / "tests" / "requirements.lock")
NEEDS: Final = ("marshmallow",)
FOR_TESTS: Final = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")
# Every module but the plugin, which pytest loads, and whatever they have brought in from elsewhere.
IMPORT_ALL: Final = """
import importlib, pkgutil, sys
import hub_contracts
for one in pkgutil.walk_packages(hub_contracts.__path__, "hub_contracts."):
    if one.name != "hub_contracts.testing.plugin":
        importlib.import_module(one.name)
print(*sorted({name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names))
"""
USE: Final = """
import json
from importlib.resources import files
from hub_contracts import parse
from hub_contracts.testing import Bus, make
bus = Bus()
queue = bus.subscribe("VisitLogged")
bus.publish(make("VisitLogged", urn="110623"))
queue.deliver(lambda message: print(parse(message.body).event.urn))
print(json.loads((files("hub_contracts") / "schemas" / "VisitLogged.1.json").read_text())["title"])
"""


@pytest.fixture(name="wheel", scope="module")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as `make contracts-wheel` builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(CONTRACTS))
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(name="elsewhere", scope="module")
def _elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new virtual environment with the wheel and marshmallow alone."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    install(folder, locked(NEEDS))
    pip("--python", str(folder / "venv"), "install", "--no-deps", "--no-index", str(wheel))
    return folder


def pip(*arguments: str) -> str:
    command = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
        *arguments,
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def install(folder: Path, requirements: str) -> None:
    """Install locked packages; a machine without a package index cannot be tested, but CI has one."""
    (folder / "requirements.txt").write_text(requirements)
    try:
        pip(
            *("--python", str(folder / "venv"), "install", "--no-deps", "--require-hashes"),
            *("--retries", "1", "--requirement", str(folder / "requirements.txt")),
        )
    except AssertionError as exc:
        if os.environ.get("CI") or "No matching distribution" not in str(exc):
            raise
        pytest.skip("No package index answers here.")


def locked(names: tuple[str, ...]) -> str:
    """The entries of some packages in the lists of exact packages, with their hashes."""
    text = "".join(lock.read_text() for lock in LOCKS)
    found = {name: re.search(rf"^{name}==.*?(?=^\S)", text, re.DOTALL | re.MULTILINE) for name in names}
    return "".join(entry[0] for entry in found.values() if entry is not None)


def run(folder: Path, *arguments: str) -> str:
    """Run the environment's Python in its folder, without anything of this checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [str(folder / "venv" / "bin" / "python"), "-W", "error", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_schemas_and_samples_are_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as inside:
        names = set(inside.namelist())
        for key, event in (EVENTS | MARKS).items():
            schema = json.loads(inside.read(f"hub_contracts/schemas/{event.type}.{event.version}.json"))
            assert schema == json_schema(event)
            for case, body in samples(key).items():
                assert json.loads(inside.read(f"hub_contracts/examples/{key}.{case}.json")) == body
    assert {"hub_contracts/py.typed", "hub_contracts/LICENSE"} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith("hub_contracts/pyproject")]


def test_it_is_used_with_marshmallow_alone(elsewhere: Path) -> None:
    assert run(elsewhere, "-c", IMPORT_ALL).split() == ["__main__", "hub_contracts", "marshmallow"]
    assert run(elsewhere, "-c", USE).split() == ["110623", "VisitLogged"]


def test_the_example_subscriber_of_the_readme_passes_its_tests(elsewhere: Path) -> None:
    text = (CONTRACTS / "README.md").read_text()
    blocks = dict(re.findall(r"^```python file=(\S+)\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    assert blocks.keys() == {"school_visits.py", "test_school_visits.py"}
    for name, block in blocks.items():
        (elsewhere / name).write_text(block)
    install(elsewhere, locked(FOR_TESTS))
    said = run(elsewhere, "-m", "pytest", "-p", "no:cacheprovider", "-q", "test_school_visits.py")
    number = sum(len(samples(key)) for key in EVENTS) + 12
    assert f"{number} passed" in said
    # A subscriber that counts repeats twice is found.
    counts_twice = blocks["school_visits.py"].replace("if new:", "if True:")
    counts_twice = counts_twice.replace("visit_id TEXT PRIMARY KEY", "visit_id TEXT")
    (elsewhere / "school_visits.py").write_text(counts_twice)
    with pytest.raises(AssertionError, match="test_repeats_order_and_news_change_nothing"):
        run(elsewhere, "-m", "pytest", "-p", "no:cacheprovider", "-q", "test_school_visits.py")
