"""Rules about the description of a hub; the kernel decides which schools are in its area."""

from dataclasses import replace

import pytest

from hub_enrolment.domain.hub import check_area, check_revision
from hub_kernel.hub_area import Area
from hub_kernel.refusals import Refused, Stale

NOWHERE = Area(la_codes=(), district_codes=(), extra_urns=(), excluded_urns=())


def test_a_school_is_not_an_exception_both_ways() -> None:
    with pytest.raises(Refused, match="extra_and_excluded"):
        check_area(replace(NOWHERE, extra_urns=["110623"], excluded_urns=["110623"]))


@pytest.mark.parametrize(
    ("revision", "expected", "fits"),
    [(None, 0, True), (None, 1, False), (1, 0, False), (1, 1, True), (2, 1, False), (1, 2, False)],
)
def test_a_change_is_based_on_what_there_is(revision: int | None, expected: int, fits: bool) -> None:
    if fits:
        check_revision(revision, expected)
    else:
        with pytest.raises(Stale, match="stale"):
            check_revision(revision, expected)
