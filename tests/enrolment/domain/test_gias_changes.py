"""The changes of an import."""

from datetime import date

import pytest
from tests.enrolment.factories import establishment

from hub_enrolment.domain.gias_changes import Plan, plan_import
from hub_enrolment.domain.gias_establishments import Establishment, EstablishmentsFile


def plan(stored: Establishment | None, staged: Establishment) -> Plan:
    known = {} if stored is None else {stored.urn: stored}
    return plan_import(known, EstablishmentsFile([staged], {staged.urn: 7}, []))


def test_an_unknown_school_is_created() -> None:
    school = establishment()
    assert plan(None, school) == Plan(created=[school])


def test_the_same_again_is_unchanged() -> None:
    assert plan(establishment(), establishment()) == Plan(unchanged=1)


def test_a_later_look_that_finds_the_same_is_unchanged_but_noted() -> None:
    later = establishment(last_changed=date(2025, 6, 1))
    assert plan(establishment(), later) == Plan(confirmed=[later], unchanged=1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "New name"}, ("name",)),
        ({"pupils": None}, ("pupils",)),
        ({"trust_uid": "2000", "trust_name": "A trust"}, ("trust_uid", "trust_name")),
        ({"postcode": "CB1 1AA"}, ()),
        ({"ukprn": "10000001", "name": "New name"}, ("name",)),
    ],
)
def test_differences_are_named_and_columns_that_no_service_uses_are_not_published(
    change: dict[str, object], told: tuple[str, ...]
) -> None:
    (found,) = plan(establishment(), establishment(**change)).changed
    assert set(found.changed) == set(change)
    assert found.published == told
    assert not found.closes


@pytest.mark.parametrize(
    ("before", "after", "closes"),
    [
        ("open", "closed", True),
        ("proposed_to_close", "closed", True),
        ("proposed_to_open", "closed", True),
        ("closed", "open", False),
        ("open", "proposed_to_close", False),
    ],
)
def test_a_school_closes_when_it_was_not_closed_before(before: str, after: str, closes: bool) -> None:
    planned = plan(establishment(status=before), establishment(status=after))
    assert planned.closed == int(closes)


def test_an_older_row_changes_nothing_and_is_found() -> None:
    older = establishment(name="Old name", last_changed=date(2025, 4, 30))
    planned = plan(establishment(), older)
    assert (planned.changed, planned.unchanged) == ([], 1)
    assert [(found.row, found.code) for found in planned.older] == [(7, "row_older")]


def test_rows_without_a_date_are_compared_by_what_they_say() -> None:
    assert plan(establishment(), establishment(name="New name", last_changed=None)).changed
