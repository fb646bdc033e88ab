"""The facts of each document, spelled out for readers, so that a template only arranges them."""

from dataclasses import dataclass
from typing import TypedDict


@dataclass(frozen=True, kw_only=True)
class Attendee:
    """One line of an attendance sheet."""

    name: str  # family name first, to be found in a list
    school: str
    apologies: bool  # received before the sheet was printed


@dataclass(frozen=True, kw_only=True)
class AttendanceSheet:
    """The list of a session's participants, to be signed."""

    group: str
    session: str  # "Session 2"
    day: str  # "Wednesday 8 October 2025"
    time: str  # "13:30 to 16:30"
    place: str
    leads: tuple[str, ...]
    attendees: tuple[Attendee, ...]  # by school, then by family name

    @property
    def title(self) -> str:
        """The title of the document, which screen readers announce."""
        return f"Attendance: {self.group}, {self.session.lower()}"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """The facts of a certificate of completion."""

    hub: str | None  # its name; None until it has been set
    lead_school: str | None
    name: str
    school: str
    programme: str
    group: str
    academic_year: str  # "2025/26"
    dates: str | None  # "8 October 2025 to 8 July 2026"; None when no session was held
    sessions_n: int  # attended, late and left early included
    held_n: int
    duration: str  # "15 hours", of the sessions attended

    @property
    def title(self) -> str:
        """The title of the document, which screen readers announce."""
        return f"Certificate of completion: {self.name}"


Document = AttendanceSheet | Certificate
Facts = dict[str, object]  # JSON


class PressInput(TypedDict):
    """A document as its template reads it."""

    template: str  # the name of a file in this folder
    facts: Facts  # its data
