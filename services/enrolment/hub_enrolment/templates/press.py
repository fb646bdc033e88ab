"""Prints one paper: `python -m hub_enrolment.templates.press` is told of it as JSON and writes PDF.

A program of its own, because Typst takes 65 MB and, while it works, all of its process.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from hub_enrolment.templates.spelling import ascii_only, in_print, on_one_line
from hub_platform.child import limit_this_process

MEGABYTES: Final = 1024  # of address space, most of it fonts that are mapped; 100 are in memory
CPU_SECONDS: Final = 25
FOLDER: Final = Path(__file__).parent


def press(told: Mapping[str, Any]) -> bytes:
    """One paper as PDF; the same facts make the same bytes.

    Facts reach the template as data: nothing that somebody typed is read as markup.

    Args:
        told: `template`, the name of a file beside this one, and `facts`, what it is given.
    """
    import typst  # here, so that what looks at this module only does not load it

    template, facts = FOLDER / told["template"], told["facts"]
    try:
        return _compiled(template, _respelled(facts, in_print))
    except typst.TypstError:
        # A letter that was thought to have a glyph: a paper in plain letters is better than none.
        return _compiled(template, _respelled(facts, ascii_only))


def _compiled(template: Path, facts: dict[str, Any]) -> bytes:
    import typst

    document: bytes = typst.compile(
        template,
        root=FOLDER,
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(facts)},
        format="pdf",
        pdf_standards=["ua-1"],
    )
    return document


def _respelled(facts: dict[str, Any], spell: Callable[[str], str]) -> dict[str, Any]:
    """The same facts in letters that can be printed; `respelled` says whether any had to be others."""
    changed = False

    def walk(value: Any) -> Any:
        nonlocal changed
        if isinstance(value, str):
            spelled = spell(value)
            changed = changed or spelled != on_one_line(value)
            return spelled
        if isinstance(value, dict):
            return {name: walk(one) for name, one in value.items()}
        return [walk(one) for one in value] if isinstance(value, list | tuple) else value

    told: dict[str, Any] = walk(facts)
    return told | {"respelled": changed}


if __name__ == "__main__":
    limit_this_process(megabytes=MEGABYTES, cpu_seconds=CPU_SECONDS)
    sys.stdout.buffer.write(press(json.load(sys.stdin.buffer)))
