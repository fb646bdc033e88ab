"""Schools and leaders are stored alike in any order and with any repeats of events."""

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from tests.visits import factories
from tests.visits.factories import SCHOOL, leader_appointed, leader_ended, school_imported, tell

from hub_contracts.enrolment import (
    LeaderAppointed,
    LeaderEnded,
    SchoolChanged,
    SchoolClosed,
    SchoolSucceeded,
    TeacherMerged,
)
from hub_platform.database import Sessions
from hub_visits.handlers import schools
from hub_visits.models import LeaderPost, School
from hub_visits.store import schools as store

ADA = UUID("01920000-0000-7000-8000-00000000000a")
MERGED_INTO = UUID("01920000-0000-7000-8000-00000000000c")
ROLE = UUID("01920000-0000-7000-8000-00000000000b")

FACTS = school_imported().to_data()
HISTORY: list[tuple[int, Any]] = [
    (1, school_imported()),
    (2, SchoolChanged.from_data({**FACTS, "trust_uid": "3180", "changed_fields": ["trust_uid"]})),
    (3, SchoolClosed(urn=SCHOOL, close_date=date(2024, 8, 31))),
    (4, SchoolSucceeded(urn=SCHOOL, successor_urn="140001", link_type="Successor")),
    (1, leader_appointed(teacher_id=ADA, leader_role_id=ROLE, urn="110001")),
    (2, leader_appointed(teacher_id=ADA, leader_role_id=ROLE, urn="110002")),
    (3, leader_ended(teacher_id=ADA, leader_role_id=ROLE, urn="110002", ended_on=date(2024, 8, 31))),
    (1, leader_ended(teacher_id=MERGED_INTO, leader_role_id=ROLE, urn="110002", ended_on=date(2024, 3, 28))),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(repeats=st.lists(st.sampled_from(HISTORY), max_size=6), data=st.data())
def test_any_order_any_repeats_same_answer(
    sessions: Sessions, repeats: list[tuple[int, Any]], data: st.DataObject
) -> None:
    with sessions.begin() as session:
        session.execute(text("TRUNCATE schools, school_facts, leader_posts"))
        for revision, event in data.draw(st.permutations(HISTORY + repeats)):
            project(session, event, revision)
    with sessions() as session:
        school = session.scalars(select(School)).one()
        post = session.scalars(select(LeaderPost)).one()
    assert (school.la_code, school.trust_uid, school.status) == ("873", "3180", "open")
    assert (school.closed_on, school.successor_urn) == (date(2024, 8, 31), "140001")
    assert (school.facts_revision, school.closed_revision, school.successor_revision) == (2, 3, 4)
    assert (post.teacher_id, post.urn, post.revision) == (ADA, "110002", 3)
    assert post.ends_on == date(2024, 3, 28), "brought forward, under the record that is left"


def project(session: Any, event: Any, revision: int) -> None:
    if isinstance(event, LeaderAppointed | LeaderEnded):
        schools.on_leader_changed(session, factories.delivered(event, revision))
    else:
        tell(session, event, revision)


def test_no_table_of_visits_has_room_for_a_name(sessions: Sessions) -> None:
    columns = {column.name for table in (School, LeaderPost) for column in table.__table__.columns}
    assert not columns & {"name", "given", "family", "email"}


@given(order=st.permutations(range(4)), repeats=st.lists(st.integers(0, 3), max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
def test_a_role_goes_with_the_person_through_mergers(
    sessions: Sessions, order: list[int], repeats: list[int]
) -> None:
    ids = [UUID(int=number) for number in (1, 2, 3)]
    history: list[tuple[int, Any]] = [
        (1, leader_appointed(teacher_id=ids[0], leader_role_id=ROLE, urn="110001")),
        (2, TeacherMerged(from_id=ids[0], into_id=ids[1])),
        (3, TeacherMerged(from_id=ids[0], into_id=ids[2])),
        (4, TeacherMerged(from_id=ids[1], into_id=ids[2])),
    ]
    with sessions.begin() as session:
        session.execute(text("TRUNCATE mergers, leader_posts"))
        for number in [*order, *repeats]:
            revision, event = history[number]
            if isinstance(event, TeacherMerged):
                schools.on_teacher_merged(session, factories.delivered(event, revision))
            else:
                project(session, event, revision)
    with sessions() as session:
        assert [len(store.posts_of(session, id_)) for id_ in ids] == [1, 0, 1]
