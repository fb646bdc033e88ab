"""`make lock`: lists of exact packages, resolved from the dependencies that distributions declare.

- `requirements.lock`: the services; images are built from it
- `deploy/hub_local/requirements.lock`: what `make run` adds
- `tests/requirements.lock`: what `make check` and `make test` add
- `tests/peers/requirements.lock`: other frameworks, which `make faults` and `make bench` compare with ours
- `tests/subscribing/requirements.lock`: the clients of docs/subscribing.md

Each list is resolved under the constraints of the earlier ones, so that they can be installed together. The
last has no constraints, as those clients have environments of their own. The lists hold no index address and
no path: each machine uses its own index.
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
# Prefixes of this machine's settings that would change the lists.
STEERING = ("UV_", "PIP_")


def distributions() -> list[Path]:
    """Return the pyproject.toml of every distribution of this repository."""
    patterns = ("shared/*/pyproject.toml", "services/*/pyproject.toml", "deploy/*/pyproject.toml")
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def needs(pyproject: Path) -> list[str]:
    """Return the dependencies of a distribution that are not in this repository."""
    dependencies = tomllib.loads(pyproject.read_text())["project"].get("dependencies", [])
    return [need for need in dependencies if not need.startswith(OURS)]


def compile_list(source: str, target: Path, constraints: list[Path], *, upgrade: bool) -> None:
    """Resolve one list with uv; locked versions stay unless `upgrade`."""
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
    """Write the lists; `--upgrade` selects the newest versions."""
    upgrade = "--upgrade" in sys.argv[1:]
    runtime = sorted({need for pyproject in distributions() for need in needs(pyproject)}, key=str.lower)
    compile_list("\n".join(runtime), RUNTIME, [], upgrade=upgrade)
    compile_list((ROOT / RUN.with_suffix(".in")).read_text(), RUN, [RUNTIME], upgrade=upgrade)
    compile_list((ROOT / TESTS.with_suffix(".in")).read_text(), TESTS, [RUNTIME, RUN], upgrade=upgrade)
    compile_list((ROOT / PEERS.with_suffix(".in")).read_text(), PEERS, [RUNTIME, RUN, TESTS], upgrade=upgrade)
    compile_list((ROOT / CLIENTS.with_suffix(".in")).read_text(), CLIENTS, [], upgrade=upgrade)


if __name__ == "__main__":
    main()
