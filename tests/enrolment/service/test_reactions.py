"""Which handler each event that enrolment subscribes to really reaches."""

from tests.support.reactions import DELIVERY, HAPPENED_AT, HUB_NOW, REVISION, SESSION, reactions

from hub_enrolment.handlers import calendars, offers
from hub_enrolment.service import EnrolmentService

HANDLERS = {
    "CalendarSet": "calendars.on_calendar_set",
    "MessageFailed": "offers.on_message_failed",
    "MessageSent": "offers.on_message_sent",
}


def test_each_event_reaches_its_handler_with_when_it_happened_and_the_hubs_time() -> None:
    called = reactions(EnrolmentService, calendars, offers)
    assert {type_: call.function for type_, call in called.items()} == HANDLERS
    for type_, call in called.items():
        assert call.args == (SESSION, DELIVERY.event)
        about_offers = {"at": HAPPENED_AT, "now": HUB_NOW, "by": "enrolment"}
        assert call.kwargs == ({"revision": REVISION} if type_ == "CalendarSet" else about_offers)
