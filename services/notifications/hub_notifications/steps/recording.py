"""Record the outcome of a message, with its event and the items of which the person was notified."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.notifications import MessageFailed, MessageSent
from hub_messaging import outbox
from hub_notifications.domain import failures
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.messages import Clock, Timing
from hub_notifications.domain.resending import resend_data
from hub_notifications.domain.threads import pd_lead_thread, visit_thread
from hub_notifications.gateways import Undelivered
from hub_notifications.models import Message
from hub_notifications.steps import scheduling
from hub_notifications.steps.composing import uid_of
from hub_notifications.steps.preparing import REPEATING_KINDS, Prepared
from hub_notifications.store import claims, notified
from hub_notifications.store import messages as store


@dataclass(frozen=True)
class Outcome:
    """The outcome of one message; `undelivered` is None when the mail server accepted it."""

    message: Message
    undelivered: Undelivered | None
    prepared: Prepared | None = None  # None: claimed by a process that died
    hub_id: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of the message, as it was decided at sending."""
        return Kind(self.message.template) if self.prepared is None else self.prepared.found.kind

    @property
    def concerns(self) -> str:
        """The subject of the message, such as waiting-list/<id>."""
        about: str | None = (
            self.message.about.get("about") if self.prepared is None else self.prepared.found.about
        )
        return about or self.message.concerns


def record(session: Session, claim: UUID, outcome: Outcome, clock: Clock) -> None:
    """Record an outcome and its event, unless the claim has expired in the meantime."""
    if outcome.undelivered is None:
        _record_sent(session, claim, outcome, now=clock.now)
    else:
        _record_undelivered(session, claim, outcome, outcome.undelivered, clock)


def _record_sent(session: Session, claim: UUID, outcome: Outcome, *, now: datetime) -> None:
    message, prepared = outcome.message, outcome.prepared
    assert prepared is not None, "a sent message was prepared"  # noqa: S101 - for the type checker
    about = message.about | resend_data(prepared.found)
    values = {"template": str(prepared.found.kind), "about": about}
    if message.id not in store.record_sent(session, claim, [message.id], values, now=now):
        return
    _record_notified(session, prepared, outcome.hub_id, now=now)
    expires_at = prepared.found.items.get("waiting", {}).get("expires_at")
    event = MessageSent(
        message_id=message.id,
        template=str(outcome.kind),
        recipient_ref=message.recipient_ref,
        dedupe_key=message.dedupe_key,
        concerns=outcome.concerns,
        expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
    )
    outbox.record(session, event, occurred_at=now)


def _record_notified(session: Session, prepared: Prepared, hub_id: str, *, now: datetime) -> None:
    """Store the items of which the person was notified, and schedule the messages that follow."""
    thread, change = prepared.state.thread, prepared.entry
    if not prepared.is_repeat and prepared.found.kind not in REPEATING_KINDS:
        notified.record(session, thread, prepared.found.items, now=now)
        _record_notified_visits(session, prepared, now=now)
    if change is not None:
        notified.record_entry(session, thread, change, uid_of(prepared, change, hub_id), now=now)
    if prepared.item == "":
        follows = None if change else prepared.message.id
        scheduling.schedule_entries(session, thread, prepared.items, now=now, follows=follows)
        # Events may have arrived while the message was being sent.
        threads = [thread, pd_lead_thread(thread.teacher_id)] if thread.is_about("visits") else [thread]
        scheduling.schedule(session, threads, Timing(now=now))


def _record_notified_visits(session: Session, prepared: Prepared, *, now: datetime) -> None:
    """Store the state of each handed-over visit of which a PD lead was notified, and schedule its entry."""
    if prepared.found.hand_over is None:
        return
    for visit_id, facts in prepared.found.hand_over.notified_visits().items():
        thread = visit_thread(visit_id, prepared.state.thread.teacher_id)
        notified.record(session, thread, {"visit": facts}, now=now)
        scheduling.schedule_entries(session, thread, {"visit": facts}, now=now, follows=prepared.message.id)


def _record_undelivered(
    session: Session, claim: UUID, outcome: Outcome, undelivered: Undelivered, clock: Clock
) -> None:
    message = outcome.message
    step = failures.next_step(
        undelivered.failure, attempts=message.attempts, uncertain=message.uncertain, at=clock.real_now
    )
    changes: dict[str, object] = {
        "attempts": step.attempts,
        "uncertain": step.uncertain,
        "reason": undelivered.reason,
        "changed_at": clock.now,
    }
    # The mail server may have accepted it: the person counts as notified.
    uncertain = outcome.prepared if undelivered.reason == failures.UNCERTAIN_REASON else None
    if step.retry_at is None:
        changes["status"] = "failed"
        if uncertain is not None:
            changes["template"] = str(uncertain.found.kind)
            changes["about"] = message.about | resend_data(uncertain.found)
    else:
        claims.suppress_duplicates(session, claim, message.id, now=clock.now)
        changes |= {"status": "due", "retry_at": step.retry_at}
    is_recorded = store.record_undelivered(session, claim, message.id, changes)
    if not is_recorded or step.retry_at is not None:
        return
    if uncertain is not None:
        _record_notified(
            session, uncertain, outcome.hub_id, now=clock.now
        )  # it was sent twice; do not send it again
    event = MessageFailed(
        message_id=message.id,
        reason=undelivered.reason,
        attempts=step.attempts,
        template=str(outcome.kind),
        recipient_ref=message.recipient_ref,
        dedupe_key=message.dedupe_key,
        concerns=outcome.concerns,
    )
    outbox.record(session, event, occurred_at=clock.now)
