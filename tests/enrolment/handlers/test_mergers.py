"""Two records of one person become one."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.enrolment.factories import BY, NOW, enrol, events, group, leader, meeting, schools, teacher

from hub_enrolment.commands.mergers import MergeTeachers
from hub_enrolment.commands.pd_days import OpenPDDay
from hub_enrolment.handlers import mergers
from hub_enrolment.handlers.pd_days import open_pd_day
from hub_enrolment.models import (
    Apologies,
    Base,
    Enrolment,
    LeaderRole,
    PDDayRegistration,
    SchoolMembership,
    Teacher,
    WorkGroupLead,
)
from hub_enrolment.store.mergers import REFERRING, counts
from hub_kernel.refusals import Conflict
from hub_platform.database import Sessions

FIRST = date(2025, 9, 1)


def test_no_table_that_names_a_teacher_is_forgotten() -> None:
    naming = {
        (table.name, fk.parent.name)
        for table in Base.metadata.tables.values()
        for fk in table.foreign_keys
        if fk.column.table.name == "teachers"
    }
    assert naming - {("teachers", "merged_into")} == {
        (model.__tablename__, "teacher_id") for model in REFERRING
    }


def merge(session: Session, origin: UUID, target: UUID, *, dry_run: bool = False) -> mergers.Merger:
    command = MergeTeachers(from_id=origin, into_id=target, dry_run=dry_run)
    return mergers.merge_teachers(session, command, now=NOW, by=BY)


def pair(session: Session, **changes: Any) -> tuple[UUID, UUID]:
    school, other = schools(session, 2)
    return teacher(session, school, **changes), teacher(session, other, given="Augusta")


def test_a_dry_run_tells_and_changes_nothing(session: Session) -> None:
    origin, target = pair(session, trn="5580001")
    leader(session, origin)
    enrol(session, group(session).id, origin)
    before = events(session)

    merger = merge(session, origin, target, dry_run=True)

    moved = {table: n for table, n in merger.moves.items() if n}
    assert moved == {"school_memberships": 1, "leader_roles": 1, "enrolments": 1}
    assert events(session) == before
    assert session.get_one(Teacher, origin).merged_into is None
    assert merger.moves == counts(session, origin)


def test_everything_names_the_record_that_is_left(session: Session) -> None:
    origin, target = pair(session, trn="5580001", phone="01223 123456", contact_opt_out=True)
    role = leader(session, origin)
    own = group(session, lead_ids=[origin])
    place_id = enrol(session, group(session).id, origin)

    merge(session, origin, target)

    assert not any(n for table, n in counts(session, origin).items() if table != "teachers")
    assert session.get_one(Enrolment, place_id).teacher_id == target
    assert session.get_one(Enrolment, place_id).revision == 2
    assert session.get_one(LeaderRole, role.id).teacher_id == target
    assert session.get_one(WorkGroupLead, (own.id, 1)).teacher_id == target
    left, trail = session.get_one(Teacher, target), session.get_one(Teacher, origin)
    assert (left.trn, left.phone, left.contact_opt_out) == ("5580001", "01223 123456", True)
    assert left.previous_names == ["Ada Lovelace"]
    assert (trail.merged_into, trail.trn, trail.changed_by) == (target, None, BY)
    assert events(session, "TeacherMerged") == [
        ("TeacherMerged", {"from_id": str(origin), "into_id": str(target)})
    ]


def test_two_places_on_one_group_become_one(session: Session) -> None:
    origin, target = pair(session)
    on = group(session).id
    older, younger = enrol(session, on, target), enrol(session, on, origin, now=NOW + timedelta(hours=1))

    command = MergeTeachers(from_id=origin, into_id=target, dry_run=False)
    mergers.merge_teachers(session, command, now=NOW + timedelta(hours=2), by=BY)

    states = {id_: session.get_one(Enrolment, id_).status for id_ in (older, younger)}
    assert states == {older: "active", younger: "withdrawn"}
    assert [type_ for type_, _ in events(session)][-2:] == ["ParticipantWithdrawn", "TeacherMerged"]


def test_a_used_place_is_kept_and_two_used_ones_are_for_a_person(session: Session) -> None:
    origin, target = pair(session)
    on = group(session).id
    places = [enrol(session, on, target), enrol(session, on, origin)]

    def apologise(place_id: UUID) -> None:
        session.add(
            Apologies(session_id=meets, enrolment_id=place_id, received_at=NOW, noted_at=NOW, noted_by=BY)
        )
        session.flush()

    meets = meeting(session, on).id
    apologise(places[1])
    assert [one.id for one in merge(session, origin, target, dry_run=True).withdrawn] == places[:1]
    apologise(places[0])
    seen = merge(session, origin, target, dry_run=True)
    assert [one.code for one in seen.in_the_way] == ["both_places_used"]
    with pytest.raises(Conflict, match="both_places_used"):
        merge(session, origin, target)


def test_of_a_role_held_twice_one_goes_on(session: Session) -> None:
    origin, target = pair(session)
    kept = leader(session, origin)
    ended = leader(session, target, starts_on=FIRST + timedelta(1))
    merge(session, origin, target)
    session.expire_all()
    assert (kept.ends_on, ended.ends_on, kept.teacher_id) == (None, NOW.date(), target)
    (told,) = events(session, "LeaderEnded")
    assert told[1]["leader_role_id"] == str(ended.id)


def test_what_both_have_is_kept_once(session: Session, desk_day: UUID) -> None:
    (school,) = schools(session)
    origin, target = teacher(session, school), teacher(session, school)
    for one in (origin, target):
        leader(session, one)
        session.add(
            PDDayRegistration(pd_day_id=desk_day, teacher_id=one, registered_at=NOW, registered_by=BY)
        )
    led = group(session, lead_ids=[origin, target])
    merge(session, origin, target)
    for model in (SchoolMembership, PDDayRegistration, WorkGroupLead):
        rows = session.scalars(sa.select(model).filter_by(teacher_id=target)).all()
        assert len(rows) == 1, model
    assert session.get_one(WorkGroupLead, (led.id, 1)).teacher_id == target


@pytest.fixture(name="desk_day")
def _desk_day(session: Session) -> UUID:
    command = OpenPDDay(
        kind="pd_day",
        theme="fluency",
        title=None,
        on=date(2025, 11, 3),
        starts_at=None,
        venue=None,
        capacity=None,
        registration_closes_at=None,
    )
    return open_pd_day(session, command, now=NOW, by=BY).id


def test_a_chain_is_never_longer_than_one(session: Session) -> None:
    (school,) = schools(session)
    one, two, three = (teacher(session, school) for _ in range(3))
    merge(session, one, two)
    merge(session, two, three)
    assert {session.get_one(Teacher, id_).merged_into for id_ in (one, two)} == {three}
    told = [(data["from_id"], data["into_id"]) for _, data in events(session, "TeacherMerged")]
    assert sorted(told[1:]) == sorted([(str(one), str(three)), (str(two), str(three))])
    for origin, target in ((three, one), (two, three)):
        with pytest.raises(Conflict, match="already_merged"):
            merge(session, origin, target)


def test_a_merger_that_fails_leaves_nothing(database: Sessions) -> None:
    with database.begin() as session:
        origin, target = pair(session)
        enrol(session, group(session).id, origin)
    with pytest.raises(RuntimeError), database.begin() as session:
        merge(session, origin, target)
        raise RuntimeError
    with database() as session:
        assert session.get_one(Teacher, origin).merged_into is None
        assert events(session, "TeacherMerged") == []
        assert counts(session, target)["enrolments"] == 0
