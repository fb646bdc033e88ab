"""Links between the Markdown pages of the repository, and the headings that they may point to."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub_local.places import ROOT

LINK: Final = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")
FENCE: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Link:
    """One link to another place of the repository."""

    target: str  # as written
    file: Path  # absolute
    anchor: str  # empty: the top of the page


def pages() -> list[Path]:
    """Return the tracked Markdown pages, relative to the root; releases are records and left out."""
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    names = (name for name in listed.stdout.splitlines() if not name.startswith("docs/releases/"))
    return [Path(name) for name in names if (ROOT / name).exists()]


def links_of(page: Path) -> list[Link]:
    """Return the links of a page, given relative to the root, without those to other sites."""
    text = FENCE.sub("", (ROOT / page).read_text("utf-8"))
    found = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        found.append(Link(target, file.resolve(), anchor))
    return found


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings as GitHub forms them."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")), re.MULTILINE):
        base = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        anchor, n = base, 0
        while anchor in found:
            n += 1
            anchor = f"{base}-{n}"
        found.add(anchor)
    return found
