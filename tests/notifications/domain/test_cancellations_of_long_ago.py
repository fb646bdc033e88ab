"""An old cancellation that is read from the event log later is not notified."""

from datetime import timedelta

import pytest
from tests.notifications.participations import DAY, INSTANT, NOW, an_entry, kind_of, participation

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.participations import WaitingState


@pytest.mark.parametrize(
    ("ago", "is_notified"), [(28 * DAY, True), (28 * DAY + INSTANT, False)], ids=["28 days", "longer"]
)
def test_old_cancellation_is_not_notified(ago: timedelta, is_notified: bool) -> None:
    group = participation(cancelled="funding", cancelled_at=NOW - ago, waiting=an_entry(WaitingState.WAITING))
    assert (kind_of(group) is Kind.WORK_GROUP_CANCELLED) == is_notified
