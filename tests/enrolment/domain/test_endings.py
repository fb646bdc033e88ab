"""Rules about cancelling and closing a Work Group."""

from datetime import date

import pytest
from tests.enrolment.factories import DAY, HELD_ON

from hub_enrolment.domain.endings import Progress, cancel, close
from hub_enrolment.domain.work_groups import WorkGroupStatus
from hub_kernel.refusals import Refused


@pytest.mark.parametrize("status", WorkGroupStatus)
def test_a_group_is_cancelled_before_it_has_met(status: str) -> None:
    if status in {"draft", "recruiting", "confirmed", "at_risk"}:
        assert cancel(status, None, "funding") is True
    else:
        with pytest.raises(Refused, match="not_cancellable"):
            cancel(status, None, "funding")


def closing(status: str = "evaluating", on: date = HELD_ON, today: date = HELD_ON + 7 * DAY) -> str:
    try:
        close(Progress(status=status, last_held_on=HELD_ON), evaluation_submitted_on=on, today=today)
    except Refused as refusal:
        return refusal.code
    return "closes"


@pytest.mark.parametrize("status", [one for one in WorkGroupStatus if one != "evaluating"])
def test_only_a_group_that_is_evaluated_closes(status: str) -> None:
    assert closing(status) == "not_evaluating"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (-1, "evaluation_before_last_session"),
        (0, "closes"),
        (7, "closes"),
        (8, "evaluation_in_future"),
    ],
)
def test_an_evaluation_is_submitted_from_the_last_session_until_today(days: int, said: str) -> None:
    assert closing(on=HELD_ON + days * DAY) == said
