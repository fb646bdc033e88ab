"""Let the page about coverage name every file again, without measuring anything.

`python -m tests.support.coverage_names`: a new file is "not measured yet" until the next `make coverage`.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from tests.support.coverage_page import PACKAGES, PAGE, TABLE, Package, sources

ROW: Final = re.compile(r"^\| `(\S+\.py)` \|.*$", re.MULTILINE)
NOT_YET: Final = "| `{name}` | | not measured yet | | not measured yet |"


def main() -> None:
    """Write the page."""
    PAGE.write_text(renamed(PAGE.read_text(), list(sources())))


def named(text: str) -> Iterator[tuple[Package, str]]:
    """The section of each package that has one."""
    for package in PACKAGES:
        found = re.search(rf"^## `{package.name}`\n.*?(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
        if found:
            yield package, found[0]


def files_named(text: str) -> set[str]:
    """Every file that the page names."""
    return {f"{package.folder}/{row[1]}" for package, part in named(text) for row in ROW.finditer(part)}


def renamed(text: str, files: list[str]) -> str:
    """The page with a row for each of these files and for no other."""
    for package, following in pairwise(PACKAGES):
        heading, next_heading = f"## `{package.name}`\n", f"## `{following.name}`\n"
        if heading not in text and any(file.startswith(f"{package.folder}/") for file in files):
            text = text.replace(next_heading, f"{heading}\n{next_heading}")
    for package, part in named(text):
        known = {row[1]: row[0] for row in ROW.finditer(part)}
        own = [f.removeprefix(f"{package.folder}/") for f in files if f.startswith(f"{package.folder}/")]
        rows = [known.get(name) or NOT_YET.format(name=name) for name in sorted(own)]
        text = text.replace(part, "\n".join([f"## `{package.name}`", "", TABLE, *rows, "", ""]))
    return text


if __name__ == "__main__":
    main()
