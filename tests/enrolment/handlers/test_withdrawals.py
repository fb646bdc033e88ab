"""A withdrawal by mistake: undone, or followed by a second place; what was done counts together."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    DAY,
    LATER,
    MEETS,
    MONTH,
    NOW,
    enrol,
    events,
    fill,
    group,
    meeting,
    schools,
    teacher,
)
from tests.enrolment.steps import (
    call_off,
    confirm,
    full,
    join,
    marks,
    put_task,
    register,
    running,
    say,
    shut,
    stands,
    withdraw,
)

from hub_enrolment.commands.enrolments import UndoWithdrawal
from hub_enrolment.handlers import withdrawals
from hub_enrolment.models import Enrolment, GroupSession, UndoneWithdrawal
from hub_enrolment.queries import documents
from hub_kernel.refusals import Conflict
from hub_platform.database import Sessions

NEXT_DAY = LATER + DAY


def undo(session: Session, enrolment_id: object, *, override: str | None = None) -> Enrolment:
    """Undo a withdrawal on the day after."""
    command = UndoWithdrawal(
        enrolment_id=enrolment_id,  # type: ignore[arg-type]
        reason="The wrong Ada was withdrawn.",
        override_reason=override,
    )
    return withdrawals.undo_withdrawal(session, command, now=NEXT_DAY, by="corrector")


def test_the_place_and_its_trail_and_event_are_saved_together(session: Session) -> None:
    opened, (school,) = group(session), schools(session)
    ada = teacher(session, school)
    place = enrol(session, opened.id, ada, role="lead_participant")
    withdraw(session, place)
    held = undo(session, place)
    assert (held.id, held.status, held.withdrawn_at, held.withdrawn_reason) == (place, "active", None, None)
    assert (held.enrolled_at, held.override_reason) == (NOW, None)
    (trail,) = session.scalars(select(UndoneWithdrawal)).all()
    assert (trail.withdrawn_at, trail.withdrawn_reason) == (LATER, "workload")
    assert (trail.undone_at, trail.undone_by, trail.note) == (
        NEXT_DAY,
        "corrector",
        "The wrong Ada was withdrawn.",
    )
    assert events(session, "WithdrawalUndone") == [
        (
            "WithdrawalUndone",
            {
                "enrolment_id": str(place),
                "work_group_id": str(opened.id),
                "teacher_id": str(ada),
                "urn": school,
                "role": "lead_participant",
                "enrolled_on": "2025-09-20",
                "withdrawn_on": "2025-09-20",
                "undone_on": "2025-09-21",
            },
        )
    ]


def test_a_withdrawal_can_be_undone_again_and_again_and_each_is_in_the_trail(session: Session) -> None:
    (place,) = fill(session, group(session).id, teachers_n=1, schools_n=1)
    for _ in range(2):
        withdraw(session, place)
        undo(session, place)
    assert len(session.scalars(select(UndoneWithdrawal)).all()) == 2


@pytest.mark.parametrize("what", ["active", "cancelled", "enrolled again"])
def test_a_refused_undoing_writes_nothing(database: Sessions, what: str) -> None:
    with database.begin() as session:
        opened, (school,) = group(session), schools(session)
        ada = teacher(session, school)
        place = enrol(session, opened.id, ada)
        if what != "active":
            withdraw(session, place)
        if what == "cancelled":
            call_off(session, opened.id)
        if what == "enrolled again":
            enrol(session, opened.id, ada, now=NEXT_DAY)
        before = events(session)
    codes = {"active": "not_withdrawn", "cancelled": "work_group_over", "enrolled again": "already_enrolled"}
    with pytest.raises(Conflict, match=codes[what]), database.begin() as session:
        undo(session, place, override="must be")
    with database() as session:
        assert events(session) == before
        assert session.scalars(select(UndoneWithdrawal)).all() == []


def test_a_place_that_has_been_offered_to_another_is_given_back_by_an_override(session: Session) -> None:
    _, (place, _), (entry, _) = full(session)
    withdraw(session, place)
    assert stands(session, entry) == ["offered"]
    with pytest.raises(Conflict, match="work_group_full"):
        undo(session, place)
    assert undo(session, place, override="The hub's mistake.").override_reason == "The hub's mistake."
    assert stands(session, entry) == ["offered"]


def test_who_waits_after_a_withdrawal_waits_no_longer(session: Session) -> None:
    opened, (place, other), (entry,) = full(session, waiting_n=1)
    withdraw(session, place)
    own = join(session, opened.id, session.get_one(Enrolment, place).teacher_id, now=LATER).row
    withdraw(session, other)
    assert stands(session, entry, own) == ["offered", "offered"]
    assert undo(session, place).override_reason is None
    assert stands(session, entry, own) == ["offered", "left"]


def test_a_group_at_risk_is_confirmed_again(session: Session) -> None:
    opened = group(session)
    places = fill(session, opened.id, teachers_n=10, schools_n=6)
    confirm(session, opened.id)
    withdraw(session, places[5])
    assert opened.status == "at_risk"
    undo(session, places[5])
    assert opened.status == "confirmed"
    types = [type_ for type_, _ in events(session)][-3:]
    assert types == ["WorkGroupFellBelowMinimum", "WithdrawalUndone", "WorkGroupConfirmed"]


@pytest.mark.parametrize("way", ["undone", "second place"])
def test_marks_and_tasks_from_before_and_after_a_mistake_complete_together(
    session: Session, way: str
) -> None:
    opened, places, ids = running(session, sessions_n=4)
    place, *others = places
    task = put_task(session, opened.id, ids[0], ids[1])
    for session_id in ids[:2]:
        register(session, session_id, marks(places))
    say(session, task.id, place, "reported")
    for other in others:
        say(session, task.id, other, "reported")
    withdraw(session, place, now=MEETS + MONTH + DAY)
    if way == "undone":
        held = withdrawals.undo_withdrawal(
            session, UndoWithdrawal(enrolment_id=place, reason="Mistake."), now=MEETS + MONTH + 2 * DAY, by=BY
        ).id
    else:
        row = session.get_one(Enrolment, place)
        opened.closes_at = MEETS + 2 * MONTH
        held = enrol(session, opened.id, row.teacher_id, now=MEETS + MONTH + 2 * DAY)
    for session_id in ids[2:]:
        register(session, session_id, marks([held, *others]))
    shut(session, opened.id)
    assert session.get_one(Enrolment, held).status == "completed"
    printed = documents.certificate(session, session.get_one(Enrolment, held))
    assert (printed.sessions_n, printed.held_n) == (4, 4)


def test_a_participant_who_withdraws_at_noon_is_marked_for_the_morning_only(session: Session) -> None:
    opened, places, _ = running(session, sessions_n=0)
    morning = meeting(session, opened.id, starts_at=MEETS)
    noon = MEETS + (morning.ends_at - morning.starts_at)
    evening = meeting(session, opened.id, starts_at=noon + DAY / 12)
    withdraw(session, places[0], now=noon)
    sheets = [
        documents.attendance_sheet(session, session.get_one(GroupSession, one.id))
        for one in (morning, evening)
    ]
    assert [len(sheet.attendees) for sheet in sheets] == [3, 2]
    register(session, morning.id, marks(places))
    register(session, evening.id, marks(places[1:]))
    assert [len(data["marks"]) for _, data in events(session, "SessionCompleted")] == [3, 2]
