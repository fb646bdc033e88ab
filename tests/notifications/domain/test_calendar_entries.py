"""Calendar entries that follow from the notified state."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.notifications.participations import NOW

from hub_notifications.domain.calendar_entries import EntryChange, SentEntry, entry_changes
from hub_notifications.domain.notified import Facts

INSTANT = timedelta.resolution
ITEM = f"session:{UUID(int=1)}"
STARTS = NOW + timedelta(days=7)


def notified(starts_at: datetime = STARTS, *, removed: bool = False, sequence: int = 0) -> Facts:
    return {"starts_at": starts_at.isoformat(), "removed": removed, "sequence": sequence}


def sent(facts: Facts, *, sequence: int = 3, removed: bool = False) -> SentEntry:
    return SentEntry(uid="uid", sequence=sequence, removed=removed, facts=facts)


CASES = [
    ("new", notified(), None, (0, False)),
    ("as it was sent", notified(), sent(notified()), None),
    ("changed", notified(sequence=1), sent(notified()), (4, False)),
    ("moved", notified(STARTS + timedelta(days=1)), sent(notified()), (4, False)),
    ("removed", notified(removed=True), sent(notified()), (4, True)),
    ("removed and never sent", notified(removed=True), None, None),
    ("removed as it was sent", notified(removed=True, sequence=2), sent(notified(), removed=True), None),
    ("given back", notified(), sent(notified(removed=True), removed=True), (4, False)),
    ("begun", notified(NOW), None, None),
    ("about to begin", notified(NOW + INSTANT), None, (0, False)),
    ("begun and removed", notified(NOW - INSTANT, removed=True), sent(notified(NOW - INSTANT)), None),
]


@pytest.mark.parametrize(
    ("facts", "entry", "change"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_entry_is_sent_when_it_differs_from_the_notified_state(
    facts: Facts, entry: SentEntry | None, change: tuple[int, bool] | None
) -> None:
    found = entry_changes({ITEM: facts}, {ITEM: entry} if entry else {}, now=NOW)
    assert [(each.sequence, each.removed) for each in found] == ([change] if change else [])
    for each in found:
        assert (each.item, each.is_new, each.uid) == (ITEM, entry is None, "uid" if entry else None)


@pytest.mark.parametrize("item", ["visit", "pd_day"])
def test_cancellation_removes_entries_of_visits_and_pd_days(item: str) -> None:
    planned = {"state": "planned", "starts_at": STARTS.isoformat()}
    [new] = entry_changes({item: planned}, {}, now=NOW)
    assert (new.is_new, new.removed) == (True, False)
    cancelled = planned | {"state": "cancelled"}
    [gone] = entry_changes({item: cancelled}, {item: sent(planned, sequence=0)}, now=NOW)
    assert (gone.sequence, gone.removed) == (1, True)


@pytest.mark.parametrize("item", ["place", "waiting", "group", f"application:{UUID(int=1)}"])
def test_other_items_have_no_entry(item: str) -> None:
    assert entry_changes({item: notified()}, {}, now=NOW) == []


def test_entries_are_sent_by_start() -> None:
    items = {f"session:{n}": notified(STARTS - timedelta(days=n)) for n in range(3)}
    assert [each.item for each in entry_changes(items, {}, now=NOW)] == [
        "session:2",
        "session:1",
        "session:0",
    ]


def after(change: EntryChange) -> SentEntry:
    """The entry once a change has been sent."""
    return SentEntry(uid="uid", sequence=change.sequence, removed=change.removed, facts=change.facts)


FACTS = st.builds(
    notified,
    st.integers(-1, 9).map(lambda n: NOW + timedelta(days=n)),
    removed=st.booleans(),
    sequence=st.integers(0, 3),
)


@given(history=st.lists(FACTS, max_size=8))
def test_sequence_increases_and_last_entry_equals_notified_state(history: list[Facts]) -> None:
    entries: dict[str, SentEntry] = {}
    sequences = []
    for facts in history:
        for change in entry_changes({ITEM: facts}, entries, now=NOW):
            sequences.append(change.sequence)
            entries[change.item] = after(change)
        assert entry_changes({ITEM: facts}, entries, now=NOW) == []
    assert sequences == list(range(len(sequences)))
