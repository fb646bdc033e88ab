"""Facts into PDF, tagged for screen readers (PDF/UA-1), by a press that runs beside the service."""

import json
from dataclasses import asdict
from typing import Any, Final

from hub_enrolment.templates.facts import AttendanceSheet, Certificate, Paper
from hub_platform import child
from hub_platform.child import MEGABYTE, Bounds

TEMPLATES: Final = {AttendanceSheet: "attendance_sheet.typ", Certificate: "certificate.typ"}
PRESS: Final = child.module("hub_enrolment.templates.press")
BOUNDS: Final = Bounds(seconds=30.0, output_bytes=32 * MEGABYTE)  # a sheet takes less than a second


def printed(paper: Paper) -> bytes:
    """One document as PDF; the same facts make the same bytes. The service answers others meanwhile.

    Raises:
        hub_platform.child.ChildFailed: it cannot be printed.
    """
    return child.run(PRESS, [json.dumps(told(paper)).encode()], BOUNDS).getvalue()


def told(paper: Paper) -> dict[str, Any]:
    """What the press is told of a paper: its template and its facts."""
    return {"template": TEMPLATES[type(paper)], "facts": asdict(paper) | {"title": paper.title}}
