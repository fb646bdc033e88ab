"""What each paper is given: words as they are to be read, so that a template only arranges them."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Attendee:
    """One line of an attendance sheet."""

    name: str  # family name first, as a list is searched
    school: str
    apologies: bool  # received before the sheet was printed


@dataclass(frozen=True, kw_only=True)
class AttendanceSheet:
    """What lies at the door of one session, to be signed."""

    group: str
    session: str  # "Session 2"
    day: str  # "Wednesday 8 October 2025"
    time: str  # "13:30 to 16:30"
    place: str
    leads: tuple[str, ...]
    attendees: tuple[Attendee, ...]  # by school, there in the order of their family names

    @property
    def title(self) -> str:
        """What the paper is called, also by a screen reader."""
        return f"Attendance: {self.group}, {self.session.lower()}"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What somebody is given who has completed a programme."""

    hub: str | None  # its name, once somebody has said it
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
        """What the paper is called, also by a screen reader."""
        return f"Certificate of completion: {self.name}"


Paper = AttendanceSheet | Certificate
