"""Refusals carry a code, a sentence and the values at fault; the platform maps each kind to a status."""

import pytest

from hub_kernel.refusals import Conflict, Refused, Stale, Unknown
from hub_platform.problems import problem_of


@pytest.mark.parametrize(
    ("refusal", "status"), [(Refused, 422), (Unknown, 404), (Conflict, 409), (Stale, 412)]
)
def test_each_kind_of_refusal_has_its_http_status(refusal: type[Refused], status: int) -> None:
    problem = problem_of(refusal("too_late", "Enrolment has closed."))
    assert (problem.status, problem.code, problem.detail) == (status, "too_late", "Enrolment has closed.")


def test_a_refusal_points_to_the_values_at_fault() -> None:
    assert problem_of(Refused("too_late", "It is too late.", "/on")).errors == [("/on", "It is too late.")]
    both = [("/from", "After the end."), ("/to", "Before the start.")]
    assert problem_of(Refused("order", "The days are reversed.", errors=both)).errors == both


def test_further_members_of_the_answer_are_passed_on() -> None:
    refusal = Conflict("ambiguous", "Two teachers match.", extensions={"candidates": ["ada", "emmy"]})
    assert problem_of(refusal).extensions == {"candidates": ["ada", "emmy"]}
    assert str(refusal) == "ambiguous"
