"""Debian's Chromium, which opens pages for axe-core; installed on first use where that is possible."""

import json
import shutil
from collections.abc import Sequence
from typing import Any, Final

from tests.support import node

from hub_local import packages
from hub_local.failures import CannotStart
from hub_local.places import ROOT

TOOLS: Final = "published_node"
PHONE: Final = 360  # pixels
DESK: Final = 1280


def chromium() -> str:
    """Where the browser is; the test is skipped where it cannot be had."""
    found = shutil.which("chromium")
    if found is None and packages.can_install():
        try:
            packages.install("chromium", log=ROOT / ".local" / "logs" / "chromium.log")
        except CannotStart as exc:
            node.cannot("chromium", str(exc))
        found = shutil.which("chromium")
    if found is None:
        node.cannot("chromium", "it is not installed (Debian: chromium)")
    return str(found)


def looked_at(pages: Sequence[str], widths: Sequence[int] = (PHONE, DESK)) -> list[dict[str, Any]]:
    """Return the findings of axe-core and the browser for each page at each width.

    Gives `address`, `width`, `status`, `violations`, `elsewhere` (requests to other hosts), `said` (in the
    console) and `overflow` (pixels by which the page is wider than the window).
    """
    given = {"chromium": chromium(), "pages": list(pages), "widths": list(widths)}
    told: list[dict[str, Any]] = json.loads(node.run(TOOLS, "check_pages.mjs", json.dumps(given).encode()))
    return told
