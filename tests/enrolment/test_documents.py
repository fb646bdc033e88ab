"""Papers: who stands on them, and that they are PDF that a screen reader can read."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from tests.enrolment import factories
from tests.enrolment.desk import Desk, problem
from tests.enrolment.factories import MEETS, NOW
from tests.support.services import RunningService

from hub_enrolment.commands.enrolments import WithdrawParticipant
from hub_enrolment.handlers import documents, enrolments
from hub_enrolment.templates.facts import AttendanceSheet, Attendee, Certificate, Paper
from hub_enrolment.templates.printing import FOLDER, TEMPLATES, printed

SHEET = AttendanceSheet(
    group="Proportion and ratio",
    session="Session 2",
    day="Wednesday 8 October 2025",
    time="13:30 to 16:30",
    place="Online",
    leads=("Ada Lovelace",),
    attendees=(Attendee(name="Noether, Emmy", school="Hillside", note=""),),
)
CERTIFICATE = Certificate(
    hub="Cambridge Maths Hub",
    name="Emmy Noether",
    school="Hillside",
    programme="Continuity",
    group="Proportion and ratio",
    academic_year="2025/26",
    completed_on="8 July 2026",
    sessions_n=1,
    hours="3",
)


@pytest.mark.parametrize("paper", [SHEET, CERTIFICATE])
def test_a_paper_is_tagged_pdf_with_a_title_and_a_language(paper: Paper) -> None:
    pdf = printed(paper)
    assert pdf.startswith(b"%PDF-")
    for told in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"pdfuaid"):
        assert told in pdf, told


def test_every_template_is_some_papers() -> None:
    assert {path.name for path in FOLDER.glob("[!_]*.typ")} == set(TEMPLATES.values())


@pytest.mark.parametrize("typed", ["#panic()", "*[", "]] $x$ \\", '"', "<a>", "@b", "Łucja ́", "李"])
def test_what_somebody_typed_is_text_and_no_markup(typed: str) -> None:
    assert printed(AttendanceSheet(**vars(SHEET) | {"group": typed, "leads": (typed,)}))
    assert printed(Certificate(**vars(CERTIFICATE) | {"name": typed}))


def test_a_sheet_names_who_holds_a_place_that_day_in_the_order_of_their_names(session: Session) -> None:
    group = factories.group(session)
    urn = factories.schools(session)[0]
    names = [("Emmy", "Noether"), ("Grace", "de Morgan"), ("Ada", "Byron"), ("Left", "Before")]
    places = [
        factories.enrol(session, group.id, factories.teacher(session, urn, given=given, family=family))
        for given, family in names
    ]
    leaving = WithdrawParticipant(enrolment_id=places[3], reason="workload")
    enrolments.withdraw_participant(session, leaving, now=NOW + timedelta(days=1), by="tester")
    sheet = documents.attendance_sheet(session, factories.meeting(session, group.id))
    assert [one.name for one in sheet.attendees] == ["Byron, Ada", "de Morgan, Grace", "Noether, Emmy"]
    assert {one.school for one in sheet.attendees} == {f"School {urn}"}
    assert (sheet.session, sheet.day, sheet.time, sheet.place) == (
        "Session 1",
        "Wednesday 8 October 2025",
        "13:30 to 16:30",  # British Summer Time
        "Online",
    )
    assert sheet.leads == ("Ada Lovelace",)


def test_a_sheet_says_where(session: Session) -> None:
    group = factories.group(session, venue="Comberton Village College")
    meeting = factories.meeting(session, group.id)
    meeting.mode = "in_person"
    assert documents.attendance_sheet(session, meeting).place == "Comberton Village College"
    meeting.host_urn = factories.schools(session)[0]
    assert documents.attendance_sheet(session, meeting).place == f"At School {meeting.host_urn}"
    meeting.host_urn, group.venue = None, None
    assert documents.attendance_sheet(session, meeting).place == "Venue to be announced"


def test_a_sheet_is_printed_over_http_and_kept_by_no_cache(desk: Desk) -> None:
    group_id = desk.group()
    desk.fill(group_id, teachers_n=2, schools_n=1)
    reply = desk.get(f"sessions/{desk.session(group_id)}/attendance-sheet")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/pdf")
    assert reply.headers["Cache-Control"] == "private, no-store"


def test_a_sheet_of_no_session_is_404(desk: Desk) -> None:
    assert problem(desk.get(f"sessions/{uuid4()}/attendance-sheet")) == (404, "unknown_session", [])


def test_a_lead_prints_the_sheets_of_their_own_groups_only(desk: Desk, enrolment: RunningService) -> None:
    own, other = desk.lead(), desk.lead()
    session_id = desk.session(desk.group(lead_ids=[own]))
    path = f"/enrolment/v1/sessions/{session_id}/attendance-sheet"
    statuses = [lead_of(enrolment, lead)("GET", path).status for lead in (own, other)]
    assert statuses == [200, 403]
