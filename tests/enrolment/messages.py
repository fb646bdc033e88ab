"""Events of notifications about the e-mail about an offer of a place."""

from typing import Any
from uuid import UUID, uuid4

from hub_contracts.notifications import MessageFailed, MessageSent


def offer_sent(waiting_id: UUID | str, teacher_id: UUID | str, **changes: Any) -> MessageSent:
    """The e-mail about an offer was sent."""
    return MessageSent(**_of_offer(waiting_id, teacher_id) | changes)


def offer_failed(waiting_id: UUID | str, teacher_id: UUID | str, **changes: Any) -> MessageFailed:
    """The e-mail about an offer could not be sent."""
    facts = {"reason": "mailbox_unavailable", "attempts": 5}
    return MessageFailed(**_of_offer(waiting_id, teacher_id) | facts | changes)


def _of_offer(waiting_id: UUID | str, teacher_id: UUID | str) -> dict[str, Any]:
    return {
        "message_id": uuid4(),
        "template": "place_offered",
        "recipient_ref": str(teacher_id),
        "dedupe_key": f"offer:{waiting_id}",
        "concerns": f"waiting-list/{waiting_id}",
    }
