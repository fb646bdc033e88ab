"""Trusts as imports tell of them: history of memberships, groups and group links."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, TODAY, apply, events, leader, read_file, teacher
from tests.enrolment.register_files import gias, group_links, groups, row

from hub_enrolment.commands.imports import ImportGias
from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.handlers import imports
from hub_enrolment.models import Trust, TrustMembership
from hub_platform.database import Sessions, made
from hub_platform.ids import new_id

CAM = {"Trusts (code)": "2044", "Trusts (name)": "Cam"}


OUSE = {"Trusts (code)": "2055", "Trusts (name)": "Ouse"}


NONE = {"Trusts (code)": "", "Trusts (name)": ""}


def history(session: Session, urn: str) -> list[tuple[str, date, date | None]]:
    statement = select(TrustMembership).where(TrustMembership.urn == urn).order_by(TrustMembership.starts_on)
    return [(one.trust_uid, one.starts_on, one.ends_on) for one in session.scalars(statement)]


def test_a_change_of_trust_is_kept_from_the_files_date_on(session: Session) -> None:
    known = row(URN="100001", **CAM)
    apply(session, gias(known), file_date=date(2025, 1, 10))
    apply(session, gias(known | OUSE), file_date=date(2025, 5, 1))
    apply(session, gias(known | NONE))
    assert history(session, "100001") == [
        ("2044", date(2025, 1, 10), date(2025, 4, 30)),
        ("2055", date(2025, 5, 1), date(2025, 9, 19)),
    ]


def test_without_a_date_of_the_file_today_counts(session: Session) -> None:
    apply(session, gias(row(URN="100001", **CAM)))
    assert history(session, "100001") == [("2044", TODAY, None)]


def test_another_name_of_the_same_trust_changes_the_name_only(session: Session) -> None:
    known = row(URN="100001", **CAM)
    apply(session, gias(known), file_date=date(2025, 1, 10))
    apply(session, gias(known | {"Trusts (name)": "CAM TRUST"}), file_date=date(2025, 5, 1))
    assert history(session, "100001") == [("2044", date(2025, 1, 10), None)]
    assert session.scalars(select(Trust.name)).all() == ["CAM TRUST"]


def test_the_same_file_again_leaves_the_history_alone(session: Session) -> None:
    raw = gias(row(URN="100001", **CAM))
    apply(session, raw, file_date=date(2025, 1, 10))
    apply(session, raw, file_date=date(2025, 5, 1))
    assert session.scalars(select(TrustMembership.revision)).all() == [1]


def test_a_preview_leaves_no_trace_in_the_history(session: Session) -> None:
    raw = gias(row(URN="100001", **CAM))
    imports.import_gias(session, ImportGias(apply=False), read_file(raw), now=NOW, by=BY)
    assert history(session, "100001") == []


def test_a_leader_keeps_the_trust_of_the_time(session: Session) -> None:
    known = row(URN="100001", **CAM)
    apply(session, gias(known))
    role = leader(session, teacher(session, "100001"))
    apply(session, gias(known | OUSE))
    session.refresh(role)
    assert role.trust_uid == "2044"


def test_a_school_has_one_trust_at_a_time_in_the_database_too(session: Session) -> None:
    apply(session, gias(row(URN="100001", **CAM)))
    second = TrustMembership(
        id=new_id(), urn="100001", trust_uid="2044", starts_on=date(2020, 1, 1), ends_on=None, **made(NOW, BY)
    )
    session.add(second)
    with pytest.raises(IntegrityError, match="uq_trust_memberships_current"):
        session.flush()


def test_groups_fill_trusts_and_tell_the_schools_of_a_company(session: Session) -> None:
    apply(session, gias(row(URN="100001", **CAM), row(URN="100002")))
    before = len(events(session))
    raw = groups(
        ("2044", "The Cam Trust", "01234567", "Multi-academy trust", "", "Open"),
        ("2066", "Nene", "", "Single-academy trust", "31/08/2025", "Closed"),
        ("80637", "Central", "", "Children's Centres Group", "", "Open"),
    )
    result = apply(session, raw)
    assert (result.file, result.rows, result.created, result.changed, result.skipped) == (
        "groups",
        3,
        1,
        1,
        1,
    )
    cam, nene = session.scalars(
        select(Trust).order_by(Trust.uid).execution_options(populate_existing=True)
    ).all()
    assert (cam.name, cam.companies_house, cam.status, cam.revision) == (
        "The Cam Trust",
        "01234567",
        "open",
        2,
    )
    assert (nene.status, nene.closed_on) == ("closed", date(2025, 8, 31))
    again = apply(session, raw)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    ((_, told),) = events(session, "SchoolChanged")
    assert (told["urn"], told["companies_house"]) == ("100001", "01234567")
    assert told["changed_fields"] == ["companies_house"]
    assert len(events(session)) == before + 1


def test_the_groups_file_knows_better_what_a_trust_is_called(session: Session) -> None:
    apply(session, groups(("2044", "The Cam Trust", "", "Multi-academy trust", "", "Open")))
    apply(session, gias(row(**CAM)))
    assert session.scalars(select(Trust.name)).all() == ["The Cam Trust"]


def test_group_links_say_since_when(session: Session) -> None:
    apply(session, gias(row(URN="100001", **CAM), row(URN="100002", **CAM), row(URN="100003")))
    raw = group_links(
        ("100001", "2044", "Multi-academy trust", "01/04/2019"),
        ("100002", "2044", "Multi-academy trust", ""),
        ("100003", "2044", "Multi-academy trust", "01/04/2019"),
        ("999999", "2044", "Multi-academy trust", "01/04/2019"),
        ("100001", "1", "Federation", "01/04/2018"),
    )
    result = apply(session, raw)
    assert (result.file, result.changed, result.unchanged, result.skipped) == ("group_links", 1, 2, 2)
    assert [(found.row, found.code) for found in result.findings] == [(4, "trust_differs")]
    assert history(session, "100001") == [("2044", date(2019, 4, 1), None)]
    assert apply(session, raw).changed == 0


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (groups(("x", "Cam", "", "Multi-academy trust", "", "Open")), "/rows/2/UID"),
        (groups(("1", "", "", "Multi-academy trust", "", "Open")), "/rows/2/Group Name"),
        (groups(("1", "Cam", "", "Multi-academy trust", "soon", "Open")), "/rows/2/Closed Date"),
        (groups(*[("1", "Cam", "", "Multi-academy trust", "", "Open")] * 2), "/rows/3/UID"),
        (group_links(("1", "2", "Multi-academy trust", "")), "/rows/2/URN"),
        (group_links(("100001", "2", "Multi-academy trust", "2019")), "/rows/2/Joined date"),
    ],
)
def test_a_broken_row_refuses_the_file(database: Sessions, raw: bytes, pointer: str) -> None:
    with pytest.raises(FileRefused) as caught, database.begin() as session:
        apply(session, raw)
    assert [where for where, _ in caught.value.errors] == [pointer]
    with database() as session:
        assert session.scalars(select(Trust)).all() == []


def test_a_status_that_is_not_known_is_a_finding(session: Session) -> None:
    result = apply(session, groups(("1", "Cam", "", "Multi-academy trust", "", "Asleep")))
    assert [found.code for found in result.findings] == ["unknown_status"]
    assert session.scalars(select(Trust.status)).all() == [None]
