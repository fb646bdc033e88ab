"""Which schools a hub serves."""

from dataclasses import replace

import pytest

from hub_enrolment.domain.hub_area import Area, Located, check_area, check_revision, in_area
from hub_enrolment.domain.refusals import Refused, Stale

LINTON = Located(urn="110623", la_code="873", district_code="E07000012")


NOWHERE = Area(la_codes=(), district_codes=(), extra_urns=(), excluded_urns=())


@pytest.mark.parametrize(
    ("changes", "inside"),
    [
        ({}, False),
        ({"la_codes": ["873"]}, True),
        ({"la_codes": ["874"]}, False),
        ({"district_codes": ["E07000012"]}, True),
        ({"district_codes": ["E07000008"]}, False),
        ({"extra_urns": ["110623"]}, True),
        ({"la_codes": ["873"], "excluded_urns": ["110623"]}, False),
        ({"la_codes": ["873"], "excluded_urns": ["110624"]}, True),
    ],
)
def test_authority_or_district_with_exceptions(changes: dict[str, list[str]], inside: bool) -> None:
    assert in_area(LINTON, replace(NOWHERE, **changes)) is inside


def test_a_school_without_a_district_is_in_none() -> None:
    assert not in_area(replace(LINTON, district_code=None), replace(NOWHERE, district_codes=["E07000012"]))


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
