"""The kinds of message and how urgent each is."""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """A kind of message; its value is the template's name and the `template` of MessageSent."""

    PLACE_CONFIRMED = "place_confirmed"
    PLACE_ENDED = "place_ended"
    PARTICIPANT_COMPLETED = "participant_completed"
    SESSION_SCHEDULED = "session_scheduled"
    SESSION_RESCHEDULED = "session_rescheduled"
    SESSION_CANCELLED = "session_cancelled"
    SESSIONS_CHANGED = "sessions_changed"  # a change that combines several of the three above
    SESSION_REMINDER = "session_reminder"
    WORK_GROUP_CANCELLED = "work_group_cancelled"
    APPLICATION_WAITLISTED = "application_waitlisted"
    APPLICATION_DECLINED = "application_declined"
    PLACE_OFFERED = "place_offered"
    OFFER_LAST_DAY = "offer_last_day"
    PLACE_OFFER_EXPIRED = "place_offer_expired"
    PD_DAY_CONFIRMED = "pd_day_confirmed"
    PD_DAY_CANCELLED = "pd_day_cancelled"
    VISIT_PLANNED = "visit_planned"
    VISIT_CANCELLED = "visit_cancelled"
    SCHOOLS_HANDED_OVER = "schools_handed_over"
    CALENDAR_ENTRY = "calendar_entry"  # one calendar entry, sent after the e-mail that explains it


class Urgency(StrEnum):
    """When a message may be sent; `sending_hours.sendable_from` has the rules."""

    ANSWER = "answer"  # at once, as the reply to the recipient's own request; unused so far
    CANCELLATION_OR_MOVE = "cancellation_or_move"  # at once if the start is near, otherwise as ORDINARY
    DEADLINE = "deadline"  # on the next working day, also in the school holidays
    INVITATION = "invitation"  # as ORDINARY, or as DEADLINE if the start would come first
    ORDINARY = "ordinary"  # on the next working day outside the school holidays


URGENCY: Final[dict[Kind, Urgency]] = {
    Kind.PLACE_CONFIRMED: Urgency.INVITATION,
    Kind.PLACE_ENDED: Urgency.CANCELLATION_OR_MOVE,
    Kind.PARTICIPANT_COMPLETED: Urgency.ORDINARY,
    Kind.SESSION_SCHEDULED: Urgency.INVITATION,
    Kind.SESSION_RESCHEDULED: Urgency.CANCELLATION_OR_MOVE,
    Kind.SESSION_CANCELLED: Urgency.CANCELLATION_OR_MOVE,
    Kind.SESSIONS_CHANGED: Urgency.CANCELLATION_OR_MOVE,
    Kind.SESSION_REMINDER: Urgency.INVITATION,
    Kind.WORK_GROUP_CANCELLED: Urgency.CANCELLATION_OR_MOVE,
    Kind.APPLICATION_WAITLISTED: Urgency.DEADLINE,
    Kind.APPLICATION_DECLINED: Urgency.DEADLINE,
    Kind.PLACE_OFFERED: Urgency.DEADLINE,
    Kind.OFFER_LAST_DAY: Urgency.DEADLINE,
    Kind.PLACE_OFFER_EXPIRED: Urgency.ORDINARY,
    Kind.PD_DAY_CONFIRMED: Urgency.INVITATION,
    Kind.PD_DAY_CANCELLED: Urgency.CANCELLATION_OR_MOVE,
    Kind.VISIT_PLANNED: Urgency.INVITATION,
    Kind.VISIT_CANCELLED: Urgency.CANCELLATION_OR_MOVE,
    Kind.SCHOOLS_HANDED_OVER: Urgency.CANCELLATION_OR_MOVE,
    Kind.CALENDAR_ENTRY: Urgency.CANCELLATION_OR_MOVE,
}
