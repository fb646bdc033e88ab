"""The handler of each event that enrolment subscribes to."""

from tests.support.reactions import wired

from hub_enrolment.service import EnrolmentService

HANDLERS = {
    "CalendarSet": "calendars.on_calendar_set",
    "MessageFailed": "offers.on_message_failed",
    "MessageSent": "offers.on_message_sent",
}


def test_each_event_reaches_its_handler() -> None:
    assert wired(EnrolmentService) == HANDLERS
