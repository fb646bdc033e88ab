"""Facts of schools in time: what imports store and tell of trusts, companies and authorities."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, TODAY, apply, events, read_file
from tests.enrolment.register_files import gias, group_links, groups, row

from hub_enrolment.commands.imports import ImportGias
from hub_enrolment.handlers import imports
from hub_enrolment.models import SchoolPlacement
from hub_enrolment.store import authorities as store

CAM = {"Trusts (code)": "2044", "Trusts (name)": "Cam"}
OUSE = {"Trusts (code)": "2055", "Trusts (name)": "Ouse"}
NONE = {"Trusts (code)": "", "Trusts (name)": ""}
GROUPS = groups(
    ("2044", "Cam", "01234567", "Multi-academy trust", "", "Open"),
    ("2055", "Ouse", "7795736", "Single-academy trust", "", "Open"),  # as a spreadsheet leaves it
    ("20364", "Ouse Learning", "07795736", "Multi-academy trust", "", "Open"),
)
Told = tuple[str, str | None, str | None, list[str] | None]


def told(session: Session) -> list[Told]:
    """Of each event with facts of a school: since when, of which company, what differs."""
    kinds = ("SchoolImported", "SchoolChanged")
    return [
        (data["urn"], data.get("trust_since"), data.get("companies_house"), data.get("changed_fields"))
        for type_, data in events(session)
        if type_ in kinds
    ]


def placements(session: Session, urn: str) -> list[tuple[str, str, date, date | None]]:
    statement = store.list_placements(urn).order_by(SchoolPlacement.starts_on)
    return [(one.la_code, one.phase, one.starts_on, one.ends_on) for one in session.scalars(statement)]


def test_a_new_school_tells_since_when_and_of_which_company(session: Session) -> None:
    apply(session, GROUPS)
    apply(session, gias(row(URN="100001", **CAM), row(URN="100002")), file_date=date(2025, 9, 1))
    assert told(session) == [("100001", "2025-09-01", "01234567", None), ("100002", None, None, None)]


def test_another_trust_tells_its_first_day_and_its_company(session: Session) -> None:
    apply(session, GROUPS)
    known = row(URN="100001", **CAM)
    apply(session, gias(known), file_date=date(2025, 9, 1))
    apply(session, gias(known | OUSE), file_date=date(2026, 1, 4))
    apply(session, gias(known | NONE), file_date=date(2026, 3, 1))
    every = ["trust_uid", "trust_name", "trust_since", "companies_house"]
    assert told(session)[1:] == [
        ("100001", "2026-01-04", "07795736", every),
        ("100001", "2026-03-01", None, every),
    ]


def test_a_trust_that_grows_keeps_its_company_under_its_new_uid(session: Session) -> None:
    apply(session, GROUPS)
    known = row(URN="100001", **OUSE)
    apply(session, gias(known), file_date=date(2020, 9, 1))
    grown = known | {"Trusts (code)": "20364", "Trusts (name)": "Ouse Learning"}
    apply(session, gias(grown), file_date=date(2021, 3, 30))
    assert told(session)[-1] == (
        "100001", "2021-03-30", "07795736", ["trust_uid", "trust_name", "trust_since"],
    )  # fmt: skip


def test_later_joining_day_is_published_once(session: Session) -> None:
    apply(session, gias(row(URN="100001", **CAM), row(URN="100002", **CAM)), file_date=date(2025, 9, 1))
    raw = group_links(("100001", "2044", "Multi-academy trust", "01/04/2019"))
    apply(session, raw)
    apply(session, raw)
    assert told(session)[2:] == [("100001", "2019-04-01", None, ["trust_since"])]


def test_new_or_changed_company_is_published_for_each_school_of_the_trust(session: Session) -> None:
    apply(session, gias(row(URN="100001", **CAM), row(URN="100002", **OUSE), row(URN="100003")))
    apply(session, GROUPS)
    apply(session, groups(("2044", "Cam", "SC123456", "Multi-academy trust", "", "Open")))
    since = TODAY.isoformat()
    assert told(session)[3:] == [
        ("100001", since, "01234567", ["companies_house"]),
        ("100002", since, "07795736", ["companies_house"]),
        ("100001", since, "SC123456", ["companies_house"]),
    ]


@pytest.mark.parametrize("number", ["123456789", "ABC12345", "seven", "0779 573x 6"])
def test_what_is_no_number_of_a_company_is_left_out_with_a_finding(session: Session, number: str) -> None:
    result = apply(session, groups(("2044", "Cam", number, "Multi-academy trust", "", "Open")))
    assert [found.code for found in result.findings] == ["unknown_company"]
    apply(session, gias(row(URN="100001", **CAM)))
    assert told(session)[0][2] is None


def test_many_schools_of_a_trust_are_published_in_parts(session: Session) -> None:
    many = [row(URN=str(100_000 + n), **CAM) for n in range(2_001)]
    apply(session, gias(*many))
    apply(session, GROUPS)
    assert [names for *_, names in told(session)].count(["companies_house"]) == 2_001


RECODED: dict[str, Any] = {"LA (code)": "940", "LA (name)": "North Northamptonshire"}


def test_a_recoded_authority_is_kept_from_the_files_date_on(session: Session) -> None:
    known = row(URN="100001")
    apply(session, gias(known, row(URN="100002")), file_date=date(2025, 9, 1))
    apply(session, gias(known | RECODED, row(URN="100002")), file_date=date(2028, 4, 1))
    secondary = known | RECODED | {"PhaseOfEducation (code)": "4"}
    apply(session, gias(secondary), file_date=date(2029, 9, 1))
    assert placements(session, "100001") == [
        ("873", "primary", date(2025, 9, 1), date(2028, 3, 31)),
        ("940", "primary", date(2028, 4, 1), date(2029, 8, 31)),
        ("940", "secondary", date(2029, 9, 1), None),
    ]
    assert placements(session, "100002") == [("873", "primary", date(2025, 9, 1), None)]


def test_a_preview_keeps_and_tells_nothing(session: Session) -> None:
    known = row(URN="100001", **CAM)
    apply(session, gias(known), file_date=date(2025, 9, 1))
    before = told(session)
    for raw in (gias(known | RECODED | OUSE), GROUPS, group_links(("100001", "2044", "Trust", "01/04/2019"))):
        imports.import_gias(session, ImportGias(apply=False), read_file(raw), now=NOW, by=BY)
    assert told(session) == before
    assert len(session.scalars(select(SchoolPlacement)).all()) == 1
