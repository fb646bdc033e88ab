"""Which calendar entries a person must be sent: the difference between what they were told and were sent.

An entry's SEQUENCE (RFC 5545, 3.8.7.4) counts what this person was sent about it: it rises with each change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub_notifications.domain.told import Facts


@dataclass(frozen=True, kw_only=True)
class SentEntry:
    """An entry as it was last sent."""

    uid: str | None  # none: as versions before this one made it of the session alone
    sequence: int
    removed: bool
    facts: Facts


@dataclass(frozen=True, kw_only=True)
class EntryChange:
    """An entry to send: as a REQUEST, or as a CANCEL when it is removed."""

    item: str  # session:<id>, visit or pd_day
    uid: str | None  # none: a new entry
    is_new: bool
    sequence: int
    removed: bool
    facts: Facts


def entry_changes(
    items: Mapping[str, Facts], entries: Mapping[str, SentEntry], *, now: datetime
) -> list[EntryChange]:
    """Compare told items with sent entries; what has begun is left alone. In order of their starts."""
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
    """When what an entry stands for starts."""
    return datetime.fromisoformat(facts["starts_at"])


def is_removed(facts: Facts) -> bool:
    """Whether an item is out of the person's calendar."""
    return bool(facts.get("removed")) or facts.get("state") == "cancelled"


def _has_entry(item: str) -> bool:
    return item.startswith("session:") or item in {"visit", "pd_day"}
