"""Columns of reports in words: headings, and words for codes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from hub_reporting.domain.periods import half_term_name
from hub_reporting.domain.schools import PHASE_NAMES

# Ids of people, which JSON has and files and pages omit.
PSEUDONYMS: Final = frozenset({"teacher_id", "pd_lead_id"})
HEADINGS: Final[Mapping[str, str]] = {
    "academic_year": "Academic year",
    "assigned_on": "PD lead since",
    "attendance_percent": "Attendance, per cent",
    "attendances": "Attendances at sessions",
    "attended_n": "Marks present or late",
    "attended_on": "First attended on",
    "commitment_percent": "Commitment, per cent",
    "committed_n": "Marks present, late or with apologies in good time",
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
    "kind": "Visit or department meeting",
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
    "problem": "Needs attention",
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
    "status": "Status",
    "strand": "Strand",
    "teachers_n": "Teachers",
    "teachers_over": "Teachers too many",
    "teachers_short": "Teachers short",
    "title": "Work Group",
    "trust_name": "Trust",
    "trust_uid": "Trust UID",
    "urn": "URN",
    "verdict": "Compared with the rule",
    "via": "Connected through",
    "visits": "Visits",
    "work_group_id": "Work Group reference",
}


class Problem(StrEnum):
    """Kinds of records that need attention."""

    REGISTER_NOT_TAKEN = "register_not_taken"
    CLOSED_SCHOOL = "closed_school"
    MESSAGE_NOT_SENT = "message_not_sent"
    EVENT_NOT_COUNTED = "event_not_counted"


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
PROBLEM_WORDS: Final[Mapping[str, str]] = {
    Problem.REGISTER_NOT_TAKEN: "register not taken",
    Problem.CLOSED_SCHOOL: "closed school without a successor, with teachers on Work Groups",
    Problem.MESSAGE_NOT_SENT: "message not sent",
    Problem.EVENT_NOT_COUNTED: "event not counted",
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
        "recruiting": "recruiting, not compared yet",
        "cancelled": "cancelled",
    },
}


def without_pseudonyms(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of a file or a page, without ids of people."""
    return tuple(name for name in columns if name not in PSEUDONYMS)


def in_words(column: str, value: object) -> object:
    """Return a cell of a file or a page: codes and yes/no as words, other values unchanged."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return value
    if column == "half_term":
        return f"{half_term_name(value)} {value.partition('-')[0]}/{(int(value[:4]) + 1) % 100:02}"
    if column in {"roles", "programme", "strand", "via"}:
        return value.replace("_", " ")
    return _WORDS.get(column, {}).get(value, value)


def code_of(value: object) -> str:
    """Return the code of a value in a filter of an address: yes, no, none, or its text."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
