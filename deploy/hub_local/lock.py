"""`make lock`: the lists of exact packages, from what the distributions say they need.

- `requirements.lock`: the services; also what images are built from
- `deploy/hub_local/requirements.lock`: what `make run` adds
- `tests/requirements.lock`: what checking and testing add
- `tests/peers/requirements.lock`: what `make faults` and `make bench` compare us with
- `tests/subscribing/requirements.lock`: what the clients of docs/subscribing.md install

Every later list is made under the constraints of the earlier ones, so that they can be installed together.
Only the last stands alone: those clients have environments of their own. No index address and no path goes
into them: each machine uses its own index.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from hub_local.places import ROOT

OURS = "mathshub-"
LOWEST_PYTHON = "3.11"
RUNTIME = Path("requirements.lock")
RUN = Path("deploy/hub_local/requirements.lock")
TESTS = Path("tests/requirements.lock")
PEERS = Path("tests/peers/requirements.lock")
CLIENTS = Path("tests/subscribing/requirements.lock")
# Settings of this machine that would find their way into the lists.
STEERING = ("UV_", "PIP_")


def distributions() -> list[Path]:
    """The pyproject.toml of every distribution of this repository."""
    patterns = ("shared/*/pyproject.toml", "services/*/pyproject.toml", "deploy/*/pyproject.toml")
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def needs(pyproject: Path) -> list[str]:
    """What a distribution needs from elsewhere."""
    dependencies = tomllib.loads(pyproject.read_text())["project"].get("dependencies", [])
    return [need for need in dependencies if not need.startswith(OURS)]


def compile_list(source: str, target: Path, constraints: list[Path], *, upgrade: bool) -> None:
    """Resolve one list with uv; a version that is locked already stays unless `upgrade`."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(STEERING)}
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.in")
        wanted.write_text(source)
        subprocess.run(
            [
                *(sys.executable, "-m", "uv", "pip", "compile", str(wanted), "--output-file", str(target)),
                *(word for path in constraints for word in ("--constraints", str(path))),
                *("--universal", "--python-version", LOWEST_PYTHON, "--generate-hashes"),
                *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-config", "--quiet"),
                *("--custom-compile-command", "make lock"),
                *(("--upgrade",) if upgrade else ()),
            ],
            cwd=ROOT,
            env=environment,
            check=True,
        )


def main() -> None:
    """Write the lists; with `--upgrade` everything moves to its newest version."""
    upgrade = "--upgrade" in sys.argv[1:]
    runtime = sorted({need for pyproject in distributions() for need in needs(pyproject)}, key=str.lower)
    compile_list("\n".join(runtime), RUNTIME, [], upgrade=upgrade)
    compile_list((ROOT / RUN.with_suffix(".in")).read_text(), RUN, [RUNTIME], upgrade=upgrade)
    compile_list((ROOT / TESTS.with_suffix(".in")).read_text(), TESTS, [RUNTIME, RUN], upgrade=upgrade)
    compile_list((ROOT / PEERS.with_suffix(".in")).read_text(), PEERS, [RUNTIME, RUN, TESTS], upgrade=upgrade)
    compile_list((ROOT / CLIENTS.with_suffix(".in")).read_text(), CLIENTS, [], upgrade=upgrade)


if __name__ == "__main__":
    main()
