"""Which schools a hub serves."""

import pytest

from hub_kernel.hub_area import Area, in_area

AREA = Area(la_codes={"873"}, district_codes={"E07000012"}, extra_urns={"980001"}, excluded_urns={"980002"})


@pytest.mark.parametrize(
    ("urns", "la_codes", "district_codes", "served"),
    [
        ({"980000"}, {"873"}, set(), True),
        ({"980000"}, {"874"}, set(), False),
        ({"980000"}, {"874"}, {"E07000012"}, True),
        ({"980000"}, {"940", "873"}, set(), True),  # recoded: it was served before
        ({"980001"}, {"926"}, set(), True),
        ({"980003", "980001"}, {"926"}, set(), True),  # the successor of an extra school
        ({"980002"}, {"873"}, {"E07000012"}, False),
        ({"980003", "980002"}, {"873"}, set(), False),  # the successor of an excluded school
        (set(), set(), set(), False),
    ],
)
def test_a_school_is_served_by_its_authority_its_district_or_as_an_exception(
    urns: set[str], la_codes: set[str], district_codes: set[str], *, served: bool
) -> None:
    assert in_area(AREA, urns=urns, la_codes=la_codes, district_codes=district_codes) is served
