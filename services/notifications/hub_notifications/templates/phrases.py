"""Words for codes, dates and changes, as messages show them."""

from datetime import date, datetime
from typing import Final

from hub_notifications.templates.content import Meeting, Moved

MODES: Final = {
    "in_person": "in person",
    "online": "online",
    "school_hosted": "at a school",
}
PD_DAY_KINDS: Final = {"pd_day": "PD day", "conference": "conference"}
VISIT_KINDS: Final = {
    "support": "support",
    "lesson_planning": "lesson planning",
    "observation": "observation",
    "department_pd": "department PD session",
    "pd_day": "PD day",
}

# Each reason is a whole sentence that can follow "… is cancelled."
ASK: Final = "Please ask us if you would like to know the reason."
SESSION_REASONS: Final = {
    "lead_unavailable": "The Work Group lead is not available.",
    "venue_unavailable": "The venue is not available.",
    "weather": "This is because of the weather.",
    "too_few_participants": "Too few participants are able to come on that day.",
    "work_group_cancelled": "The whole Work Group is cancelled.",
    "other": ASK,
}
WORK_GROUP_REASONS: Final = {
    "too_few_teachers": "Too few teachers are able to take part.",
    "lead_unavailable": "The Work Group lead is not available.",
    "venue_unavailable": "The venue is not available.",
    "funding": "There is no funding for it.",
    "other": ASK,
}
PD_DAY_REASONS: Final = {
    "speaker_unavailable": "The speaker is not available.",
    "venue_unavailable": "The venue is not available.",
    "weather": "This is because of the weather.",
    "too_few_participants": "Too few teachers are able to come on that day.",
    "other": ASK,
}
VISIT_REASONS: Final = {
    "ofsted": "Ofsted is inspecting the school.",
    "closure": "The school is closed on that day.",
    "staff_absence": "Staff at the school are absent.",
    "school_request": "The school asked for this.",
    "snow": "This is because of snow.",
    "pd_lead_absence": "The PD lead is not available on that day.",
    "other": ASK,
}
REASONS: Final = {
    "session": SESSION_REASONS,
    "work_group": WORK_GROUP_REASONS,
    "pd_day": PD_DAY_REASONS,
    "visit": VISIT_REASONS,
}


def reason(code: str | None, about: str) -> str:
    """Return the sentence for a cancellation's reason; a code unknown to this release reads as "other"."""
    if code is None:
        return ""
    return REASONS[about].get(code, ASK)


def day(on: date) -> str:
    """Format a date such as Tuesday 6 October 2026."""
    return f"{short_day(on)} {on.year}"


def short_day(on: date) -> str:
    """Format a date without its year, such as Tuesday 6 October, for a subject."""
    return f"{on:%A} {on.day} {on:%B}"


def clock(instant: datetime) -> str:
    """Format a time of day such as 16:00; the instant must be in England's time."""
    return f"{instant:%H:%M}"


def when(meeting: Meeting) -> str:
    """Format a session's time: Tuesday 6 October 2026, 16:00 to 18:00; both days if it passes midnight."""
    starts, ends = meeting.starts_at, meeting.ends_at
    end = clock(ends) if starts.date() == ends.date() else f"{day(ends)}, {clock(ends)}"
    return f"{day(starts)}, {clock(starts)} to {end}"


def where(meeting: Meeting) -> str:
    """Format a session's location: "at Fenbrook Village College", "in person" without a venue, or "online".

    Raises:
        KeyError: the mode is not one of `MODES`.
    """
    mode = MODES[meeting.mode]
    if meeting.place is None:
        return mode
    return f"online, {meeting.place}" if meeting.mode == "online" else f"at {meeting.place}"


def change(moved: Moved) -> str:
    """Return the first difference: time, mode (now online), place, or else link (the joining link)."""
    before, now = moved.before, moved.now
    if (before.starts_at, before.ends_at) != (now.starts_at, now.ends_at):
        return "time"
    if before.mode != now.mode and now.mode == "online":
        return "mode"
    if (before.mode, before.place) != (now.mode, now.place):
        return "place"
    return "link"
