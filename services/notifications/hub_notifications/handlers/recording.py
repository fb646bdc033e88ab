"""What has become of a message, recorded together with its event and with what the person now knows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.notifications import MessageFailed, MessageSent
from hub_messaging import outbox
from hub_notifications.domain import failures
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.messages import Cause
from hub_notifications.domain.resending import remember
from hub_notifications.domain.threads import pd_lead_thread, visit_thread
from hub_notifications.gateways import Undelivered
from hub_notifications.handlers import scheduling
from hub_notifications.handlers.composing import uid_of
from hub_notifications.handlers.preparing import SAYS_AGAIN, Prepared
from hub_notifications.models import Message
from hub_notifications.store import claimed as claimed_store
from hub_notifications.store import messages as store
from hub_notifications.store import told


@dataclass(frozen=True)
class Outcome:
    """What became of one message; `undelivered` None says that the mail server has taken it."""

    message: Message
    undelivered: Undelivered | None
    prepared: Prepared | None = None  # none: of a sender that has died
    hub_id: str = ""


def record(session: Session, claim: UUID, outcome: Outcome, *, now: datetime, real_now: datetime) -> None:
    """Record an outcome with its event; of a message whose claim has run out in the meantime nothing."""
    if outcome.undelivered is None:
        _record_sent(session, claim, outcome, now=now)
    else:
        _record_unsent(session, claim, outcome, outcome.undelivered, now=now, real_now=real_now)


def _record_sent(session: Session, claim: UUID, outcome: Outcome, *, now: datetime) -> None:
    message, prepared = outcome.message, outcome.prepared
    assert prepared is not None, "what was sent was prepared"  # noqa: S101 - for the type checker
    about = message.about | remember(prepared.found)
    values = {"template": str(prepared.found.kind), "about": about}
    if message.id not in store.record_sent(session, claim, [message.id], values, now=now):
        return
    _note_told(session, prepared, outcome.hub_id, now=now)
    expires_at = prepared.found.items.get("waiting", {}).get("expires_at")
    event = MessageSent(
        message_id=message.id,
        **_names(outcome),
        expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
    )
    outbox.record(session, event, occurred_at=now)


def _note_told(session: Session, prepared: Prepared, hub_id: str, *, now: datetime) -> None:
    """Note what the person has been told, and write down what must follow."""
    thread, change = prepared.thread, prepared.entry
    if not prepared.is_repeat and prepared.found.kind not in SAYS_AGAIN:
        told.tell(session, thread, prepared.found.items, now=now)
        _note_told_of_visits(session, prepared, now=now)
    if change is not None:
        told.enter(session, thread, change, uid_of(prepared, change, hub_id), now=now)
    if prepared.item == "":
        scheduling.schedule_entries(
            session, thread, prepared.items, now=now, follows=None if change else prepared.message.id
        )
        # The facts may have changed while the message was on its way.
        threads = [thread, pd_lead_thread(thread.teacher_id)] if thread.is_about("visits") else [thread]
        scheduling.schedule(session, threads, Cause(revision=0, happened_at=now, now=now))


def _note_told_of_visits(session: Session, prepared: Prepared, *, now: datetime) -> None:
    """Note what a PD lead has been told of each visit that changes hands; their calendar follows."""
    if prepared.found.hand_over is None:
        return
    for visit_id, facts in prepared.found.hand_over.told_of_visits().items():
        thread = visit_thread(visit_id, prepared.thread.teacher_id)
        told.tell(session, thread, {"visit": facts}, now=now)
        scheduling.schedule_entries(session, thread, {"visit": facts}, now=now, follows=prepared.message.id)


def _record_unsent(
    session: Session,
    claim: UUID,
    outcome: Outcome,
    undelivered: Undelivered,
    *,
    now: datetime,
    real_now: datetime,
) -> None:
    message = outcome.message
    then = failures.after(
        undelivered.failure, attempts=message.attempts, uncertain=message.uncertain, at=real_now
    )
    values: dict[str, Any] = {
        "attempts": then.attempts,
        "uncertain": then.uncertain,
        "reason": undelivered.reason,
        "changed_at": now,
    }
    may_be_told = outcome.prepared if undelivered.reason == failures.NOT_KNOWN else None
    if then.retry_at is None:
        values["status"] = "failed"
        if may_be_told is not None:
            values |= {
                "template": str(may_be_told.found.kind),
                "about": message.about | remember(may_be_told.found),
            }
    else:
        claimed_store.make_room(session, claim, message.id, now=now)
        values |= {"status": "due", "retry_at": then.retry_at}
    held = store.record_unsent(session, claim, message.id, values)
    if not held or then.retry_at is not None:
        return
    if may_be_told is not None:
        _note_told(session, may_be_told, outcome.hub_id, now=now)  # it was sent twice; not a third time
    event = MessageFailed(
        message_id=message.id, reason=undelivered.reason, attempts=then.attempts, **_names(outcome)
    )
    outbox.record(session, event, occurred_at=now)


def _names(outcome: Outcome) -> dict[str, Any]:
    message, prepared = outcome.message, outcome.prepared
    kind = Kind(message.template) if prepared is None else prepared.found.kind
    about = message.about.get("about") if prepared is None else prepared.found.about
    return {
        "template": str(kind),
        "recipient_ref": message.recipient_ref,
        "dedupe_key": message.dedupe_key,
        "concerns": about or message.concerns,
    }
