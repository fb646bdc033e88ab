"""Publication of one change in several versions of its event type."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from hub_messaging import outbox
from hub_messaging.envelope import Event


class NotOneChange(ValueError):
    """Events that cannot be versions of one change."""


def record_versions(
    session: Session, versions: Iterable[Event], *, occurred_at: datetime, by: str | None = None
) -> list[UUID]:
    """Record one change in each published version; otherwise as `outbox.record`.

    The events get consecutive revisions, the highest version first, and share a `changeid`: the id of the
    event in the lowest version. A subscriber to several versions lets one take effect.

    Args:
        session: the transaction that makes the change.
        versions: the change in each version, in any order.
        occurred_at: the instant of the change (aware).
        by: the account that caused it; stays in this database.

    Returns:
        The events' ids, the highest version first.

    Raises:
        NotOneChange: fewer than two, another type or subject, or a version twice; nothing is recorded.
    """
    events = sorted(versions, key=lambda event: event.version, reverse=True)
    _require_one_change(events)
    ids = [uuid7() for _ in events]
    changes = [str(ids[-1])] * len(events)
    facts = [(event, occurred_at) for event in events]
    return outbox.record_each(session, facts, by=by, ids=ids, change_ids=changes)


def _require_one_change(events: Sequence[Event]) -> None:
    if len(events) < 2:
        raise NotOneChange("a change in several versions is at least two events")
    named = {event.version for event in events}
    if len(named) < len(events):
        raise NotOneChange(f"{events[0].type}: a version is given twice")
    for what in ("type", "publisher", "subject"):
        found = {getattr(event, what) for event in events}
        if len(found) > 1:
            raise NotOneChange(f"versions of one change have one {what}, not {', '.join(sorted(found))}")
