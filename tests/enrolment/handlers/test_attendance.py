"""Apologies before a register, corrections after it: when, whose, told once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, MEETS, NOW, enrol, events, fill, group, meeting, schools, teacher
from tests.enrolment.steps import withdraw

from hub_enrolment.commands.attendance import CorrectAttendance, ReceiveApologies
from hub_enrolment.commands.enrolments import UndoWithdrawal
from hub_enrolment.commands.sessions import CancelSession, TakeRegister
from hub_enrolment.domain.sessions import REGISTER_OPEN, Mark
from hub_enrolment.handlers import attendance, sessions, withdrawals
from hub_enrolment.models import Apologies, Attendance, AttendanceCorrection, GroupSession
from hub_enrolment.store import sessions as store
from hub_enrolment.store.sessions import find_session
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

INSTANT = timedelta(microseconds=1)


ENDS = MEETS + timedelta(hours=3)


LOCKED = MEETS + REGISTER_OPEN


DAY = timedelta(days=1)


def ready(session: Session) -> tuple[UUID, list[UUID]]:
    """A session and two places on its group."""
    opened = group(session)
    places = fill(session, opened.id, teachers_n=2, schools_n=2)
    return meeting(session, opened.id).id, places


def apologise(
    session: Session, session_id: UUID, place: UUID, received_at: datetime | None = None, now: datetime = NOW
) -> bool:
    command = ReceiveApologies(session_id=session_id, enrolment_id=place, received_at=received_at)
    return attendance.receive_apologies(session, command, now=now, by=BY)[1]


def register(session: Session, session_id: UUID, *marks: Mark, now: datetime = ENDS) -> None:
    command = TakeRegister(session_id=session_id, held_on=None, marks=list(marks))
    expected = find_session(session, session_id).revision
    sessions.take_register(session, command, expected=expected, now=now, by=BY)


def correct(
    session: Session, session_id: UUID, place: UUID, mark: str, *, now: datetime = LOCKED, **changes: Any
) -> GroupSession:
    values = {"notified_at": None, "reason": "register_mistake", "note": "She signed the sheet."} | changes
    command = CorrectAttendance(session_id=session_id, enrolment_id=place, mark=mark, **values)
    return attendance.correct_attendance(session, command, now=now, by=BY)


def marked(place: UUID, mark: str = "present", notified_at: datetime | None = None) -> Mark:
    return Mark(enrolment_id=place, mark=mark, notified_at=notified_at)


def test_apologies_are_published_once(session: Session) -> None:
    session_id, (ada, _) = ready(session)
    assert apologise(session, session_id, ada, MEETS - timedelta(days=7, minutes=1), now=MEETS - DAY)
    assert not apologise(session, session_id, ada, MEETS - timedelta(days=7, minutes=1), now=MEETS)
    assert not apologise(session, session_id, ada, now=MEETS)
    ((_, told),) = events(session, "ApologiesReceived")
    assert (told["enrolment_id"], told["notice_hours"]) == (str(ada), 168)
    (noted,) = session.scalars(select(Apologies))
    assert (noted.noted_by, noted.noted_at) == (BY, MEETS - DAY)
    with pytest.raises(Refused, match="apologies_known"):
        apologise(session, session_id, ada, MEETS - DAY, now=MEETS)


@pytest.mark.parametrize(
    ("received_at", "now", "code"),
    [
        (NOW, NOW, None),
        (NOW + INSTANT, NOW, "received_in_future"),
        (ENDS - INSTANT, ENDS + DAY, None),
        (ENDS, ENDS + DAY, "apologies_too_late"),
        (None, ENDS, "apologies_too_late"),
    ],
)
def test_apologies_come_before_the_session_ends(
    session: Session, received_at: datetime | None, now: datetime, code: str | None
) -> None:
    session_id, (ada, _) = ready(session)
    if code is None:
        assert apologise(session, session_id, ada, received_at, now=now)
    else:
        with pytest.raises(Refused, match=code):
            apologise(session, session_id, ada, received_at, now=now)


def test_refused_apologies_write_nothing(database: Sessions) -> None:
    with database.begin() as session:
        session_id, _ = ready(session)
        (elsewhere,) = fill(session, group(session).id, teachers_n=1, schools_n=1)
    for stranger in (uuid4(), elsewhere):
        with pytest.raises(Refused, match="not_enrolled"), database.begin() as session:
            apologise(session, session_id, stranger)
    with database() as session:
        assert session.scalar(select(func.count()).select_from(Apologies)) == 0
        assert events(session, "ApologiesReceived") == []


def test_a_cancelled_session_needs_no_apologies(session: Session) -> None:
    session_id, (ada, _) = ready(session)
    command = CancelSession(session_id=session_id, reason="weather")
    sessions.cancel_session(session, command, now=NOW, by=BY)
    with pytest.raises(Refused, match="session_cancelled"):
        apologise(session, session_id, ada)


def test_a_register_says_when_known_apologies_came(session: Session) -> None:
    session_id, (ada, emmy) = ready(session)
    received_at = MEETS - 8 * DAY
    apologise(session, session_id, ada, received_at, now=MEETS - DAY)
    register(session, session_id, marked(ada, "apologies"), marked(emmy, "apologies", MEETS - 2 * DAY))
    assert set(store.marks(session, session_id)) == {
        marked(ada, "apologies", received_at),
        marked(emmy, "apologies", MEETS - 2 * DAY),
    }
    ((_, told),) = events(session, "SessionCompleted")
    assert {mark["enrolment_id"]: mark["notice_hours"] for mark in told["marks"]} == {
        str(ada): 192,
        str(emmy): 48,
    }
    register(session, session_id, marked(ada, "apologies"), marked(emmy, "apologies", MEETS - 2 * DAY))
    assert len(events(session, "SessionCompleted")) == 1
    with pytest.raises(Refused, match="register_taken"):
        apologise(session, session_id, emmy, MEETS - DAY, now=ENDS)


def test_who_apologised_and_came_is_present(session: Session) -> None:
    session_id, (ada, emmy) = ready(session)
    apologise(session, session_id, ada)
    register(session, session_id, marked(ada), marked(emmy))
    assert marked(ada) in store.marks(session, session_id)


def test_a_locked_register_is_corrected_mark_by_mark(session: Session) -> None:
    session_id, (ada, emmy) = ready(session)
    register(session, session_id, marked(ada, "absent"), marked(emmy))
    corrected = correct(session, session_id, ada, "late")
    assert (corrected.revision, corrected.status) == (3, "completed")
    correct(session, session_id, ada, "late")
    ((_, told),) = events(session, "AttendanceCorrected")
    assert told == {
        "session_id": str(session_id),
        "work_group_id": str(corrected.work_group_id),
        "enrolment_id": str(ada),
        "old": "absent",
        "new": "late",
        "reason": "register_mistake",
    }
    (kept,) = session.scalars(select(AttendanceCorrection))
    assert (kept.old, kept.new, kept.note, kept.corrected_by) == (
        "absent",
        "late",
        "She signed the sheet.",
        BY,
    )
    row = session.get_one(Attendance, (session_id, ada))
    assert (row.mark, row.marked_at) == ("late", LOCKED)


def test_a_correction_to_apologies_says_their_notice(session: Session) -> None:
    session_id, (ada, emmy) = ready(session)
    register(session, session_id, marked(ada, "absent"), marked(emmy))
    correct(session, session_id, ada, "apologies", notified_at=MEETS - 7 * DAY, reason="told_later")
    ((_, told),) = events(session, "AttendanceCorrected")
    assert (told["new"], told["notice_hours"], told["reason"]) == ("apologies", 168, "told_later")


@pytest.mark.parametrize(
    ("now", "code"), [(LOCKED - INSTANT, "register_open"), (LOCKED, None), (LOCKED + 300 * DAY, None)]
)
def test_corrections_begin_where_the_register_ends(session: Session, now: datetime, code: str | None) -> None:
    session_id, (ada, emmy) = ready(session)
    register(session, session_id, marked(ada, "absent"), marked(emmy), now=LOCKED - INSTANT)
    if code is None:
        correct(session, session_id, ada, "present", now=now)
    else:
        with pytest.raises(Refused, match=code):
            correct(session, session_id, ada, "present", now=now)


def test_a_refused_correction_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        untaken, (ada, emmy) = ready(session)
        session_id, (sofia, mary) = ready(session)
        register(session, session_id, marked(sofia), marked(mary))
    cases: list[tuple[UUID, UUID, str, dict[str, Any], str]] = [
        (untaken, ada, "present", {}, "register_not_taken"),
        (session_id, emmy, "present", {}, "not_marked"),
        (session_id, sofia, "absent", {"notified_at": NOW}, "notice_without_apologies"),
        (session_id, sofia, "apologies", {"notified_at": LOCKED + INSTANT}, "received_in_future"),
    ]
    for meeting_id, place, mark, changes, code in cases:
        with pytest.raises(Refused, match=code), database.begin() as session:
            correct(session, meeting_id, place, mark, **changes)
    with database() as session:
        assert session.scalar(select(func.count()).select_from(AttendanceCorrection)) == 0
        assert events(session, "AttendanceCorrected") == []
        assert session.get_one(Attendance, (session_id, sofia)).mark == "present"


def test_a_locked_register_gains_the_mark_of_a_participant_who_was_withdrawn_by_mistake(
    session: Session,
) -> None:
    """The session was held while the place was withdrawn; undone later, it was held all the time."""
    session_id, (ada, emmy) = ready(session)
    withdraw(session, ada)
    register(session, session_id, marked(emmy))
    with pytest.raises(Refused, match="not_marked"):
        correct(session, session_id, ada, "present")
    undo = UndoWithdrawal(enrolment_id=ada, reason="The wrong Ada was withdrawn.", override_reason=None)
    withdrawals.undo_withdrawal(session, undo, now=LOCKED, by=BY)
    for _ in range(2):  # the same again changes nothing
        assert correct(session, session_id, ada, "late", reason="evidence_seen").revision == 3
    (kept,) = session.scalars(select(AttendanceCorrection))
    assert (kept.enrolment_id, kept.old, kept.new, kept.reason) == (ada, None, "late", "evidence_seen")
    _, (_, told) = events(session, "SessionCompleted")
    assert {one["enrolment_id"]: one["mark"] for one in told["marks"]} == {
        str(ada): "late",
        str(emmy): "present",
    }
    assert (told["present_n"], told["schools_present_n"]) == (2, 2)
    assert events(session, "AttendanceCorrected") == []
    correct(session, session_id, ada, "present")
    ((_, corrected),) = events(session, "AttendanceCorrected")
    assert (corrected["old"], corrected["new"]) == ("late", "present")


def test_a_mark_is_not_added_for_a_place_that_was_given_after_the_session(session: Session) -> None:
    opened = group(session, closes_at=MEETS + 9 * DAY)
    places = fill(session, opened.id, teachers_n=2, schools_n=2)
    session_id = meeting(session, opened.id).id
    register(session, session_id, *map(marked, places))
    late = enrol(session, opened.id, teacher(session, schools(session)[0]), now=MEETS + DAY)
    with pytest.raises(Refused, match="not_marked"):
        correct(session, session_id, late, "present")
