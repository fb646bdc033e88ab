"""Failed deliveries: stored in the inbox, retried on a schedule, parked at its end."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_messaging import counting, statements, stored_statements
from hub_messaging.delivery import Delivery
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.envelope import Envelope, Event
from hub_messaging.messages import Message
from hub_messaging.tables import StoredRow, inbox
from hub_messaging.wall_clock import utc_now

JITTER: Final = 0.2  # up to a fifth longer, so that many failures are not retried at once
ERROR_LENGTH: Final = 2000  # characters of an error that are stored
FORGED: Final = "Forged: "  # the prefix of a forgery's error
MISSING_AT_MOST: Final = 100_000  # subjects searched for missing predecessors


class Permanent(Exception):
    """Raised by a handler when no retry can succeed: the delivery is parked at once."""


@dataclass(frozen=True)
class RetryPolicy:
    """The waits between attempts; after the last of them the delivery is parked."""

    waits: Sequence[timedelta] = tuple(timedelta(seconds=s) for s in (1, 10, 60, 600, 3600))

    def after(self, attempts: int) -> timedelta | None:
        """Return the wait after so many attempts, with jitter; None when there is no further attempt."""
        if attempts > len(self.waits):
            return None
        jitter = 1 + random.random() * JITTER  # noqa: S311 - jitter, not a secret
        return self.waits[attempts - 1] * jitter


def keep_failed(
    session: Session, subscription: str, delivery: Delivery[Event], error: BaseException, policy: RetryPolicy
) -> str:
    """Store a delivery whose first attempt failed; return its state, waiting or parked."""
    values = _failure(error, 1, policy)
    row = _row(subscription, delivery.envelope) | values | {"body": delivery.body}
    row |= {"first_error": values["last_error"], "after_revision": delivery.after or None}
    row["exchange"] = delivery.exchange
    _insert(session, delivery.envelope, row)
    return str(values["state"])


class Unread(NamedTuple):
    """A message that cannot be decoded, with the reason."""

    message: Message
    error: BaseException
    envelope: Envelope | None = None  # set when only the data are invalid


def park_unreadable(session: Session, subscription: str, *unread: Unread) -> None:
    """Park messages that cannot be decoded, with their bytes unchanged.

    One whose envelope is known blocks its subject.
    """
    rows = [_unreadable(*one) for one in unread]
    if rows:
        values: dict[str, object] = {name: [row[name] for row in rows] for name in rows[0]}
        session.execute(stored_statements.PARK, values | {"subscription": subscription})


def _unreadable(message: Message, error: BaseException, envelope: Envelope | None) -> dict[str, object]:
    digest = hashlib.sha256(message.body).hexdigest()
    return {
        "sources": envelope.source if envelope else "",
        "event_ids": str(envelope.id) if envelope else digest,
        "types": envelope.routing_key if envelope else None,
        "subjects": envelope.subject if envelope else None,
        "revisions": envelope.revision if envelope else None,
        "errors": say(error),
        "bodies": message.body,
        "exchanges": message.exchange,
    }


def lock(session: Session, subscription: str, source: str, event_id: str) -> StoredRow | None:
    """Lock and return a stored row; None when another process has locked or finished it."""
    wanted = (
        sa.select(inbox)
        .where(
            *_is(subscription, source, event_id),
            inbox.c.state.in_((DeliveryState.WAITING, DeliveryState.HELD)),
        )
        .with_for_update(skip_locked=True)
    )
    return session.execute(wanted).first()


def adopt(session: Session, row: StoredRow, envelope: Envelope) -> StoredRow:
    """Set the event's attributes of a row that had none, as it could not be decoded before."""
    if row.subject is not None:
        return row
    named = sa.update(inbox).where(*_is_row(row)).values(_row(row.subscription, envelope)).returning(inbox)
    kind = counting.Kind(row.subscription, envelope.source, envelope.routing_key)
    counting.add(session, kind, received=1)
    return session.execute(named).one()


def finish(session: Session, *rows: StoredRow) -> None:
    """Mark stored deliveries of one subscription as done."""
    if not rows:
        return
    values = {
        "subscription": rows[0].subscription,
        "sources": [row.source for row in rows],
        "event_ids": [row.event_id for row in rows],
    }
    session.execute(stored_statements.FINISH, values)
    reach(session, *rows)


def pass_over(session: Session, row: StoredRow) -> None:
    """Mark a stored delivery as done without effect: another version of its change takes effect."""
    ended = {"state": DeliveryState.DONE, "body": None, "next_attempt_at": None}
    session.execute(sa.update(inbox).where(*_is_row(row)).values(ended))
    counting.add(session, counting.Kind(row.subscription, row.source, row.type), done=1)


def fail_again(session: Session, row: StoredRow, error: BaseException, policy: RetryPolicy) -> str:
    """Record another failed attempt at a stored delivery; return its state."""
    values = _failure(error, row.attempts + 1, policy)
    values["first_error"] = row.first_error or values["last_error"]
    session.execute(sa.update(inbox).where(*_is_row(row)).values(values))
    return str(values["state"])


def reach(session: Session, *rows: StoredRow) -> None:
    """Record the revisions of rows as reached by their subjects."""
    values = {
        "subscriptions": [row.subscription for row in rows],
        "sources": [row.source for row in rows],
        "subjects": [row.subject for row in rows],
        "revisions": [row.revision for row in rows],
    }
    session.execute(stored_statements.REACH, values)


def missing(session: Session, subscription: str, before: datetime) -> list[StoredRow]:
    """Return the deliveries held since before an instant for a predecessor that has not arrived.

    Rows have a source, a subject and an event id.
    """
    start = {"after_source": "", "after_subject": "", "steps": MISSING_AT_MOST}
    values = {"subscription": subscription, "before": before} | start
    return list(session.execute(stored_statements.MISSING, values))


def stop_waiting_for(session: Session, subscription: str, source: str, event_id: str) -> bool:
    """Release a held delivery without its predecessor; False when that has arrived after all."""
    values = {"subscription": subscription, "source": source, "event_id": event_id}
    return session.execute(stored_statements.GIVE_UP, values).first() is not None


def forget_gaps(session: Session, subscription: str) -> None:
    """Delete gaps whose predecessors have arrived after all."""
    session.execute(statements.FORGET_GAPS, {"subscription": subscription})


class Failed(Protocol):
    """A stored delivery with its first error, such as `stored_deliveries.StoredDelivery`."""

    @property
    def first_error(self) -> str | None:
        """The text of the first error."""


def was_forged(row: StoredRow | Failed) -> bool:
    """Whether a stored delivery did not come through its publisher's exchange."""
    return str(row.first_error or "").startswith(FORGED)


def say(error: BaseException) -> str:
    """Return the text of an error that is stored with a delivery; it stays in this database."""
    try:
        text = _of_database(error) or str(error)
    except Exception:  # noqa: BLE001 - a faulty exception class must not lose the delivery
        text = ""
    said = f"{type(error).__name__}: {text}"[:ERROR_LENGTH].replace("\x00", "")
    return said.encode(errors="replace").decode()  # nor can PostgreSQL store an unpaired surrogate


def _of_database(error: BaseException) -> str | None:
    """Return a database error without its text, which quotes rows; None for other errors."""
    cause = getattr(error, "orig", error)
    code, known = getattr(cause, "pgcode", None), getattr(cause, "diag", None)
    if code is None and known is None:
        return None
    told = {"SQLSTATE": code} | {
        name: getattr(known, f"{name}_name", None) for name in ("table", "column", "constraint")
    }
    return ", ".join(f"{name} {value}" for name, value in told.items() if value) or "no SQLSTATE"


def _insert(session: Session, envelope: Envelope, row: dict[str, object]) -> None:
    """Insert a row unless it exists, and count it."""
    kept = session.execute(insert(inbox).values(row).on_conflict_do_nothing().returning(inbox.c.arrival))
    if kept.first() is not None:
        kind = counting.Kind(str(row["subscription"]), envelope.source, envelope.routing_key)
        counting.add(session, kind, received=1)


def _row(subscription: str, envelope: Envelope) -> dict[str, object]:
    return {
        "subscription": subscription,
        "source": envelope.source,
        "event_id": str(envelope.id),
        "type": envelope.routing_key,
        "subject": envelope.subject,
        "revision": envelope.revision,
    }


def _failure(error: BaseException, attempts: int, policy: RetryPolicy) -> dict[str, object]:
    wait = None if isinstance(error, Permanent) else policy.after(attempts)
    return {
        "state": DeliveryState.PARKED if wait is None else DeliveryState.WAITING,
        "attempts": attempts,
        "next_attempt_at": None if wait is None else utc_now() + wait,
        "last_error": say(error),
    }


def _is(subscription: str, source: str, event_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        inbox.c.subscription == subscription,
        inbox.c.source == source,
        inbox.c.event_id == event_id,
    )


def _is_row(row: StoredRow) -> tuple[sa.ColumnElement[bool], ...]:
    return _is(row.subscription, row.source, row.event_id)
