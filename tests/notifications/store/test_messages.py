"""Each statement about messages changes those that it is about, not those of another person or claim."""

from typing import Any
from uuid import UUID

import pytest
from tests.notifications.fakes import NOW
from tests.notifications.rows import CLAIM, EARLIER, INSTANT, LATER, OTHER_CLAIM, Box

from hub_notifications.domain.messages import Clock
from hub_notifications.store import messages as store
from hub_platform.database import Sessions


@pytest.fixture(name="box")
def _box(sessions: Sessions) -> Any:
    with sessions() as session:
        yield Box.with_bystanders(session)


def claim(box: Box, limit: int = 10) -> list[str]:
    taken = store.claim(box.session, CLAIM, Clock(now=NOW, real_now=NOW), until=LATER, limit=limit)
    return [box.names[message.id] for message in taken]


def test_claim_takes_due_messages_and_never_postponed_ones_first(box: Box) -> None:
    box.put("due now", due_at=NOW)
    box.put("due before", due_at=EARLIER)
    box.put("due later", due_at=NOW + INSTANT)
    box.put("has settled", due_at=EARLIER + INSTANT, retry_at=NOW)
    box.put("has not settled", retry_at=NOW + INSTANT)
    box.put("put off until now", retry_at=NOW, due_at=EARLIER - INSTANT, reason="put_off")
    box.put("put off until before", retry_at=EARLIER, reason="put_off")
    box.put("put off", retry_at=NOW + INSTANT, reason="put_off")
    taken: list[str] = []
    changed, _ = box.act(lambda: taken.extend(claim(box)))
    assert taken == ["due before", "has settled", "due now", "put off until before", "put off until now"]
    assert changed == set(taken)
    row = box.row("due now")
    assert (row.status, row.claim, row.claimed_until, row.changed_at) == ("sending", CLAIM, LATER, NOW)


def test_claim_respects_its_limit(box: Box) -> None:
    for number in range(3):
        box.put(f"number {number}", due_at=EARLIER + number * INSTANT)
    assert claim(box, limit=2) == ["number 0", "number 1"]


VALUES = {"template": "sessions_changed", "about": {"items": {}}}


def test_delivery_is_recorded_only_for_messages_of_the_claim(box: Box) -> None:
    it = box.put("it", status="sending", reason="put_off", attempts=2, handed_over=True)
    theirs = box.put("of another claim", status="sending", claim=OTHER_CLAIM)
    box.put("not sent yet", status="sending")
    recorded: set[UUID] = set()
    changed, _ = box.act(
        lambda: recorded.update(store.record_sent(box.session, CLAIM, [it, theirs], VALUES, now=NOW))
    )
    assert (recorded, changed) == ({it}, {"it"})
    row = box.row("it")
    assert (row.status, row.sent_at, row.attempts, row.changed_at) == ("sent", NOW, 3, NOW)
    assert (row.template, row.about) == ("sessions_changed", {"items": {}})
    assert (row.reason, row.claim, row.claimed_until, row.handed_over) == (None, None, None, False)


def test_failure_is_recorded_only_for_messages_of_the_claim(box: Box) -> None:
    it = box.put("it", status="sending", handed_over=True)
    theirs = box.put("of another claim", status="sending", claim=OTHER_CLAIM)
    values = {"status": "due", "attempts": 1, "reason": "put_off", "changed_at": NOW}
    changed, _ = box.act(lambda: store.record_undelivered(box.session, CLAIM, it, values))
    assert changed == {"it"}
    row = box.row("it")
    assert (row.status, row.claim, row.claimed_until, row.reason) == ("due", None, None, "put_off")
    assert not row.handed_over
    changed, _ = box.act(lambda: store.record_undelivered(box.session, CLAIM, theirs, values))
    assert changed == set()
    assert not store.record_undelivered(box.session, CLAIM, theirs, values)


def test_release_changes_only_messages_of_the_claim(box: Box) -> None:
    box.put("it", status="sending", claim=OTHER_CLAIM, handed_over=True)
    changed, _ = box.act(
        lambda: store.release(box.session, OTHER_CLAIM, reason="away", retry_at=LATER, now=NOW)
    )
    assert changed == {"it"}
    row = box.row("it")
    assert (row.status, row.claim, row.claimed_until, row.attempts) == ("due", None, None, 0)
    assert (row.reason, row.retry_at, row.changed_at, row.handed_over) == ("away", LATER, NOW, False)


def test_the_resends_of_one_message_are_counted(box: Box) -> None:
    first, other = box.put("first", status="sent"), box.put("other", status="sent")
    for number in range(2):
        box.put(f"again {number}", resend_of=first, resend_by="lead")
    assert [store.resends_of(box.session, id_) for id_ in (first, other)] == [2, 0]
