"""The page of `make coverage`: lines and branches reached by the tests, by package and file, and the gaps.

Each unreached line of the messaging library has a reason in uncovered.toml, by the text of the line, so that
it survives changes elsewhere in the file. The lines that a run reaches depend a little on timing; a reason
for a line that was reached this time stays.
"""

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

from coverage import Coverage

from hub_local.places import LOCAL, ROOT

REASONS: Final = Path(__file__).with_name("uncovered.toml")
PAGE: Final = ROOT / "docs" / "coverage.md"
EXPLAINED: Final = "shared/hub_messaging"  # the package of which every line that is not reached has a reason
# Coverage reports no figures for a file with a docstring only that is never imported.
EMPTY: Final[Mapping[str, Any]] = {
    "missing_lines": [],
    "missing_branches": [],
    "summary": {
        "num_statements": 0,
        "covered_lines": 0,
        "percent_statements_covered": 100.0,
        "num_branches": 0,
        "covered_branches": 0,
        "missing_branches": 0,
        "percent_branches_covered": 100.0,
    },
}
LEAST_OF_A_FILE: Final = 90.0  # percent of its branches, of whatever package but the explained one
TABLE: Final = "| file | statements | reached | branches | taken |\n|---|---|---|---|---|"

HEAD: Final = """\
# Coverage of the tests

Written by `make coverage`, which is run by hand: it runs the tests of each package and measures the service
processes that they start as well. A process ended with SIGKILL tells nothing of what it reached. Not counted
are the fault suite, the benchmark, `tests/interfaces` and the deployment. Not measured are the migrations,
each of which `tests/architecture` runs up and down, and `deploy/hub_local`, whose tests end programs in ways
that no measurement survives.

It fails when a package is below its least share, when a file has less than {least:g} % of its branches taken
and misses more than one, and when a line of the messaging library that was not reached has no reason.

{packages}
"""

GAPS: Final = """\
## Unreached lines of `{package}`, with the reasons

| where | what | why |
|---|---|---|
{listed}
"""

Reasons = Mapping[str, Mapping[str, str]]  # file → text of the line → why
Files = Mapping[str, Mapping[str, Any]]  # file → what coverage tells of it


@dataclass(frozen=True)
class Package:
    """A folder of sources, and the shares that its tests must reach at least."""

    folder: str
    statements: float = 90.0  # percent
    branches: float = 90.0

    @property
    def name(self) -> str:
        """As it is imported."""
        return self.folder.rpartition("/")[2]

    def files(self, every: Files) -> Files:
        """Those of all files that belong to it."""
        return {file: told for file, told in sorted(every.items()) if file.startswith(f"{self.folder}/")}


PACKAGES: Final = (
    Package(EXPLAINED, statements=99.0, branches=97.0),
    Package("shared/hub_platform"),
    Package("shared/hub_contracts"),
    Package("shared/hub_kernel"),
    *(
        Package(f"services/{name}/hub_{name}")
        for name in ("enrolment", "visits", "notifications", "reporting")
    ),
    Package("deploy/hubctl"),
    Package("deploy/hub_operations"),
)


@dataclass(frozen=True)
class Gap:
    """One line that was not reached, or one of its ways on that was not taken."""

    file: str
    line: int
    text: str  # of the line; of a way on with the line that it leads to

    def reason(self, reasons: Reasons) -> str | None:
        """Return the reason from uncovered.toml, if there is one."""
        return reasons.get(self.file, {}).get(self.text)


def main() -> None:
    """Print the shares of the packages, write the page, and fail when there is too little."""
    files, reasons = measured(), read_reasons()
    explained = Package(EXPLAINED).files(files)
    gaps = [gap for file, told in explained.items() for gap in gaps_of(file, told)]
    print(packages(files))  # noqa: T201 - a command's answer
    PAGE.write_text(page(files, gaps, reasons))
    wrong = [*too_little(files), *unexplained(gaps, reasons), *outdated(reasons)]
    sys.exit("\n".join(wrong) or None)


def measured() -> Files:
    """The combined measurement as coverage tells it, by file."""
    coverage = Coverage(config_file=str(ROOT / "pyproject.toml"))
    coverage.load()
    target = LOCAL.base / "coverage" / "report.json"
    coverage.json_report(outfile=str(target))
    files: Files = json.loads(target.read_text())["files"]
    return dict.fromkeys(sources(), EMPTY) | dict(files)


def read_reasons() -> Reasons:
    """Every reason that was given."""
    reasons: Reasons = tomllib.loads(REASONS.read_text())
    return reasons


def sources() -> Iterator[str]:
    """Every file that is measured."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]["run"]
    for folder in settings["source"]:
        for path in sorted((ROOT / folder).rglob("*.py")):
            file = str(path.relative_to(ROOT))
            if not any(fnmatch(file, pattern) for pattern in settings["omit"]):
                yield file


def gaps_of(file: str, told: Mapping[str, Any]) -> Iterator[Gap]:
    """Return the lines and branches not reached in one file; branches to such a line are left out."""
    source = (ROOT / file).read_text().splitlines()
    name = file.removeprefix(f"{EXPLAINED}/")
    missing = set(told["missing_lines"])
    for line in sorted(missing):
        yield Gap(name, line, source[line - 1].strip())
    for start, end in told["missing_branches"]:
        if start not in missing and end not in missing:
            target = "the end" if end < 0 else source[end - 1].strip()
            yield Gap(name, start, f"{source[start - 1].strip()} → {target}")


def packages(files: Files) -> str:
    """A table of the packages with their shares and the least that they must reach."""
    rows = ["| package | statements | reached | branches | taken | at least |", "|---|---|---|---|---|---|"]
    for package in PACKAGES:
        least = f"{package.statements:g} %, {package.branches:g} %"
        rows.append(f"{_row(f'`{package.name}`', _total(package.files(files)))} {least} |")
    return "\n".join(rows)


def page(files: Files, gaps: list[Gap], reasons: Reasons) -> str:
    """The whole page."""
    sections = [_section(package, package.files(files)) for package in PACKAGES]
    listed = [
        f"| `{gap.file}:{gap.line}` | `{_cell(gap.text)}` | {gap.reason(reasons) or '?'} |" for gap in gaps
    ]
    why = GAPS.format(package=Package(EXPLAINED).name, listed="\n".join(listed))
    return "\n".join([HEAD.format(packages=packages(files), least=LEAST_OF_A_FILE), *sections, why])


def too_little(files: Files) -> Iterator[str]:
    """Packages and files that are below their least share; one branch of a small file says nothing."""
    for package in PACKAGES:
        own = package.files(files)
        total = _total(own)
        for what, least in (("statements", package.statements), ("branches", package.branches)):
            share = total[f"percent_{what}_covered"]
            if share < least:
                yield f"{package.name}: {share:.1f} % of {what} are below {least:g} %"
        if package.folder == EXPLAINED:
            continue  # its missing lines have a reason
        for file, told in own.items():
            share = told["summary"]["percent_branches_covered"]
            if share < LEAST_OF_A_FILE and told["summary"]["missing_branches"] > 1:
                yield f"{file}: {share:.1f} % of branches are below {LEAST_OF_A_FILE:g} %"


def unexplained(gaps: list[Gap], reasons: Reasons) -> Iterator[str]:
    """Return the lines and branches that are not reached, without a reason."""
    for gap in gaps:
        if gap.reason(reasons) is None:
            yield f"not reached, and no reason given: {gap.file}:{gap.line}  {gap.text}"


def outdated(reasons: Reasons) -> Iterator[str]:
    """Reasons for lines that are no longer there."""
    for file, lines in reasons.items():
        path = ROOT / EXPLAINED / file
        source = {line.strip() for line in path.read_text().splitlines()} if path.exists() else set()
        for text in lines:
            if not {part for part in text.split(" → ") if part != "the end"} <= source:
                yield f"a reason for a line that is gone: {file}  {text}"


def _section(package: Package, files: Files) -> str:
    rows = [
        _row(f"`{file.removeprefix(f'{package.folder}/')}`", told["summary"]) for file, told in files.items()
    ]
    return "\n".join([f"## `{package.name}`", "", TABLE, *rows, ""])


def _total(files: Files) -> dict[str, float]:
    told: dict[str, float] = {}
    for what, reached in (("statements", "covered_lines"), ("branches", "covered_branches")):
        number = sum(one["summary"][f"num_{what}"] for one in files.values())
        covered = sum(one["summary"][reached] for one in files.values())
        told[f"num_{what}"] = number
        told[f"percent_{what}_covered"] = 100 * covered / number if number else 100.0
    return told


def _row(name: str, told: Mapping[str, Any]) -> str:
    cells = [name]
    for what in ("statements", "branches"):
        cells += [str(told[f"num_{what}"]), f"{told[f'percent_{what}_covered']:.1f} %"]
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
