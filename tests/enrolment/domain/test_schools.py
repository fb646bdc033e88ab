"""When a school is open, may join in, counts as connected."""

from datetime import date, timedelta

import pytest

from hub_enrolment.domain.schools import (
    Connection,
    SchoolState,
    check_eligible,
    check_open,
    connect,
    unknown_school,
)
from hub_kernel.refusals import Conflict, Refused

TODAY = date(2025, 9, 20)
DAY = timedelta(days=1)


def state(**changes: object) -> SchoolState:
    values: dict[str, object] = {
        "urn": "110623",
        "status": "open",
        "open_date": None,
        "close_date": None,
        "eligible": True,
    }
    return SchoolState(**values | changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "is_open"),
    [("open", True), ("proposed_to_close", True), ("closed", False), ("proposed_to_open", False)],
)
def test_open_and_proposed_to_close_are_open(status: str, is_open: bool) -> None:
    assert state(status=status).is_open(TODAY) is is_open


@pytest.mark.parametrize(("offset", "is_open"), [(-1, False), (0, True), (1, True)])
def test_a_school_is_open_from_its_first_day(offset: int, is_open: bool) -> None:
    assert state(open_date=TODAY).is_open(TODAY + offset * DAY) is is_open


@pytest.mark.parametrize(("offset", "is_open"), [(-1, True), (0, True), (1, False)])
def test_a_school_that_has_closed_was_open_until_its_last_day(offset: int, is_open: bool) -> None:
    assert state(status="closed", close_date=TODAY).is_open(TODAY + offset * DAY) is is_open


def test_a_closed_school_is_refused_with_its_successor() -> None:
    with pytest.raises(Refused) as caught:
        check_open(state(status="closed", successor_urn="140001"), TODAY)
    assert caught.value.code == "school_not_open"
    assert "140001" in caught.value.detail


def test_an_ineligible_school_is_refused() -> None:
    with pytest.raises(Refused, match="school_not_eligible"):
        check_eligible(state(eligible=False))


def test_a_first_connection_is_made() -> None:
    asked = Connection(TODAY, "enquiry")
    assert connect(state(), None, asked, today=TODAY) == asked


def test_the_same_connection_again_changes_nothing() -> None:
    known = Connection(TODAY, "enquiry")
    assert connect(state(), known, Connection(TODAY, "enquiry"), today=TODAY) is None


@pytest.mark.parametrize("asked", [Connection(TODAY, "visit"), Connection(TODAY - DAY, "enquiry")])
def test_another_connection_is_a_conflict(asked: Connection) -> None:
    with pytest.raises(Conflict, match="already_connected"):
        connect(state(), Connection(TODAY, "enquiry"), asked, today=TODAY)


def test_nothing_is_connected_tomorrow() -> None:
    with pytest.raises(Refused, match="connected_in_future"):
        connect(state(), None, Connection(TODAY + DAY, "visit"), today=TODAY)


def test_a_school_is_connected_only_while_it_is_open() -> None:
    school = state(status="closed", close_date=TODAY - DAY)
    with pytest.raises(Refused, match="school_not_open"):
        connect(school, None, Connection(TODAY, "visit"), today=TODAY)
    assert connect(school, None, Connection(TODAY - DAY, "visit"), today=TODAY)


def test_an_unknown_school_is_404_in_an_address_and_422_in_a_body() -> None:
    in_address, in_body = unknown_school("1", "2"), unknown_school("1", None, pointer="/urn")
    assert (in_address.kind, in_address.errors) == ("unknown", [("", "successor_urn: 2")])
    assert (in_body.kind, in_body.pointer, in_body.errors) == ("rule", "/urn", [])
