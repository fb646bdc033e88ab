"""A merger and an erasure change only the rows of the people concerned."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.enrolment.belongings import Hall
from tests.enrolment.changes import all_rows, changes_of
from tests.enrolment.factories import BY, MEETS, NOW, group, leader, schools, teacher
from tests.support.changes import Row, Rows

from hub_enrolment.models import PDDayRegistration, WaitingEntry, WorkGroupLead
from hub_enrolment.store import erasures, mergers, waiting_list
from hub_enrolment.store.mergers import REFERRING

LATER = MEETS + timedelta(days=1)


def rows_of(session: Session, *people: UUID) -> Rows:
    """Every row that names one of these people, and every row about one of their places."""
    rows = all_rows(session)
    places = {
        key[0] for (table, key), row in rows.items() if table == "enrolments" if row["teacher_id"] in people
    }
    return {
        row: values
        for row, values in rows.items()
        if values.get("teacher_id") in people or values.get("enrolment_id") in places
    }


def tables_of(rows: set[Row]) -> set[str]:
    return {table for table, _ in rows}


@pytest.fixture(name="hall")
def _hall(session: Session) -> Hall:
    return Hall(session)


def test_a_merger_moves_every_row_of_one_record_and_none_of_a_third_person(
    session: Session, hall: Hall
) -> None:
    origin, bystander = hall.arrive(), hall.arrive()
    hall.hold_first_day()
    target = teacher(session, schools(session)[0])
    before = rows_of(session, bystander)
    assert tables_of(set(before)) >= {model.__tablename__ for model in REFERRING}

    mergers.drop_doubles(session, origin, target)
    mergers.repoint(session, origin, target, now=LATER, by=BY)

    assert rows_of(session, bystander) == before
    assert rows_of(session, origin) == {}
    assert tables_of(set(rows_of(session, target))) >= tables_of(set(before))


def test_what_both_records_have_is_dropped_once_and_a_third_person_keeps_theirs(
    session: Session, hall: Hall
) -> None:
    origin, target, bystander = hall.arrive(), hall.arrive(), hall.arrive()
    hall.hold_first_day()
    before = rows_of(session, bystander)
    targets = {row for row in rows_of(session, target) if row[0] not in {"waiting_list", "enrolments"}}

    done = changes_of(session, lambda: mergers.drop_doubles(session, origin, target))

    assert rows_of(session, bystander) == before
    assert not done.deleted & targets
    assert done.counts() == {
        "application_participants": 1,
        "pd_day_attendances": 1,
        "pd_day_registrations": 2,
    }


def test_what_only_one_record_has_is_not_dropped(session: Session, hall: Hall) -> None:
    origin = hall.arrive()
    target = teacher(session, hall.urn)
    done = changes_of(session, lambda: mergers.drop_doubles(session, origin, target))
    assert done.counts() == {}


def test_a_group_led_by_two_others_keeps_both_leads(session: Session) -> None:
    (urn,) = schools(session)
    people = [teacher(session, urn) for _ in range(4)]
    for one in people:
        leader(session, one)
    origin, target, *others = people
    theirs, shared = group(session, lead_ids=others), group(session, lead_ids=[origin, target])
    half = group(session, lead_ids=[others[0], origin])

    mergers.drop_doubles(session, origin, target)

    statement = sa.select(WorkGroupLead).order_by(WorkGroupLead.work_group_id, WorkGroupLead.position)
    leads: dict[UUID, list[UUID]] = {}
    for lead in session.scalars(statement):
        leads.setdefault(lead.work_group_id, []).append(lead.teacher_id)
    assert leads == {theirs.id: others, shared.id: [origin], half.id: [others[0], origin]}


def test_of_two_records_on_one_waiting_list_the_one_that_joined_later_waits_twice(
    session: Session, hall: Hall
) -> None:
    _, origin, target, _ = (hall.arrive() for _ in range(4))
    for pair in ((origin, target), (target, origin)):
        assert [entry.teacher_id for entry in mergers.waiting_twice(session, *pair)] == [target]


def test_an_entry_that_has_come_to_an_end_is_no_double(session: Session, hall: Hall) -> None:
    origin, target = hall.arrive(), hall.arrive()
    session.execute(sa.update(WaitingEntry).where(WaitingEntry.teacher_id == target).values(status="left"))
    assert mergers.waiting_twice(session, origin, target) == []


def test_a_third_person_shares_neither_groups_nor_roles_with_two_records(
    session: Session, hall: Hall
) -> None:
    origin, target, bystander = hall.arrive(), hall.arrive(), hall.arrive()
    assert mergers.shared_groups(session, origin, target) == [hall.group_id]
    ((one, other),) = mergers.shared_places(session, origin, target, [hall.group_id])
    assert {one.id, other.id} <= {
        key[0] for table, key in rows_of(session, origin, target) if table == "enrolments"
    }
    ((role, double),) = mergers.open_roles(session, origin, target)
    assert {role.teacher_id, double.teacher_id} == {origin, target}
    assert mergers.counts(session, bystander) == mergers.counts(session, origin)


def test_an_erasure_clears_the_words_of_one_person_only(session: Session, hall: Hall) -> None:
    person, bystander = hall.arrive(), hall.arrive()
    before = rows_of(session, bystander)
    done = changes_of(session, lambda: erasures.erase_notes(session, person))
    assert rows_of(session, bystander) == before
    assert done.counts() == {
        "attendance_corrections": 1,
        "membership_corrections": 1,
        "task_reports": 1,
        "undone_withdrawals": 1,
    }
    assert {done.after[row]["note"] for row in done.changed} == {None}


def test_an_erasure_frees_the_persons_place_on_days_to_come_only(session: Session, hall: Hall) -> None:
    person, bystander = hall.arrive(), hall.arrive()
    hall.hold_first_day()
    erasures.leave_open_pd_days(session, person)
    rows = session.execute(sa.select(PDDayRegistration.pd_day_id, PDDayRegistration.teacher_id)).all()
    held, to_come = hall.pd_day_ids
    assert {(row.pd_day_id, row.teacher_id) for row in rows} == {
        (held, person),
        (held, bystander),
        (to_come, bystander),
    }


def test_the_open_entries_of_a_teacher_are_theirs_only(session: Session, hall: Hall) -> None:
    person, _, ended = (hall.arrive() for _ in range(3))
    session.execute(
        sa.update(WaitingEntry)
        .where(WaitingEntry.teacher_id == ended)
        .values(status="declined", offered_at=NOW, expires_at=LATER)
    )
    assert [entry.teacher_id for entry in waiting_list.open_of_teacher(session, person)] == [person]
    assert waiting_list.open_of_teacher(session, ended) == []
