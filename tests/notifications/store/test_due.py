"""Messages that are due: at most one in each thread for each item, and those of others stay as they are."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from tests.notifications.fakes import NOW
from tests.notifications.rows import ADA, EARLIER, GRACE, GROUP, INSTANT, LATER, Box

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.threads import Thread
from hub_notifications.models import Message
from hub_notifications.store import due
from hub_notifications.store.due import Due
from hub_platform.database import Sessions

THREAD = Thread(GROUP, ADA)
OTHER_GROUP = f"work-groups/{UUID(int=7)}"


@pytest.fixture(name="box")
def _box(sessions: Sessions) -> Any:
    with sessions() as session:
        yield Box.with_bystanders(session)


def one(**changes: Any) -> Due:
    """A message in words to Ada about the group."""
    values: dict[str, Any] = {"thread": THREAD, "kind": Kind.SESSIONS_CHANGED, "due_at": NOW}
    return Due(**values | changes)


def put_others(box: Box) -> None:
    """Write what is due to another person, about another group, and as another item."""
    box.put("to another", to=GRACE, item="")
    box.put("of another group", concerns=OTHER_GROUP, item="")
    box.put("another item", item="entry:session:1")
    box.put("being sent", status="sending", item="")


def test_a_new_message_is_due_and_waits_until_the_change_has_settled(box: Box) -> None:
    put_others(box)
    changed, done = box.act(
        lambda: due.schedule(box.session, [one(due_at=LATER)], settled_at=NOW + INSTANT, now=NOW)
    )
    assert changed == set()
    [(_, (message_id,))] = done.added
    row = box.session.get_one(Message, message_id)
    assert (row.status, row.template, row.recipient_ref) == ("due", "sessions_changed", str(ADA))
    assert (row.due_at, row.retry_at, row.created_at) == (LATER, NOW + INSTANT, NOW)


def test_due_message_of_a_thread_gets_the_new_kind_and_time(box: Box) -> None:
    put_others(box)
    box.put("it", item="")
    changed, done = box.act(lambda: due.schedule(box.session, [one()], settled_at=LATER, now=NOW))
    assert (changed, done.added) == ({"it"}, set())
    row = box.row("it")
    assert (row.template, row.due_at, row.retry_at, row.changed_at) == ("sessions_changed", NOW, LATER, NOW)
    assert row.dedupe_key == "it"


@pytest.mark.parametrize(("before", "after"), [(None, NOW), (EARLIER, NOW), (LATER, LATER)])
def test_postponed_message_is_not_retried_earlier(box: Box, before: Any, after: Any) -> None:
    box.put("it", item="", retry_at=before)
    due.schedule(box.session, [one()], settled_at=NOW, now=NOW)
    assert box.row("it").retry_at == after


def test_message_with_a_known_key_is_not_inserted(box: Box) -> None:
    new = [one(item=f"reminder:{key}", dedupe_key=key) for key in ("sent already", "new", "newer")]
    changed, done = box.act(lambda: due.add_new(box.session, new, now=NOW))
    assert (changed, len(done.added)) == (set(), 2)
    assert due.add_new(box.session, new, now=NOW) == 0
    assert due.add_new(box.session, [], now=NOW) == 0


def test_only_the_e_mail_of_a_thread_is_suppressed(box: Box) -> None:
    put_others(box)
    box.put("it", item="")
    changed, _ = box.act(lambda: due.suppress_in(box.session, [THREAD], "nothing_to_tell", now=NOW))
    assert changed == {"it"}
    row = box.row("it")
    assert (row.status, row.reason, row.changed_at) == ("suppressed", "nothing_to_tell", NOW)
    assert box.act(lambda: due.suppress_in(box.session, [], "nothing_to_tell", now=NOW))[0] == set()


def test_only_due_messages_to_one_person_are_suppressed(box: Box) -> None:
    put_others(box)
    box.put("it", item="")
    changed, _ = box.act(lambda: due.suppress_to(box.session, ADA, "anonymised", now=NOW))
    assert changed == {"it", "of another group", "another item"}
    row = box.row("it")
    assert (row.status, row.reason, row.changed_at) == ("suppressed", "anonymised", NOW)


THREADS = [Thread(concerns, person) for concerns in (GROUP, OTHER_GROUP) for person in (ADA, GRACE)]
STEPS = st.lists(st.tuples(st.sampled_from(THREADS), st.sampled_from(["", "entry:visit"]), st.booleans()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(steps=STEPS)
def test_at_most_one_message_is_due_in_a_thread_for_each_item(
    sessions: Sessions, steps: list[tuple[Thread, str, bool]]
) -> None:
    expected = set()
    with sessions() as session:
        session.execute(text("TRUNCATE messages CASCADE"))
        for thread, item, is_withdrawn in steps:
            if is_withdrawn:
                due.suppress_in(session, [thread], "nothing_to_tell", now=NOW)
                expected.discard((thread, ""))
            else:
                due.schedule(session, [one(thread=thread, item=item)], settled_at=NOW, now=NOW)
                expected.add((thread, item))
        is_due = select(Message).where(Message.status == "due")
        rows = {(Thread(row.concerns, UUID(row.recipient_ref)), row.item) for row in session.scalars(is_due)}
        count = session.scalar(select(func.count()).select_from(is_due.subquery()))
    assert rows == expected
    assert count == len(expected)
