"""When a place may move to another Work Group of its programme."""

from dataclasses import replace

import pytest
from tests.enrolment.factories import PLACES

from hub_enrolment.domain.enrolments import Grant, Places
from hub_enrolment.domain.transfers import transfer
from hub_kernel.refusals import Refused


def outcome(
    places: Places = PLACES, status: str = "active", *, group: bool = False, programme: bool = True
) -> str:
    try:
        transfer(places, status, same_group=group, same_programme=programme)
    except Refused as refusal:
        return refusal.code
    return "moves"


@pytest.mark.parametrize(("taken", "said"), [(19, "moves"), (20, "work_group_full"), (21, "work_group_full")])
def test_a_place_moves_where_one_is_free(taken: int, said: str) -> None:
    assert outcome(replace(PLACES, taken=taken)) == said


@pytest.mark.parametrize("status", ["pending", "completed", "not_completed", "withdrawn", "transferred"])
def test_only_a_place_that_is_held_moves(status: str) -> None:
    assert outcome(status=status) == "not_active"


@pytest.mark.parametrize("status", ["draft", "evaluating", "closed", "cancelled"])
def test_a_group_that_is_not_recruiting_accepts_no_transfer(status: str) -> None:
    assert outcome(replace(PLACES, status=status)) == "work_group_not_recruiting"


def test_a_place_moves_within_its_programme_and_not_to_where_it_is() -> None:
    assert outcome(group=True) == "same_work_group"
    assert outcome(programme=False) == "other_programme"
    assert outcome(replace(PLACES, held_by_teacher=True)) == "already_enrolled"
    assert transfer(
        replace(PLACES, school_seen=True), "active", same_group=False, same_programme=True
    ) == Grant(school_joins=False, over_cap=False)
