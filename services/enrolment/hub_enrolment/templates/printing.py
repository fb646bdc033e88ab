"""Turn facts into PDF, tagged for screen readers (PDF/UA-1), in a child process."""

import json
from dataclasses import asdict
from typing import Final

from hub_enrolment.templates.facts import AttendanceSheet, Certificate, Document, PressInput
from hub_platform import child
from hub_platform.child import MEGABYTE, Bounds

TEMPLATES: Final = {AttendanceSheet: "attendance_sheet.typ", Certificate: "certificate.typ"}
PRESS: Final = child.module("hub_enrolment.templates.press")
BOUNDS: Final = Bounds(seconds=30.0, output_bytes=32 * MEGABYTE)  # a sheet takes less than a second


def printed(document: Document) -> bytes:
    """Return a document as PDF; equal facts give equal bytes. The service keeps answering meanwhile.

    Raises:
        hub_platform.child.ChildFailed: the document cannot be printed.
    """
    return child.run(PRESS, [json.dumps(press_input(document)).encode()], BOUNDS).getvalue()


def press_input(document: Document) -> PressInput:
    """Return the template and the facts of a document."""
    return {"template": TEMPLATES[type(document)], "facts": asdict(document) | {"title": document.title}}
