"""Participants with a place between a task's two sessions report on it."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from tests.enrolment.factories import DAY, INSTANT, MEETS

from hub_enrolment.domain.sessions import Place
from hub_enrolment.domain.tasks import check_place
from hub_kernel.refusals import Refused

WEEK, HOUR = timedelta(days=7), timedelta(hours=1)


SET_AT, DUE_AT = MEETS, MEETS + 28 * DAY


@pytest.mark.parametrize(
    ("enrolled_at", "withdrawn_at", "may"),
    [
        (SET_AT, None, True),
        (DUE_AT, None, True),
        (DUE_AT + HOUR, None, True),
        (DUE_AT + DAY, None, False),
        (SET_AT - WEEK, SET_AT - DAY, False),
        (SET_AT - WEEK, SET_AT - INSTANT, False),
        (SET_AT - WEEK, SET_AT, False),
        (SET_AT - WEEK, SET_AT + INSTANT, True),
        (SET_AT - WEEK, SET_AT + DAY, True),
    ],
)
def test_who_held_a_place_between_the_sessions_reports(
    enrolled_at: datetime, withdrawn_at: datetime | None, may: bool
) -> None:
    place = Place(enrolment_id=uuid4(), urn="110623", enrolled_at=enrolled_at, withdrawn_at=withdrawn_at)
    if may:
        check_place(place, set_at=SET_AT, due_at=DUE_AT)
    else:
        with pytest.raises(Refused, match="not_on_task"):
            check_place(place, set_at=SET_AT, due_at=DUE_AT)
