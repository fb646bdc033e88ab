"""Deduplication keys, retries and resends of messages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.refusals import Conflict
from hub_notifications.domain import messages

AT = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)


def test_message_is_tried_eight_times_over_more_than_a_day() -> None:
    waits = [messages.next_attempt(attempts, AT) for attempts in range(1, 9)]
    assert waits == [
        AT + timedelta(minutes=1),
        AT + timedelta(minutes=10),
        AT + timedelta(hours=1),
        *[AT + timedelta(hours=6)] * 4,
        None,
    ]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("due", "still_due"),
        ("sending", "still_due"),
        ("suppressed", "suppressed"),
        ("sent", None),
        ("failed", None),
    ],
)
def test_only_sent_and_failed_messages_can_be_resent(status: str, code: str | None) -> None:
    if code is None:
        messages.check_resend(status)
        return
    with pytest.raises(Conflict) as refusal:
        messages.check_resend(status)
    assert refusal.value.code == code


@given(st.integers(1, 50), st.integers(1, 50))
def test_each_resend_has_its_own_key(one: int, other: int) -> None:
    keys = {messages.resend_key("key", n) for n in (one, other)}
    assert len(keys) == (1 if one == other else 2)
    assert "key" not in keys
