"""Sessions and registers: saved with their events, or nothing."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, MEETS, NOW, enrol, events, fill, group, meeting, schools, teacher
from tests.enrolment.register_files import urn
from tests.enrolment.steps import marks

from hub_enrolment.commands.enrolments import WithdrawParticipant
from hub_enrolment.commands.sessions import ScheduleSession, TakeRegister
from hub_enrolment.commands.work_groups import ConfirmWorkGroup
from hub_enrolment.domain.sessions import Mark
from hub_enrolment.handlers import sessions, work_groups
from hub_enrolment.handlers.enrolments import withdraw_participant
from hub_enrolment.models import Attendance, GroupSession, WorkGroup
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions

AFTER = MEETS + timedelta(hours=4)


def take(
    session: Session,
    session_id: UUID,
    given: list[Mark],
    *,
    expected: int | None = 1,
    held_on: date | None = None,
) -> GroupSession:
    command = TakeRegister(session_id=session_id, held_on=held_on, marks=given)
    return sessions.take_register(session, command, expected=expected, now=AFTER, by=BY)[0]


def ready(session: Session, teachers_n: int = 10, schools_n: int = 6) -> tuple[WorkGroup, list[UUID], UUID]:
    """A confirmed group, its places, and the first of its two sessions."""
    opened = group(session)
    places = fill(session, opened.id, teachers_n=teachers_n, schools_n=schools_n)
    command = ConfirmWorkGroup(work_group_id=opened.id, override_reason="a small group for a test")
    work_groups.confirm_work_group(session, command, now=NOW, by=BY)
    first, _ = (meeting(session, opened.id, starts_at=MEETS + n * timedelta(days=30)) for n in (0, 1))
    return opened, places, first.id


def test_sessions_are_numbered_within_their_group(session: Session) -> None:
    opened = group(session)
    held = [meeting(session, opened.id, starts_at=MEETS + n * timedelta(days=30)) for n in range(3)]
    other = meeting(session, group(session).id)
    assert ([one.seq for one in held], other.seq) == ([1, 2, 3], 1)
    assert events(session, "SessionScheduled")[0][1] == {
        "session_id": str(held[0].id),
        "work_group_id": str(opened.id),
        "seq": 1,
        "starts_at": "2025-10-08T12:30:00Z",
        "ends_at": "2025-10-08T15:30:00Z",
        "mode": "online",
        "ics_sequence": 0,
    }


def test_a_session_at_an_unknown_school_is_not_scheduled(database: Sessions) -> None:
    with database.begin() as session:
        opened = group(session)
    command = ScheduleSession(
        work_group_id=opened.id,
        starts_at=MEETS,
        ends_at=AFTER,
        mode="school_hosted",
        host_urn=urn(),
    )
    with pytest.raises(Refused, match="unknown_school"), database.begin() as session:
        sessions.schedule_session(session, command, now=NOW, by=BY)
    with database() as session:
        assert session.scalar(select(func.count(GroupSession.id))) == 0
        assert events(session, "SessionScheduled") == []


def test_a_register_completes_the_session_and_the_group_runs(session: Session) -> None:
    opened, places, session_id = ready(session)
    meeting(session, opened.id, starts_at=MEETS + timedelta(days=28))
    held = take(session, session_id, marks(places, "absent", "late", "apologies"))
    assert (held.status, held.held_on, held.revision, opened.status) == (
        "completed",
        date(2025, 10, 8),
        2,
        "running",
    )
    (told,) = events(session, "SessionCompleted")
    assert (told[1]["held_on"], told[1]["present_n"], told[1]["schools_present_n"]) == ("2025-10-08", 8, 6)
    assert sorted(mark["mark"] for mark in told[1]["marks"]) == [
        "absent",
        "apologies",
        "late",
        *["present"] * 7,
    ]
    written = session.scalars(select(Attendance)).all()
    assert {(one.marked_by, one.marked_at) for one in written} == {(BY, AFTER)}


def test_the_same_register_again_changes_nothing_whatever_it_has_seen(session: Session) -> None:
    _, places, session_id = ready(session)
    take(session, session_id, marks(places))
    for expected in (1, 2, 0):
        again = take(session, session_id, marks(places[::-1]), expected=expected)
        assert again.revision == 2
    assert len(events(session, "SessionCompleted")) == 1


def test_another_register_corrects_and_is_published_again(session: Session) -> None:
    opened, places, session_id = ready(session)
    meeting(session, opened.id, starts_at=MEETS + timedelta(days=28))
    take(session, session_id, marks(places))
    corrected = take(session, session_id, marks(places, "absent"), expected=2)
    assert (corrected.revision, opened.status) == (3, "running")
    assert [data["present_n"] for _, data in events(session, "SessionCompleted")] == [10, 9]


def refused(database: Sessions, session_id: UUID, given: list[Mark], *, expected: int | None = 1) -> Refused:
    with pytest.raises(Refused) as caught, database.begin() as session:
        take(session, session_id, given, expected=expected)
    return caught.value


def test_a_refused_register_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        _, places, session_id = ready(session)
    stranger = refused(database, session_id, [*marks(places), Mark(enrolment_id=uuid4(), mark="present")])
    assert (stranger.code, stranger.pointer) == ("not_enrolled", "/marks/10/enrolment_id")
    assert refused(database, session_id, marks(places[1:])).code == "not_everyone_marked"
    assert refused(database, session_id, marks([*places, places[0]])).code == "marked_twice"
    assert refused(database, session_id, marks(places), expected=7).kind == "stale"
    assert refused(database, uuid4(), marks(places)).code == "unknown_session"
    with database() as session:
        assert session.scalar(select(func.count()).select_from(Attendance)) == 0
        assert session.get_one(GroupSession, session_id).status == "scheduled"
        assert events(session, "SessionCompleted") == []


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_correction_needs_the_revision_that_it_corrects(database: Sessions, expected: int) -> None:
    with database.begin() as session:
        _, places, session_id = ready(session)
        take(session, session_id, marks(places))
    assert refused(database, session_id, marks(places, "late"), expected=expected).code == "stale"


def test_a_place_of_another_group_is_not_enrolled_here(session: Session) -> None:
    _, places, session_id = ready(session, teachers_n=2, schools_n=2)
    (elsewhere,) = fill(session, group(session).id, teachers_n=1, schools_n=1)
    with pytest.raises(Refused, match="not_enrolled"):
        take(session, session_id, marks([*places, elsewhere]))


def test_who_withdrew_before_the_session_is_not_marked(session: Session) -> None:
    _, places, session_id = ready(session)
    command = WithdrawParticipant(enrolment_id=places[0], reason="illness")
    withdraw_participant(session, command, now=MEETS - timedelta(days=1), by=BY)
    with pytest.raises(Refused, match="not_enrolled"):
        take(session, session_id, marks(places))
    take(session, session_id, marks(places[1:]))
    assert stored(session, session_id) == dict.fromkeys(places[1:], "present")


def test_who_withdrew_after_the_session_is_marked(session: Session) -> None:
    _, places, session_id = ready(session)
    command = WithdrawParticipant(enrolment_id=places[0], reason="illness")
    withdraw_participant(session, command, now=MEETS + timedelta(days=1), by=BY)
    take(session, session_id, marks(places, "late"))
    assert stored(session, session_id) == dict.fromkeys(places, "present") | {places[0]: "late"}


def stored(session: Session, session_id: UUID) -> dict[UUID, str]:
    """The mark of each place in the register."""
    written = session.scalars(select(Attendance).where(Attendance.session_id == session_id))
    return {one.enrolment_id: one.mark for one in written}


def test_who_joined_after_the_session_is_not_marked(session: Session) -> None:
    opened = group(session, closes_at=MEETS + timedelta(days=9))
    places = fill(session, opened.id, teachers_n=2, schools_n=2)
    session_id = meeting(session, opened.id).id
    late = teacher(session, schools(session)[0])
    enrol(session, opened.id, late, now=MEETS + timedelta(days=1))
    take(session, session_id, marks(places))
    assert stored(session, session_id) == dict.fromkeys(places, "present")
