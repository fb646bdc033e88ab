"""Facts into PDF, tagged for screen readers (PDF/UA-1), by Typst: no fonts or libraries of the machine's."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from hub_enrolment.templates.facts import AttendanceSheet, Certificate, Paper
from hub_enrolment.templates.spelling import ascii_only, in_print, on_one_line

FOLDER: Final = Path(__file__).parent
TEMPLATES: Final = {AttendanceSheet: "attendance_sheet.typ", Certificate: "certificate.typ"}


def printed(paper: Paper) -> bytes:
    """One paper as PDF; the same facts make the same bytes.

    Facts reach the template as data: nothing that somebody typed is read as markup.
    """
    import typst  # here: tens of MB of memory that a service which prints nothing does without

    facts = asdict(paper) | {"title": paper.title}
    try:
        return _compiled(paper, _respelled(facts, in_print))
    except typst.TypstError:
        # A letter that was thought to have a glyph: a paper in plain letters is better than none.
        return _compiled(paper, _respelled(facts, ascii_only))


def _compiled(paper: Paper, facts: dict[str, Any]) -> bytes:
    import typst

    document: bytes = typst.compile(
        FOLDER / TEMPLATES[type(paper)],
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
