"""The codes of the register as statuses, phases and eligibility."""

import pytest

from hub_enrolment.domain.gias_codes import STATUSES, is_eligible, phase_of


@pytest.mark.parametrize(
    ("code", "ages", "phase"),
    [
        (1, (None, None), "early_years"),
        (2, (None, None), "primary"),
        (3, (None, None), "primary"),
        (4, (None, None), "secondary"),
        (5, (None, None), "secondary"),
        (6, (None, None), "post16"),
        (7, (None, None), "all_through"),
        (7, (3, 11), "all_through"),
        (9, (3, 11), "unknown"),
        (None, (3, 11), "unknown"),
        (0, (None, None), "unknown"),
        (0, (2, 5), "early_years"),
        (0, (3, 11), "primary"),
        (0, (5, 12), "primary"),
        (0, (5, 13), "all_through"),
        (0, (9, 13), "secondary"),
        (0, (11, 18), "secondary"),
        (0, (15, 19), "secondary"),
        (0, (16, 19), "post16"),
        (0, (3, 18), "all_through"),
    ],
)
def test_the_phase_comes_from_the_code_or_from_the_ages(
    code: int | None, ages: tuple[int | None, int | None], phase: str
) -> None:
    assert phase_of(code, *ages) == phase


@pytest.mark.parametrize(
    ("code", "status"),
    [(1, "open"), (2, "closed"), (3, "proposed_to_close"), (4, "proposed_to_open")],
)
def test_the_status_comes_from_its_code(code: int, status: str) -> None:
    assert STATUSES[code] == status


@pytest.mark.parametrize("code", [1, 2, 3, 5, 6, 7, 8, 12, 14, 15, 18, 28, 31, 32, 33, 34, 40, 41, 46, 57])
def test_state_funded_schools_of_england_are_eligible(code: int) -> None:
    assert is_eligible(code)


@pytest.mark.parametrize("code", [10, 11, 24, 25, 26, 27, 29, 30, 37, 47, 48, 49, 56, 99])
def test_others_and_the_unknown_are_not(code: int) -> None:
    assert not is_eligible(code)
