"""Calendar entries to send: the difference between what a person was notified of and the entries they have.

An entry's SEQUENCE (RFC 5545, 3.8.7.4) counts the versions sent to this person: each change increases it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub_notifications.domain.notified import Facts


@dataclass(frozen=True, kw_only=True)
class SentEntry:
    """The last version of an entry that was sent."""

    uid: str | None  # None: sent by a release before ADR 19; see `calendar_uids.earlier_uid`
    sequence: int
    removed: bool
    facts: Facts


@dataclass(frozen=True, kw_only=True)
class EntryChange:
    """An entry to send, as a REQUEST or, when `removed`, as a CANCEL."""

    item: str  # session:<id>, visit or pd_day
    uid: str | None  # None: a new entry
    is_new: bool
    sequence: int
    removed: bool
    facts: Facts


def entry_changes(
    items: Mapping[str, Facts], entries: Mapping[str, SentEntry], *, now: datetime
) -> list[EntryChange]:
    """Return the entries whose sent version differs from the item, by start; past starts are skipped."""
    found = []
    for item, facts in items.items():
        if not _has_entry(item) or starts_at(facts) <= now:
            continue
        entry, removed = entries.get(item), is_removed(facts)
        if entry is None and removed:
            continue
        if entry is not None and entry.removed == removed and (removed or entry.facts == facts):
            continue
        change = EntryChange(
            item=item,
            uid=None if entry is None else entry.uid,
            is_new=entry is None,
            sequence=0 if entry is None else entry.sequence + 1,
            removed=removed,
            facts=facts,
        )
        found.append(change)
    return sorted(found, key=lambda change: (starts_at(change.facts), change.item))


def starts_at(facts: Facts) -> datetime:
    """Return the start of a session, visit or PD day (aware)."""
    return datetime.fromisoformat(facts["starts_at"])


def is_removed(facts: Facts) -> bool:
    """Return whether an item no longer belongs in the person's calendar."""
    return bool(facts.get("removed")) or facts.get("state") == "cancelled"


def _has_entry(item: str) -> bool:
    return item.startswith("session:") or item in {"visit", "pd_day"}
