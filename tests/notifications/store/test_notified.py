"""Notified items and entries of one person and subject do not affect another."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from tests.notifications.fakes import NOW
from tests.support.changes import changes_of

from hub_notifications.domain.calendar_entries import EntryChange, SentEntry
from hub_notifications.domain.threads import Thread, group_thread, visit_thread
from hub_notifications.models import Base, CalendarEntry, ToldItem
from hub_notifications.store import notified
from hub_platform.database import Sessions

GROUP, ADA, GRACE = uuid4(), uuid4(), uuid4()
MINE = group_thread(GROUP, ADA)
OTHERS = [group_thread(GROUP, GRACE), group_thread(uuid4(), ADA), visit_thread(GROUP, ADA)]
FACTS = {"state": "active"}


@pytest.fixture(name="session")
def _session(sessions: Sessions) -> Iterator[Session]:
    with sessions() as session:
        for thread in OTHERS:
            notified.record(session, thread, {"place": FACTS, "visit": FACTS}, now=NOW)
            notified.record_entry(session, thread, a_change(), "uid", now=NOW)
        yield session


def a_change(**changes: Any) -> EntryChange:
    values: dict[str, Any] = {
        "item": "visit",
        "uid": None,
        "is_new": True,
        "sequence": 0,
        "removed": False,
        "facts": FACTS,
    } | changes
    return EntryChange(**values)


def key(model: type[Any], thread: Thread, item: str) -> tuple[str, tuple[Any, ...]]:
    return model.__tablename__, (thread.concerns, thread.teacher_id, item)


def test_notified_item_replaces_only_the_same_item(session: Session) -> None:
    notified.record(session, MINE, {"place": FACTS, "group": FACTS}, now=NOW)
    done = changes_of(
        session,
        Base.metadata.sorted_tables,
        lambda: notified.record(session, MINE, {"place": {"state": "withdrawn"}, "waiting": FACTS}, now=NOW),
    )
    assert done.changed == {key(ToldItem, MINE, "place")}
    assert done.added == {key(ToldItem, MINE, "waiting")}
    items = {"place": {"state": "withdrawn"}, "group": FACTS, "waiting": FACTS}
    assert notified.notified_items(session, [MINE])[MINE] == items


def test_no_items_write_no_rows(session: Session) -> None:
    done = changes_of(
        session, Base.metadata.sorted_tables, lambda: notified.record(session, MINE, {}, now=NOW)
    )
    assert not done.changed | done.added | done.deleted


def test_an_entry_replaces_the_one_of_the_same_person_and_item_only(session: Session) -> None:
    notified.record_entry(session, MINE, a_change(), "uid", now=NOW)
    done = changes_of(
        session,
        Base.metadata.sorted_tables,
        lambda: notified.record_entry(session, MINE, a_change(sequence=1, removed=True), "uid", now=NOW),
    )
    assert (done.changed, done.added) == ({key(CalendarEntry, MINE, "visit")}, set())
    sent = SentEntry(uid="uid", sequence=1, removed=True, facts=FACTS)
    assert notified.entries(session, [MINE])[MINE] == {"visit": sent}


def test_only_requested_threads_are_returned(session: Session) -> None:
    assert notified.notified_items(session, OTHERS[:2]).keys() == set(OTHERS[:2])
    assert notified.entries(session, OTHERS[1:]).keys() == set(OTHERS[1:])
    assert notified.notified_items(session, [MINE])[MINE] == {}
    assert notified.entries(session, [MINE])[MINE] == {}
