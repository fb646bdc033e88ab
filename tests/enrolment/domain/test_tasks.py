"""Who reports a classroom task: participants with a place between its two sessions."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from hub_enrolment.domain.refusals import Refused
from hub_enrolment.domain.sessions import Place
from hub_enrolment.domain.tasks import check_place

WEEK, DAY = timedelta(days=7), timedelta(days=1)


SET_ON, DUE_ON = date(2025, 10, 8), date(2025, 11, 5)


@pytest.mark.parametrize(
    ("enrolled_on", "withdrawn_on", "may"),
    [
        (SET_ON, None, True),
        (DUE_ON, None, True),
        (DUE_ON + DAY, None, False),
        (SET_ON - WEEK, SET_ON - DAY, False),
        (SET_ON - WEEK, SET_ON, False),
        (SET_ON - WEEK, SET_ON + DAY, True),
    ],
)
def test_who_held_a_place_between_the_sessions_reports(
    enrolled_on: date, withdrawn_on: date | None, may: bool
) -> None:
    place = Place(enrolment_id=uuid4(), urn="110623", enrolled_on=enrolled_on, withdrawn_on=withdrawn_on)
    if may:
        check_place(place, set_on=SET_ON, due_on=DUE_ON)
    else:
        with pytest.raises(Refused, match="not_on_task"):
            check_place(place, set_on=SET_ON, due_on=DUE_ON)
