"""What `make coverage` says of the post office: the figures, and why what no test reaches is not reached.

Reasons stand in uncovered.toml, by the text of the line, so that they survive a change elsewhere in its file.
Which lines a run reaches depends a little on timing; a reason for a line that was reached this time is kept.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from coverage import Coverage

from local.places import LOCAL, ROOT

PACKAGE: Final = "shared/hub_messaging/"
REASONS: Final = Path(__file__).with_name("uncovered.toml")
PAGE: Final = ROOT / "docs" / "coverage.md"
LEAST: Final = 95.0  # percent, of statements and of branches

HEAD: Final = """\
# What the tests of the post office reach

Written by `make coverage`: it runs the tests of the post office and of what stands on it, measures the
services that they start as well, and fails below {least:g} % of statements or of branches, or when a line
that was not reached has no reason. A process ended with SIGKILL tells nothing of what it reached. The fault
suite is not counted.

{table}

## What was not reached, and why

| where | what | why |
|---|---|---|
{listed}
"""

Reasons = Mapping[str, Mapping[str, str]]  # file → text of the line → why


@dataclass(frozen=True)
class Gap:
    """One line that was not reached, or one of its ways on that was not taken."""

    file: str
    line: int
    text: str  # of the line; of a way on with the line that it leads to

    def reason(self, reasons: Reasons) -> str | None:
        """Why, if anybody has said so."""
        return reasons.get(self.file, {}).get(self.text)


def main() -> None:
    """Print the table, write the page, and fail when there is too little or a reason is missing."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--least", type=float, default=LEAST, help="percent of statements, and of branches")
    least = parser.parse_args().least
    report, reasons = measured(), read_reasons()
    gaps = [gap for file, told in sorted(report["files"].items()) for gap in gaps_of(file, told)]
    table = figures(report)
    print(table)  # noqa: T201 - a command's answer
    PAGE.write_text(page(table, gaps, reasons))
    wrong = [*too_little(report["totals"], least), *unexplained(gaps, reasons), *outdated(reasons)]
    sys.exit("\n".join(wrong) or None)


def measured() -> dict[str, Any]:
    """The combined measurement as coverage tells it."""
    coverage = Coverage(config_file=str(ROOT / "pyproject.toml"))
    coverage.load()
    target = LOCAL.base / "coverage" / "report.json"
    coverage.json_report(outfile=str(target))
    report: dict[str, Any] = json.loads(target.read_text())
    return report


def read_reasons() -> Reasons:
    """Every reason that was given."""
    reasons: Reasons = tomllib.loads(REASONS.read_text())
    return reasons


def gaps_of(file: str, told: Mapping[str, Any]) -> Iterator[Gap]:
    """What was not reached in one file; ways to a line that was not reached are not told twice."""
    source = (ROOT / file).read_text().splitlines()
    name = file.removeprefix(PACKAGE)
    missing = set(told["missing_lines"])
    for line in sorted(missing):
        yield Gap(name, line, source[line - 1].strip())
    for start, end in told["missing_branches"]:
        if start not in missing and end not in missing:
            target = "the end" if end < 0 else source[end - 1].strip()
            yield Gap(name, start, f"{source[start - 1].strip()} → {target}")


def figures(report: Mapping[str, Any]) -> str:
    """A table of the files with their shares."""
    rows = ["| file | statements | reached | branches | taken |", "|---|---|---|---|---|"]
    for file, told in sorted(report["files"].items()):
        rows.append(_row(f"`{file.removeprefix(PACKAGE)}`", told["summary"]))
    return "\n".join([*rows, _row("**all**", report["totals"])])


def page(table: str, gaps: list[Gap], reasons: Reasons) -> str:
    """The whole page."""
    listed = [
        f"| `{gap.file}:{gap.line}` | `{_cell(gap.text)}` | {gap.reason(reasons) or '?'} |" for gap in gaps
    ]
    return HEAD.format(least=LEAST, table=table, listed="\n".join(listed))


def too_little(totals: Mapping[str, Any], least: float) -> Iterator[str]:
    """What is below the least."""
    for what in ("statements", "branches"):
        if totals[f"percent_{what}_covered"] < least:
            yield f"{totals[f'percent_{what}_covered']:.1f} % of {what} are below {least:g} %"


def unexplained(gaps: list[Gap], reasons: Reasons) -> Iterator[str]:
    """What is not reached without a reason."""
    for gap in gaps:
        if gap.reason(reasons) is None:
            yield f"not reached, and no reason given: {gap.file}:{gap.line}  {gap.text}"


def outdated(reasons: Reasons) -> Iterator[str]:
    """Reasons for lines that are no longer there."""
    for file, lines in reasons.items():
        path = ROOT / PACKAGE / file
        source = {line.strip() for line in path.read_text().splitlines()} if path.exists() else set()
        for text in lines:
            if not {part for part in text.split(" → ") if part != "the end"} <= source:
                yield f"a reason for a line that is gone: {file}  {text}"


def _row(name: str, told: Mapping[str, Any]) -> str:
    cells = [name]
    for what in ("statements", "branches"):
        cells += [str(told[f"num_{what}"]), f"{told[f'percent_{what}_covered']:.1f} %"]
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
