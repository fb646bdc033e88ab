"""Academic years, codes of National Collaborative Projects, limits."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.programmes import Limits, canonical_ncp_code, check_limits, parse_academic_year
from hub_kernel.academic_years import AcademicYear
from hub_kernel.refusals import Refused

YEAR = AcademicYear(2025)


@given(st.integers(2000, 2099))
def test_a_year_is_read_as_it_is_written(first: int) -> None:
    year = AcademicYear(first)
    assert parse_academic_year(str(year)) == year


def test_a_year_runs_from_september_to_august() -> None:
    assert (YEAR.starts_on, YEAR.ends_on) == (date(2025, 9, 1), date(2026, 8, 31))


@pytest.mark.parametrize("text", ["2025/27", "2025-26", "25/26", "2025/2026", "2025/26\n", "", "1999/00"])
def test_what_is_no_academic_year_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="bad_academic_year"):
        parse_academic_year(text)


@pytest.mark.parametrize("written", ["NCP25-06a", "NCP 25-06a", "NCP2506a", " NCP25-06a "])
def test_ways_of_writing_an_ncp_code(written: str) -> None:
    assert canonical_ncp_code(written, YEAR) == "NCP25-06a"


def test_the_suffix_of_a_code_is_optional() -> None:
    assert canonical_ncp_code("NCP25-06", YEAR) == "NCP25-06"


@pytest.mark.parametrize("written", ["25-06", "NCP25-6", "NCP25-06A", "ncp25-06", "NCP25-06ab", "NCP  25-06"])
def test_what_is_no_ncp_code_is_refused(written: str) -> None:
    with pytest.raises(Refused, match="bad_ncp_code"):
        canonical_ncp_code(written, YEAR)


@pytest.mark.parametrize("written", ["NCP24-06", "NCP26-06"])
def test_a_code_belongs_to_its_year(written: str) -> None:
    with pytest.raises(Refused, match="ncp_code_of_other_year"):
        canonical_ncp_code(written, YEAR)


def test_limits_that_can_be_met_pass() -> None:
    check_limits(Limits())
    check_limits(Limits(min_schools=20, min_teachers=20, max_teachers=20))


@pytest.mark.parametrize("limits", [Limits(min_teachers=21), Limits(min_schools=21)])
def test_limits_that_cannot_be_met_are_refused(limits: Limits) -> None:
    with pytest.raises(Refused, match="limits_contradict"):
        check_limits(limits)
