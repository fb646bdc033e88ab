"""Which handler each event that enrolment subscribes to really reaches."""

from tests.support.reactions import DELIVERY, HAPPENED_AT, HUB_NOW, SESSION, reactions

from hub_enrolment.handlers import offers
from hub_enrolment.service import EnrolmentService

HANDLERS = {
    "MessageFailed": "offers.on_message_failed",
    "MessageSent": "offers.on_message_sent",
}


def test_each_event_reaches_its_handler_with_when_it_happened_and_the_hubs_time() -> None:
    called = reactions(EnrolmentService, offers)
    assert {type_: call.function for type_, call in called.items()} == HANDLERS
    for call in called.values():
        assert call.args == (SESSION, DELIVERY.event)
        assert call.kwargs == {"at": HAPPENED_AT, "now": HUB_NOW, "by": "enrolment"}
