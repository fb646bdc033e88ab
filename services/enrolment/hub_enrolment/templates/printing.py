"""Facts into PDF, tagged for screen readers (PDF/UA-1), by Typst: no fonts or libraries of the machine's."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from hub_enrolment.templates.facts import AttendanceSheet, Certificate, Paper

FOLDER: Final = Path(__file__).parent
TEMPLATES: Final = {AttendanceSheet: "attendance_sheet.typ", Certificate: "certificate.typ"}


def printed(facts: Paper) -> bytes:
    """One paper as PDF.

    Facts reach the template as data: nothing that somebody typed is read as markup.
    """
    import typst  # noqa: PLC0415 - 25 MB of memory that a service which prints nothing does without

    told = json.dumps(asdict(facts) | {"title": facts.title})
    document: bytes = typst.compile(
        FOLDER / TEMPLATES[type(facts)],
        root=FOLDER,
        ignore_system_fonts=True,
        sys_inputs={"facts": told},
        format="pdf",
        pdf_standards=["ua-1"],
    )
    return document
