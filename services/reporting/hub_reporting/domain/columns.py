"""Columns of reports as people read them: headings, and codes in words."""

from collections.abc import Mapping
from typing import Any, Final

from hub_reporting.domain.periods import half_term_name
from hub_reporting.domain.schools import PHASE_NAMES

# Ids of people: programs get them in JSON, files for people leave them out.
OF_PEOPLE: Final = frozenset({"teacher_id", "pd_lead_id"})
HEADINGS: Final[Mapping[str, str]] = {
    "academic_year": "Academic year",
    "assigned_on": "PD lead since",
    "attendance_percent": "Attendance, per cent",
    "attendances": "Attendances at sessions",
    "attended_n": "Marks present or late",
    "attended_on": "First attended on",
    "commitment_percent": "Commitment, per cent",
    "committed_n": "Marks present, late or excused in good time",
    "completed_on": "First completed on",
    "conferences": "Conferences",
    "connected_on": "Connected on",
    "department_pds": "Department meetings",
    "detail": "Detail",
    "district": "District",
    "due_n": "Tasks due",
    "ends_on": "Half term ends on",
    "groups_n": "Work Groups led",
    "half_term": "Half term",
    "held_n": "Sessions held",
    "in_range": "Within the rule",
    "kind": "What is owed",
    "la_code": "Local authority code",
    "la_name": "Local authority",
    "leads_n": "Work Group leads",
    "led": "Has a PD lead",
    "level": "Level reached",
    "marks_n": "Marks in registers",
    "max_teachers": "Teachers at most",
    "met_on": "Held on",
    "min_schools": "Schools at least",
    "min_teachers": "Teachers at least",
    "name": "School",
    "ncp_code": "NCP code",
    "on": "Date",
    "pd_days": "PD days",
    "phase": "Phase",
    "problem": "What needs attention",
    "programme": "Programme",
    "reported_n": "Tasks reported on",
    "reported_percent": "Tasks reported on, per cent",
    "roles": "Roles",
    "schools_n": "Schools",
    "schools_short": "Schools short",
    "sessions_n": "Sessions scheduled",
    "signed_up_on": "First signed up on",
    "starts_on": "Half term starts on",
    "state": "State",
    "status": "What became of it",
    "strand": "Strand",
    "teachers_n": "Teachers",
    "teachers_over": "Teachers too many",
    "teachers_short": "Teachers short",
    "title": "Work Group",
    "trust_name": "Trust",
    "trust_uid": "Trust UID",
    "urn": "URN",
    "verdict": "Against the rule",
    "via": "Connected through",
    "visits": "Visits",
    "work_group_id": "Work Group reference",
}
CONTEXT: Final = ("From", "To", "As at", "Schools of the report")
STATE_WORDS: Final = {
    "recruiting": "recruiting",
    "confirmed": "confirmed",
    "at_risk": "at risk",
    "running": "running",
    "finished": "finished",
    "cancelled": "cancelled",
}
STATUS_WORDS: Final = {
    "met": "visited",
    "late": "visited, logged late",
    "excused": "excused",
    "awaiting_log": "ended, not logged yet",
    "missed": "missed",
    "planned": "planned",
    "open": "nothing planned yet",
    "ahead": "to come",
}
PROBLEM_WORDS: Final = {
    "register_not_taken": "register not taken",
    "closed_school": "closed school without a successor, with teachers on Work Groups",
    "message_not_sent": "message not sent",
    "event_not_counted": "event not counted in",
}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": {"visit": "visit", "department_pd": "meeting of the whole department"},
    "level": {
        "none": "none yet",
        "signed_up": "signed up",
        "attended": "attended",
        "completed": "completed",
    },
    "phase": PHASE_NAMES | {"unknown": "Not known"},
    "problem": PROBLEM_WORDS,
    "state": STATE_WORDS,
    "status": STATUS_WORDS,
    "verdict": {
        "outside": "outside the rule",
        "within": "within the rule",
        "recruiting": "recruiting, not judged yet",
        "cancelled": "cancelled",
    },
}


def for_people(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that a file for people has."""
    return tuple(name for name in columns if name not in OF_PEOPLE)


def in_words(column: str, value: Any) -> Any:
    """Return a value as a file for people has it; numbers, dates and names stay as they are."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column == "half_term" and value is not None:
        return f"{half_term_name(value)} {value.partition('-')[0]}/{(int(value[:4]) + 1) % 100:02}"
    if column in {"roles", "programme", "strand", "via"} and value is not None:
        return str(value).replace("_", " ")
    return _WORDS[column].get(value, value) if column in _WORDS else value


def code_of(value: Any) -> str:
    """Return a value as a filter in an address names it: yes, no, none, or its text."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
