"""Rules about anonymising a record."""

from datetime import date, timedelta

import pytest
from tests.enrolment.factories import NOW

from hub_enrolment.domain.erasures import check, still_held
from hub_kernel.refusals import Conflict

TODAY = NOW.date()


@pytest.mark.parametrize(
    ("places_n", "roles_n", "code"),
    [(0, 0, None), (1, 0, "holds_places"), (0, 1, "holds_roles"), (2, 1, "holds_places")],
)
def test_a_person_with_places_or_roles_is_not_anonymised(
    places_n: int, roles_n: int, code: str | None
) -> None:
    if code is None:
        check(places_n=places_n, roles_n=roles_n)
        return
    with pytest.raises(Conflict, match=code):
        check(places_n=places_n, roles_n=roles_n)


@pytest.mark.parametrize(
    ("ends_on", "held"),
    [(None, True), (TODAY - timedelta(1), False), (TODAY, True), (TODAY + timedelta(1), True)],
)
def test_what_has_a_last_day_is_held_on_it(ends_on: date | None, held: bool) -> None:
    assert still_held(ends_on, TODAY) is held
