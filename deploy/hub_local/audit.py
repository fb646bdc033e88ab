"""`make audit`: known vulnerabilities of the packages in the lock files, found by pip-audit.

Exit codes: 0 none is known, 1 some are (listed), 3 a list could not be audited. `make` itself turns each
failure into 2; a script that needs the difference calls `python -m hub_local.audit`.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub_local.lock import PEERS, RUN, RUNTIME, TESTS
from hub_local.places import ROOT

VULNERABLE, NOT_AUDITED = 1, 3
WITHIN_SECONDS: Final = 600
STRICT: Final = (
    "--strict",
    "--require-hashes",
    "--disable-pip",
    "--progress-spinner",
    "off",
    "--format",
    "json",
)


class CouldNotAudit(Exception):
    """A list could not be audited; the message gives the reason."""


@dataclass(frozen=True)
class Found:
    """A known vulnerability of a package in a list."""

    package: str
    version: str
    id: str
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        """One line of the report."""
        fixed = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "no release fixes it"
        return f"{self.package} {self.version}: {self.id}, {fixed}"


def audit(path: Path) -> list[Found]:
    """Return the known vulnerabilities of the packages in a lock file.

    Raises:
        CouldNotAudit: pip-audit is missing, its source does not answer, or a package could not be looked up.
    """
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder, "answer.json")
        command = (
            sys.executable,
            "-m",
            "pip_audit",
            *STRICT,
            "--output",
            str(answer),
            "--requirement",
            str(path),
        )
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=False,
                timeout=WITHIN_SECONDS,
                env=_environment(),
            )
        except subprocess.TimeoutExpired:
            raise CouldNotAudit(f"no answer came within {WITHIN_SECONDS} s") from None
        text = answer.read_text() if answer.exists() else ""
    return read(text, done.returncode, done.stderr)


def read(answer: str, code: int, complaint: str) -> list[Found]:
    """Read pip-audit's report, as its exit code 1 stands for a vulnerability and for a failure.

    Raises:
        CouldNotAudit: there is no report, or it lists packages that were skipped.
    """
    lines = complaint.strip().splitlines() or [f"pip-audit ended with exit code {code}"]
    try:
        listed = json.loads(answer)["dependencies"]
        skipped = [one["name"] for one in listed if "skip_reason" in one]
        found = [
            Found(one["name"], one["version"], each["id"], tuple(each["fix_versions"]))
            for one in listed
            for each in one.get("vulns", ())
        ]
    except (ValueError, KeyError, TypeError):
        raise CouldNotAudit(lines[-1]) from None
    if skipped:
        raise CouldNotAudit(f"{', '.join(skipped)} could not be looked up")
    if code != 0 and not found:
        raise CouldNotAudit(lines[-1])
    return found


def main(paths: Iterable[Path], look: Callable[[Path], list[Found]] = audit) -> int:
    """Audit each list and print a sentence for each; return the exit code."""
    vulnerable = unknown = False
    for path in paths:
        name = path.relative_to(ROOT)
        try:
            found = look(path)
        except CouldNotAudit as exc:
            unknown = True
            print(f"{name}: could not audit: {exc}.")
            continue
        vulnerable = vulnerable or bool(found)
        print(
            f"{name}: {len(found) or 'no'} known {'vulnerability' if len(found) == 1 else 'vulnerabilities'}"
        )
        for one in found:
            print(f"  {one}")
    if unknown:
        print("Some lists were not audited, so their packages may have vulnerabilities. Try again later.")
    return VULNERABLE if vulnerable else NOT_AUDITED if unknown else 0


def _environment() -> dict[str, str]:
    """Return the environment without settings of pip-audit that would skip packages."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PIP_AUDIT_")}


if __name__ == "__main__":
    sys.exit(main(ROOT / path for path in (RUNTIME, RUN, TESTS, PEERS)))
