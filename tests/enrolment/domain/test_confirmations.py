"""Confirming a Work Group after it has met, and with offers open; a group that is never confirmed."""

import pytest

from hub_enrolment.domain.confirmations import Candidate, Terms, confirm
from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.work_groups import Composition, status_after_session
from hub_kernel.refusals import Conflict, Refused

TYPICAL = Terms(limits=Limits())


@pytest.mark.parametrize(
    ("status", "code"), [("running", None), ("evaluating", None), ("closed", "not_recruiting")]
)
def test_a_group_that_met_before_it_was_confirmed_can_be_confirmed(status: str, code: str | None) -> None:
    def asked() -> bool:
        group = Candidate(status=status, counted=Composition(12, 6), confirmed=False)
        return confirm(group, TYPICAL, override_reason=None)

    if code is None:
        assert asked() is False
    else:
        with pytest.raises(Conflict, match=code):
            asked()


@pytest.mark.parametrize(("offered", "code"), [(0, None), (1, None), (2, "too_many_teachers")])
def test_places_that_are_offered_count_to_the_maximum(offered: int, code: str | None) -> None:
    group = Candidate(status="recruiting", counted=Composition(19, 6), offered=offered)
    if code is None:
        assert not confirm(group, TYPICAL, override_reason=None)
        return
    with pytest.raises(Refused, match=code) as caught:
        confirm(group, TYPICAL, override_reason=None)
    assert caught.value.detail.startswith("19 teachers and 2 open offers;")


@pytest.mark.parametrize("status", ["recruiting", "running"])
@pytest.mark.parametrize("to_come", [0, 1])
def test_a_group_that_was_not_confirmed_runs_on(status: str, to_come: int) -> None:
    assert status_after_session(status, to_come=to_come, confirmed=False) == "running"
