"""Importing the register: everything or nothing, once, and what it publishes."""

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, TODAY, apply, events, read_file, schools
from tests.enrolment.register_files import CLOSED, gias, links, row

from hub_enrolment.commands.imports import ImportGias
from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.domain.schools import Connection
from hub_enrolment.handlers import imports
from hub_enrolment.models import GiasImport, School, SchoolLink, Trust
from hub_messaging.tables import outbox
from hub_platform.database import Sessions

LATER = NOW + timedelta(days=30)


def counts(result: imports.Imported) -> dict[str, int]:
    names = ("rows", "created", "changed", "unchanged", "closed", "successors")
    return {name: getattr(result, name) for name in names if getattr(result, name)}


def test_a_first_import_stores_and_announces_every_school(session: Session) -> None:
    raw = gias(row(URN="100001"), row(URN="100002", **{"Trusts (code)": "2044", "Trusts (name)": "Cam"}))
    result = apply(session, raw, file_date=date(2025, 9, 1))
    assert counts(result) == {"rows": 2, "created": 2}
    assert [(type_, data["urn"]) for type_, data in events(session)] == [
        ("SchoolImported", "100001"),
        ("SchoolImported", "100002"),
    ]
    school = session.get_one(School, "100002")
    assert (school.trust_uid, school.trust_name, school.changed_by, school.revision) == ("2044", "Cam", BY, 1)
    assert session.get_one(Trust, "2044").name == "Cam"


def test_an_event_tells_all_facts_of_a_school(session: Session) -> None:
    trust = {"Trusts (code)": "2044", "Trusts (name)": "Cam"}
    apply(session, gias(row(URN="100001", EstablishmentName="Élan", **trust)), file_date=date(2025, 9, 1))
    ((_, data),) = events(session)
    assert data == {
        "urn": "100001",
        "name": "Élan",
        "la_code": "873",
        "la_name": "Cambridgeshire",
        "district_code": "E07000012",
        "district_name": "South Cambridgeshire",
        "phase": "primary",
        "type_code": 1,
        "type_group": 4,
        "eligible": True,
        "status": "open",
        "trust_uid": "2044",
        "trust_name": "Cam",
        "trust_since": "2025-09-01",
        "easting": 532000,
        "northing": 259000,
        "pupils": 210,
        "fsm_percent": 12.5,
        "open_date": "1999-09-01",
        "source_file_date": "2025-09-01",
    }


def test_the_same_file_again_changes_and_publishes_nothing(session: Session) -> None:
    raw = gias(*[row() for _ in range(5)])
    apply(session, raw)
    before = events(session)
    assert counts(apply(session, raw, now=LATER)) == {"rows": 5, "unchanged": 5}
    assert events(session) == before
    assert set(session.scalars(select(School.revision))) == {1}


def test_a_preview_says_the_same_and_writes_nothing(session: Session) -> None:
    known = row(URN="100001")
    apply(session, gias(known))
    before = events(session)
    raw = gias(known | {"EstablishmentName": "Renamed"}, row(URN="100002"))
    preview = imports.import_gias(session, ImportGias(apply=False), read_file(raw), now=LATER, by=BY)
    assert (events(session), session.scalar(select(func.count(School.urn)))) == (before, 1)
    applied = apply(session, raw)
    assert counts(preview) == counts(applied) == {"rows": 2, "created": 1, "changed": 1}


def test_changed_school_is_published_with_the_changed_fields(session: Session) -> None:
    known = row(URN="100001")
    apply(session, gias(known))
    result = apply(session, gias(known | {"EstablishmentName": "Renamed", "Postcode": "CB1 1AA"}))
    assert counts(result) == {"rows": 1, "changed": 1}
    (_, data) = events(session)[-1]
    assert (data["name"], data["changed_fields"]) == ("Renamed", ["name"])
    school = session.get_one(School, "100001", populate_existing=True)
    assert (school.name, school.postcode, school.revision) == ("Renamed", "CB1 1AA", 2)


def test_unpublished_facts_are_stored_without_an_event(session: Session) -> None:
    known = row(URN="100001")
    apply(session, gias(known))
    assert counts(apply(session, gias(known | {"Postcode": "CB1 1AA"}))) == {"rows": 1, "changed": 1}
    assert len(events(session)) == 1


def test_closing_school_is_published_with_its_successor(session: Session) -> None:
    old = row(URN="100001")
    apply(session, gias(old, row(URN="140001")))
    assert counts(apply(session, links(("100001", "140001", "Successor", "01-09-2025")))) == {
        "rows": 1,
        "created": 1,
    }
    assert session.get_one(School, "100001", populate_existing=True).successor_urn == "140001"
    result = apply(session, gias(old | CLOSED))
    assert counts(result) == {"rows": 1, "changed": 1, "closed": 1, "successors": 1}
    changed, closed, succeeded = events(session)[-3:]
    assert changed[0] == "SchoolChanged"
    assert set(changed[1]["changed_fields"]) == {"status", "close_date"}
    assert closed == (
        "SchoolClosed",
        {"urn": "100001", "close_date": "2025-08-31", "successor_urn": "140001"},
    )
    assert succeeded[0] == "SchoolSucceeded"


def test_a_link_after_the_closing_takes_effect_at_once(session: Session) -> None:
    apply(session, gias(row(URN="100001", **CLOSED), row(URN="140001")))
    raw = links(("100001", "140001", "Successor - merged", "01-09-2025"))
    assert counts(apply(session, raw)) == {"rows": 1, "created": 1, "successors": 1}
    assert events(session, "SchoolSucceeded") == [
        (
            "SchoolSucceeded",
            {
                "urn": "100001",
                "successor_urn": "140001",
                "link_type": "Successor - merged",
                "established_on": "2025-09-01",
            },
        )
    ]
    assert counts(apply(session, raw)) == {"rows": 1, "unchanged": 1}
    assert len(events(session, "SchoolSucceeded")) == 1


def test_a_link_between_strangers_is_kept_in_silence(session: Session) -> None:
    assert counts(apply(session, links(("100001", "140001", "Successor", "")))) == {"rows": 1, "created": 1}
    assert events(session) == []
    assert session.get(SchoolLink, ("100001", "140001")) is not None


def test_succession_of_an_unknown_school_is_published(session: Session) -> None:
    apply(session, links(("100001", "140001", "Successor", "")))
    apply(session, gias(row(URN="140001")))
    assert [data["urn"] for _, data in events(session, "SchoolSucceeded")] == ["100001"]


def test_a_newer_link_takes_the_place_of_an_older_one(session: Session) -> None:
    apply(session, gias(row(URN="100001", **CLOSED)))
    apply(session, links(("100001", "140001", "Successor", "01-09-2024")))
    apply(session, links(("100001", "150001", "Successor", "01-09-2025")))
    assert session.get_one(School, "100001", populate_existing=True).successor_urn == "150001"
    assert [data["successor_urn"] for _, data in events(session, "SchoolSucceeded")] == ["140001", "150001"]


@pytest.mark.parametrize(
    "raw",
    [
        gias(row(URN="100001", EstablishmentName="Renamed"), row(OpenDate="soon")),
        gias(row(URN="100009"), row(URN="100009")),
        gias(row(URN="100009")).replace(b"OpenDate", b"Opened"),
        gias(row(URN="100009"), encoding="utf-32"),
        b"",
        links(("100001", "x", "Successor", "")),
    ],
)
def test_a_refused_file_changes_nothing(database: Sessions, raw: bytes) -> None:
    with database.begin() as session:
        apply(session, gias(row(URN="100001")))
    with pytest.raises(FileRefused), database.begin() as session:
        apply(session, raw)
    with database() as session:
        assert list(session.execute(select(School.urn, School.revision))) == [("100001", 1)]
        assert len(events(session)) == 1
        assert session.scalar(select(func.count(GiasImport.id))) == 1


def test_an_older_row_does_not_undo_a_newer_one(session: Session) -> None:
    newer = row(URN="100001", EstablishmentName="New name", LastChangedDate="01-06-2025")
    apply(session, gias(newer))
    result = apply(session, gias(newer | {"EstablishmentName": "Old", "LastChangedDate": "31-05-2025"}))
    assert [found.code for found in result.findings] == ["row_older"]
    assert session.get_one(School, "100001", populate_existing=True).name == "New name"


def test_an_import_leaves_the_hubs_own_knowledge_alone(session: Session) -> None:
    known = row(URN="100001")
    apply(session, gias(known))
    school = session.get_one(School, "100001")
    connection = Connection(TODAY, "enquiry")
    school.connected_on, school.connected_via = connection.connected_on, connection.via
    school.connected_by = BY
    session.flush()
    apply(session, gias(known | {"EstablishmentName": "Renamed"}))
    session.refresh(school)
    assert (school.connected_on, school.connected_via) == (TODAY, "enquiry")


def test_each_applied_file_is_on_record(session: Session) -> None:
    apply(session, gias(row(), row()), file_date=TODAY)
    record = session.scalars(select(GiasImport)).one()
    assert (record.file, record.rows, record.created, record.file_date) == ("establishments", 2, 2, TODAY)
    assert (record.applied_by, record.applied_at) == (BY, NOW)


def test_events_of_one_school_are_numbered_across_imports(session: Session) -> None:
    (urn,) = schools(session)
    for name in ("Second", "Third"):
        apply(session, gias(row(URN=urn, EstablishmentName=name)))
    revisions = select(outbox.c.revision).where(outbox.c.subject == f"schools/{urn}")
    assert list(session.scalars(revisions.order_by(outbox.c.position))) == [1, 2, 3]


def test_thousands_of_rows_take_seconds(session: Session) -> None:
    # A generous ceiling that one statement for each row would miss by far.
    started = time.monotonic()
    apply(session, gias(*[row() for _ in range(3_000)]))
    assert len(events(session)) == 3_000
    assert time.monotonic() - started < 30
