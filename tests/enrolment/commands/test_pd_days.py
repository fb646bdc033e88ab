"""Only PD days and conferences can be opened for registration."""

from typing import Any

import pytest
from marshmallow import ValidationError
from tests.enrolment.desk import day_body

from hub_enrolment.commands.pd_days import CancelPDDaySchema, OpenPDDaySchema


@pytest.mark.parametrize("kind", ["pd_day", "conference"])
def test_a_pd_day_and_a_conference_can_be_opened(kind: str) -> None:
    assert OpenPDDaySchema().load(day_body(kind=kind)).kind == kind


@pytest.mark.parametrize("kind", ["", "PD day", "meeting", None])
def test_nothing_else_can_be_opened(kind: Any) -> None:
    with pytest.raises(ValidationError, match="kind"):
        OpenPDDaySchema().load(day_body(kind=kind))


@pytest.mark.parametrize(
    "reason", ["speaker_unavailable", "venue_unavailable", "weather", "too_few_participants", "other"]
)
def test_a_day_can_be_cancelled_for_each_reason_that_is_offered(reason: str) -> None:
    body = {"pd_day_id": "01920000-0000-7000-8000-00000000000a", "reason": reason}
    assert CancelPDDaySchema().load(body).reason == reason
