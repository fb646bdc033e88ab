"""The sessions and minutes that a certificate counts."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import MEETS

from hub_contracts.vocabulary import AttendanceMark
from hub_enrolment.domain.documents import Held, attended

HELD = st.builds(
    Held,
    began_at=st.timedeltas(timedelta(0), timedelta(days=300)).map(lambda after: MEETS + after),
    minutes=st.integers(1, 600),
    mark=st.none() | st.sampled_from(AttendanceMark),
)


@given(st.lists(HELD, max_size=12))
def test_late_and_early_leavers_attended_the_full_session(held: list[Held]) -> None:
    counted = attended(held)
    there = [one for one in held if one.mark in {"present", "late", "left_early"}]
    assert (counted.sessions_n, counted.held_n) == (len(there), len(held))
    assert counted.minutes == sum(one.minutes for one in there)
    assert (counted.first_on is None) is (not held)
    assert all(counted.first_on <= one.on <= counted.last_on for one in held)  # type: ignore[operator]
