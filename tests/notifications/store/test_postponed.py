"""Messages that were claimed and go back: one of them stands for all that is due in its thread."""

from typing import Any
from uuid import uuid4

import pytest
from tests.notifications.fakes import NOW
from tests.notifications.rows import CLAIM, GRACE, INSTANT, LATER, OTHER_CLAIM, Box

from hub_notifications.store import claims as store
from hub_notifications.store import messages
from hub_notifications.store.claims import Postponement
from hub_platform.database import Sessions

RUN_OUT = uuid4()


@pytest.fixture(name="box")
def _box(sessions: Sessions) -> Any:
    with sessions() as session:
        yield Box.with_bystanders(session)


def put_one_that_is_claimed_and_others(box: Box, **changes: Any) -> Any:
    """Write a claimed message in words, what became due in its thread meanwhile, and bystanders."""
    it = box.put("it", status="sending", item="", **changes)
    box.put("became due", item="")
    box.put("to another", to=GRACE, item="")
    box.put("another item", item="entry:session:1")
    box.put("of another group", concerns="work-groups/other", item="")
    box.put("of another claim", status="sending", claim=OTHER_CLAIM)
    return it


def test_postponed_message_replaces_due_messages_of_its_thread(box: Box) -> None:
    it = put_one_that_is_claimed_and_others(box)
    changed, _ = box.act(
        lambda: store.postpone(
            box.session, CLAIM, it, Postponement(due_at=LATER, reason="address_unconfirmed"), now=NOW
        )
    )
    assert changed == {"it", "became due"}
    row, merged = box.row("it"), box.row("became due")
    assert (row.status, row.claim, row.claimed_until, row.attempts) == ("due", None, None, 0)
    assert (row.due_at, row.retry_at, row.reason) == (LATER, None, "address_unconfirmed")
    assert (merged.status, merged.reason, merged.changed_at) == ("suppressed", "merged", NOW)


def test_only_messages_of_the_claim_are_postponed(box: Box) -> None:
    it = put_one_that_is_claimed_and_others(box)
    until = Postponement(retry_at=LATER)
    changed, _ = box.act(lambda: store.postpone(box.session, OTHER_CLAIM, it, until, now=NOW))
    assert changed == set()


def test_duplicates_of_all_messages_of_a_claim_are_suppressed(box: Box) -> None:
    put_one_that_is_claimed_and_others(box)
    box.put("other claimed", status="sending", item="entry:session:1")
    changed, _ = box.act(lambda: store.suppress_duplicates(box.session, CLAIM, now=NOW))
    assert changed == {"became due", "another item"}


def test_only_messages_of_the_claim_are_suppressed(box: Box) -> None:
    it = put_one_that_is_claimed_and_others(box)
    changed, _ = box.act(lambda: store.suppress(box.session, OTHER_CLAIM, it, "withdrawn", now=NOW))
    assert changed == set()
    changed, _ = box.act(lambda: store.suppress(box.session, CLAIM, it, "withdrawn", now=NOW))
    assert changed == {"it"}
    row = box.row("it")
    assert (row.status, row.reason, row.claim, row.changed_at) == ("suppressed", "withdrawn", None, NOW)


def test_only_expired_claims_are_returned(box: Box) -> None:
    put_one_that_is_claimed_and_others(box, claimed_until=NOW)
    box.put("run out", status="sending", claim=RUN_OUT, claimed_until=NOW - INSTANT)
    assert list(messages.expired_claims(box.session, real_now=NOW)) == [RUN_OUT]
