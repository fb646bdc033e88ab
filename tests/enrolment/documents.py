"""Attendance sheets and certificates: made, printed and read by tests."""

import io
from typing import Any

from pypdf import PdfReader

from hub_enrolment.templates.facts import AttendanceSheet, Attendee, Certificate, Document
from hub_enrolment.templates.press import press
from hub_enrolment.templates.printing import press_input


def pressed(document: Document) -> bytes:
    """Print a document in the test's own process, which is faster than a child process."""
    return press(press_input(document))


def sheet(**changes: Any) -> AttendanceSheet:
    values: dict[str, Any] = {
        "group": "Proportion and ratio",
        "session": "Session 2",
        "day": "Wednesday 8 October 2025",
        "time": "13:30 to 16:30",
        "place": "Online",
        "leads": ("Ada Lovelace",),
        "attendees": attendees(1),
    }
    return AttendanceSheet(**values | changes)


def attendees(count: int) -> tuple[Attendee, ...]:
    return tuple(
        Attendee(name=f"Noether-{n}, Emmy", school="Hillside Primary School", apologies=False)
        for n in range(1, count + 1)
    )


def certificate(**changes: Any) -> Certificate:
    values: dict[str, Any] = {
        "hub": "Cambridge Maths Hub",
        "lead_school": "Comberton Village College",
        "name": "Emmy Noether",
        "school": "Hillside",
        "programme": "Continuity",
        "group": "Proportion and ratio",
        "academic_year": "2025/26",
        "dates": "8 October 2025 to 8 July 2026",
        "sessions_n": 5,
        "held_n": 6,
        "duration": "15 hours",
    }
    return Certificate(**values | changes)


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, with single spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def lines(pdf: bytes) -> list[str]:
    """Return the lines of all pages."""
    return [line for page in PdfReader(io.BytesIO(pdf)).pages for line in page.extract_text().splitlines()]


def catalog(pdf: bytes) -> Any:
    """Return the root of a PDF's objects."""
    return PdfReader(io.BytesIO(pdf)).trailer["/Root"]


def tags(pdf: bytes) -> set[str]:
    """Return the names of all tags in the structure tree."""
    found: set[str] = set()

    def walk(element: Any) -> None:
        one = element.get_object() if hasattr(element, "get_object") else element
        if isinstance(one, list):
            for child in one:
                walk(child)
        elif isinstance(one, dict):
            if "/S" in one:
                found.add(str(one["/S"]))
            walk(one.get("/K", []))

    walk(catalog(pdf)["/StructTreeRoot"]["/K"])
    return found
