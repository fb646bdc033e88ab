"""Attendance, commitment and classroom tasks: their denominators, and what counts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.reporting import factories as make
from tests.reporting import group_work as happened
from tests.reporting.conftest import NOW, Receive
from tests.reporting.factories import an_id, delivered
from tests.reporting.plain import register, school

from hub_contracts import Event
from hub_contracts.enrolment import Mark, ParticipantWithdrawn, PlaceSchoolCorrected, WithdrawalUndone
from hub_contracts.vocabulary import AttendanceMark, ParticipantRole, WithdrawalReason
from hub_platform.database import Sessions
from hub_reporting.commands import ReportQuery
from hub_reporting.config import Options
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.participation import Counted, participation
from hub_reporting.domain.reports import Report
from hub_reporting.queries.reports import run_report

OCTOBER, NOVEMBER = date(2025, 10, 8), date(2025, 11, 5)
INSTANT = timedelta(microseconds=1)
Run = Callable[[str], Report]


def test_school_and_its_successor_count_once_on_a_group() -> None:
    known = register(school("NEW"), school("OLD", status="closed"), uOLD="NEW")
    found = participation(
        [
            Counted("b", "Ratio", "OLD", 4, 2, 3),
            Counted("b", "Ratio", "NEW", 3, 3, 3),
            Counted("a", "Algebra", "OLD", 1, 0, 0),
        ],
        known,
    )
    assert found.parts == (Counted("a", "Algebra", "NEW", 1, 0, 0), Counted("b", "Ratio", "NEW", 7, 5, 6))
    assert (found.done, found.commitment) == (Ratio(5, 8), Ratio(6, 8))
    by_group = found.by(lambda part: part.work_group_id)
    assert {name: one.done for name, one in by_group.items()} == {"a": Ratio(0, 1), "b": Ratio(5, 7)}
    assert all(check.holds for check in [*found.checks("marks"), *found.commitment_checks()])


def test_check_fails_for_impossible_figures() -> None:
    found = participation([Counted("a", "Algebra", "1", 2, 3, 1)], register())
    assert [check.holds for check in [*found.checks("marks"), *found.commitment_checks()]] == [False, False]


@pytest.fixture(name="run")
def _run(sessions: Sessions, options: Options, receive: Receive) -> Run:
    receive(
        [
            make.school("110001"),
            make.group("Fractions"),
            make.place("Fractions", "Ada", "110001"),
            make.session("Fractions", 1, OCTOBER),
            make.session("Fractions", 2, NOVEMBER),
        ]
    )

    def run(name: str) -> Report:
        begins, ends = date(2025, 9, 1), date(2026, 8, 31)
        with sessions.begin() as session:
            return run_report(
                session, ReportQuery(name=name, starts_on=begins, ends_on=ends), options=options, now=NOW
            )

    return run


@pytest.mark.parametrize(
    ("mark", "notice_hours", "attended", "committed"),
    [
        ("present", None, 1, 1),
        ("late", None, 1, 1),
        ("left_early", None, 0, 0),
        ("apologies", 168, 0, 1),
        ("apologies", 167, 0, 0),
        ("apologies", None, 0, 0),
        ("absent", None, 0, 0),
    ],
)
def test_apologies_a_week_before_are_commitment(
    run: Run, receive: Receive, mark: str, notice_hours: int | None, attended: int, committed: int
) -> None:
    taken = make.register("Fractions", 1, OCTOBER, [("Ada", "110001", mark)])
    receive([replace(taken, marks=[replace(taken.marks[0], notice_hours=notice_hours)])])
    report = run("attendance")
    assert (report.n, report.of) == (attended, 1)
    assert report.figures["commitment"]["n"] == committed
    (row,) = report.rows
    assert (row["attended_n"], row["committed_n"], row["marks_n"]) == (attended, committed, 1)


def test_corrected_mark_counts_with_its_own_notice(run: Run, receive: Receive) -> None:
    apologies = Mark(
        enrolment_id=an_id("Fractions/Ada"), urn="110001", mark=AttendanceMark.APOLOGIES, notice_hours=200
    )
    taken = make.register("Fractions", 1, OCTOBER, [("Ada", "110001", "absent")])
    receive([delivered(replace(taken, marks=[apologies]), 1)])
    assert run("attendance").figures["commitment"]["n"] == 1
    receive([delivered(make.corrected("Fractions", 1, "Ada", "apologies", "apologies"), 2)])
    assert run("attendance").figures["commitment"]["n"] == 0, "no notice is known any more"
    told = replace(make.corrected("Fractions", 1, "Ada", "apologies", "apologies"), notice_hours=169)
    receive([delivered(told, 3)])
    assert run("attendance").figures["commitment"]["n"] == 1


def due(run: Run) -> tuple[int, int | None]:
    report = run("task-completion")
    return report.n, report.of


def test_a_task_is_due_once_its_session_has_been_held(run: Run, receive: Receive) -> None:
    receive([happened.task("Fractions", 2), happened.reported("Fractions", 2, "Ada")])
    assert due(run) == (0, 0)
    receive([make.register("Fractions", 2, NOVEMBER, [("Ada", "110001", "present")])])
    assert due(run) == (1, 1)


@pytest.mark.parametrize(
    ("status", "n"), [("not_started", 0), ("tried", 0), ("reported", 1), ("discussed", 1)]
)
def test_reported_task_is_complete(run: Run, receive: Receive, status: str, n: int) -> None:
    receive(
        [happened.task("Fractions", 2), make.register("Fractions", 2, NOVEMBER, [("Ada", "110001", "late")])]
    )
    receive([delivered(happened.reported("Fractions", 2, "Ada", status), 2)])
    assert due(run) == (n, 1)


def test_task_is_due_from_participants_of_the_day(run: Run, receive: Receive) -> None:
    receive(
        [happened.task("Fractions", 2), make.register("Fractions", 2, NOVEMBER, [("Ada", "110001", "late")])]
    )
    receive(
        [
            make.place("Fractions", "That day", "110001", NOVEMBER),
            make.place("Fractions", "Later", "110001", date(2025, 11, 6)),
            *gone("That very day", NOVEMBER),
            *gone("The day after", date(2025, 11, 6)),
        ]
    )
    reporters = ("That day", "Later", "That very day", "The day after")
    reports = [happened.reported("Fractions", 2, name) for name in reporters]
    receive([delivered(report, n) for n, report in enumerate(reports, start=2)])
    assert due(run) == (2, 3), "of Ada, who said nothing, and of two of the four who reported"


def test_task_is_due_from_a_participant_who_withdrew_after_the_session_began(
    run: Run, receive: Receive
) -> None:
    meeting = make.session("Fractions", 2, NOVEMBER)
    receive([happened.task("Fractions", 2), make.register("Fractions", 2, NOVEMBER, [])])
    for name, after in (("Before", -INSTANT), ("At the start", 0 * INSTANT), ("Just after", INSTANT)):
        place, withdrawn = gone(name, NOVEMBER)
        receive([delivered(place), delivered(withdrawn, 2, at=meeting.starts_at + after)])
    assert due(run) == (0, 2), "of Ada, and of the one who withdrew just after the start"


def test_undone_withdrawal_counts_from_the_first_day_in_any_order(run: Run, receive: Receive) -> None:
    place, withdrawn = gone("Emmy", OCTOBER)
    same = {name: getattr(place, name) for name in ("enrolment_id", "work_group_id", "teacher_id", "urn")}
    undone = WithdrawalUndone(
        **same,
        role=ParticipantRole.PARTICIPANT,
        enrolled_on=OCTOBER,
        withdrawn_on=OCTOBER,
        undone_on=NOVEMBER,
    )
    receive([happened.task("Fractions", 2), make.register("Fractions", 2, NOVEMBER, [])])
    receive([delivered(undone, 3), delivered(place), delivered(withdrawn, 2), delivered(undone, 3)])
    assert due(run) == (0, 2)


def gone(teacher: str, on: date) -> list[Event]:
    place = make.place("Fractions", teacher, "110001")
    same = {name: getattr(place, name) for name in ("enrolment_id", "work_group_id", "teacher_id", "urn")}
    return [place, ParticipantWithdrawn(**same, reason=WithdrawalReason.WORKLOAD, withdrawn_on=on)]


def test_a_corrected_place_and_its_marks_count_for_the_right_school(run: Run, receive: Receive) -> None:
    receive([make.school("110002")])
    receive([make.register("Fractions", 1, OCTOBER, [("Ada", "110001", "present")])])
    place = make.place("Fractions", "Ada", "110001")
    names = ("enrolment_id", "work_group_id", "teacher_id", "role", "enrolled_on")
    right = PlaceSchoolCorrected(
        **{name: getattr(place, name) for name in names}, urn="110002", from_urn="110001"
    )
    receive([delivered(right, 2), delivered(place), delivered(right, 2)])
    assert [(row["urn"], row["marks_n"]) for row in run("attendance").rows] == [("110002", 1)]


@pytest.mark.parametrize(("reported_with", "n"), [(None, 0), ("Emmy", 1), ("Emmy again", 1)])
def test_task_is_due_once_from_a_teacher_enrolled_again_on_the_day(
    run: Run, receive: Receive, reported_with: str | None, n: int
) -> None:
    """The first place is withdrawn after the session began, the second enrolled later that day."""
    meeting = make.session("Fractions", 2, NOVEMBER)
    place, withdrawn = gone("Emmy", NOVEMBER)
    again = replace(make.place("Fractions", "Emmy again", "110001", NOVEMBER), teacher_id=an_id("Emmy"))
    receive([happened.task("Fractions", 2), make.register("Fractions", 2, NOVEMBER, [])])
    receive([delivered(place), delivered(withdrawn, 2, at=meeting.starts_at + INSTANT), delivered(again)])
    if reported_with is not None:
        receive([happened.reported("Fractions", 2, reported_with)])
    assert due(run) == (n, 2), "of Ada, and of Emmy once"
