"""A closed school that is named on a day on which another one stands for it is taken for that one."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.enrolment.factories import (
    BY,
    LATER,
    MEETS,
    NOW,
    TODAY,
    enrol,
    events,
    group,
    meeting,
    schools,
    teacher,
)
from tests.enrolment.lists import as_csv, line
from tests.enrolment.register_files import urn
from tests.enrolment.steps import apply as ask
from tests.enrolment.steps import join, submit
from tests.enrolment.successions import FIRST_DAY, LAST_DAY, Pair, pair

from hub_enrolment.commands.applications import DecideApplication
from hub_enrolment.commands.enrolments import EnrolParticipant, WithdrawParticipant
from hub_enrolment.commands.lesson_studies import PlanLessonStudy
from hub_enrolment.commands.memberships import CorrectMembership
from hub_enrolment.commands.pd_days import HoldPDDay, OpenPDDay, RegisterForPDDay
from hub_enrolment.commands.schools import ConnectSchool
from hub_enrolment.commands.sessions import TakeRegister
from hub_enrolment.commands.teachers import MoveTeacher
from hub_enrolment.commands.uploads import UploadParticipants
from hub_enrolment.commands.waiting_list import AcceptOffer
from hub_enrolment.domain.refusals import Conflict, Refused
from hub_enrolment.domain.sessions import Mark
from hub_enrolment.files.lists import read_list
from hub_enrolment.handlers import (
    applications,
    enrolments,
    lesson_studies,
    memberships,
    moves,
    pd_days,
    sessions,
    uploads,
    waiting_list,
    work_groups,
)
from hub_enrolment.handlers import schools as school_handlers
from hub_enrolment.models import Enrolment, PDDayAttendance, PDDayRegistration, SchoolMembership, WaitingEntry
from hub_enrolment.store import teachers as store
from hub_enrolment.store import work_groups as group_store

EARLIER = datetime(2025, 6, 10, 9, tzinfo=UTC)
SUMMER = EARLIER.date()
DAY = timedelta(days=1)
EITHER = pytest.mark.parametrize("named", ["old", "new"])


@pytest.fixture(name="both")
def _both(session: Session) -> Pair:
    """Two schools that are one since 1 September, and a teacher, Ada, who was at the first before."""
    return pair(session)


def posts(session: Session, teacher_id: UUID) -> list[tuple[str, date, date | None]]:
    rows = session.execute(
        select(SchoolMembership.urn, SchoolMembership.starts_on, SchoolMembership.ends_on)
        .where(SchoolMembership.teacher_id == teacher_id)
        .order_by(SchoolMembership.starts_on)
    )
    return [tuple(one) for one in rows]


def place_at(session: Session, group_id: UUID, teacher_id: UUID, named: str | None) -> str:
    command = EnrolParticipant(work_group_id=group_id, teacher_id=teacher_id, role="participant", urn=named)
    return enrolments.enrol_participant(session, command, now=NOW, by=BY).urn


@EITHER
def test_a_teacher_is_registered_at_the_standing_school(session: Session, both: Pair, named: str) -> None:
    both.close(session)
    ada = teacher(session, getattr(both, named))
    assert posts(session, ada) == [(both.new, TODAY, None)]
    assert events(session, "TeacherRegistered")[-1][1]["urn"] == both.new


def test_a_closed_school_that_is_not_here_is_taken_for_its_successor(session: Session) -> None:
    (new,) = schools(session)
    stranger = Pair(urn(), new)
    stranger.close(session, link=True)
    assert posts(session, teacher(session, stranger.old)) == [(new, TODAY, None)]


def test_a_closed_school_whose_successor_is_not_here_is_refused_and_names_it(session: Session) -> None:
    (old,) = schools(session)
    Pair(old, "149998").close(session)
    with pytest.raises(Refused, match="school_not_open") as caught:
        teacher(session, old)
    assert "149998" in caught.value.detail


def test_on_its_last_day_it_is_the_closed_school_itself(session: Session, both: Pair) -> None:
    last_day = datetime(2025, 8, 31, 12, tzinfo=UTC)
    both.close(session, now=last_day)
    assert posts(session, teacher(session, both.old, now=last_day))[0][0] == both.old
    assert posts(session, teacher(session, both.old, now=last_day + DAY))[0][0] == both.new


@EITHER
def test_a_place_is_given_at_the_standing_school(session: Session, both: Pair, named: str) -> None:
    ada, on = teacher(session, both.old, now=EARLIER), group(session).id
    both.close(session)
    assert place_at(session, on, ada, getattr(both, named)) == both.new
    assert place_at(session, group(session).id, ada, None) == both.new


def test_a_place_is_given_although_no_import_has_moved_the_teacher_yet(session: Session, both: Pair) -> None:
    ada, on = teacher(session, both.old, now=EARLIER), group(session).id
    both.close(session, now=datetime(2025, 8, 31, 12, tzinfo=UTC))
    assert posts(session, ada) == [(both.old, SUMMER, None)]
    for named in (both.old, both.new, None):
        on = group(session).id
        assert place_at(session, on, ada, named) == both.new


def test_the_cap_for_one_school_counts_the_places_of_both(session: Session, both: Pair) -> None:
    on = group(session, of={"max_per_school": 1}).id
    enrol(session, on, teacher(session, both.old))
    both.close(session)
    with pytest.raises(Conflict, match="school_cap_reached"):
        enrol(session, on, teacher(session, both.new, given="Emmy"))


def test_a_school_joins_a_group_once(session: Session, both: Pair) -> None:
    on = group(session).id
    enrol(session, on, teacher(session, both.old))
    both.close(session)
    enrol(session, on, teacher(session, both.new, given="Emmy"))
    assert len(events(session, "SchoolEnrolled")) == 1
    assert work_groups.find_work_group(session, on, now=NOW).schools_n == 1


@EITHER
@pytest.mark.parametrize("given_name", ["Ada", "Emmy"])
def test_a_list_may_name_either_school(session: Session, both: Pair, named: str, given_name: str) -> None:
    ada, on = teacher(session, both.old, now=EARLIER), group(session).id
    both.close(session)
    known = given_name == "Ada"
    email = "ada@school.example" if known else "emmy@school.example"
    listed = line(
        getattr(both, named), given=given_name, family="Lovelace" if known else "Noether", email=email
    )
    command = UploadParticipants(
        work_group_id=on, table=read_list(as_csv(listed)), apply=True, skip_refused=False
    )
    done = uploads.upload_participants(session, command, now=NOW, by=BY)
    assert done.problems == []
    assert (done.taken[0].new, done.taken[0].teacher_id == ada) == (not known, known)
    assert session.get_one(Enrolment, done.taken[0].enrolment_id).urn == both.new


@EITHER
def test_an_application_is_of_the_standing_school(session: Session, both: Pair, named: str) -> None:
    ada, on = teacher(session, both.old, now=EARLIER), group(session).id
    both.close(session)
    found = ask(session, on, getattr(both, named), [ada])
    assert found.row.urn == both.new


def test_an_application_of_the_closed_school_is_accepted_for_the_successor(
    session: Session, both: Pair
) -> None:
    ada, on = teacher(session, both.old, now=EARLIER), group(session).id
    asked = ask(session, on, both.old, [ada]).row.id
    submit(session, asked)
    both.close(session)
    command = DecideApplication(application_id=asked, decision="accepted", reason=None)
    found = applications.decide_application(session, command, now=NOW, by=BY)
    assert found.row.urn == both.old, "what was asked for stays as recorded"
    (place,) = session.scalars(select(Enrolment).where(Enrolment.work_group_id == on))
    assert place.urn == both.new


def test_a_school_and_its_successor_have_one_open_application(session: Session, both: Pair) -> None:
    ada, on = teacher(session, both.old, now=EARLIER), group(session).id
    ask(session, on, both.old, [ada])
    both.close(session)
    with pytest.raises(Conflict, match="application_open"):
        ask(session, on, both.new, [ada])


def test_an_open_offer_of_the_closed_school_is_accepted_for_the_successor(
    session: Session, both: Pair
) -> None:
    on = group(session, capacity=1, of={"max_per_school": 1}).id
    first = enrol(session, on, teacher(session, schools(session)[0], given="Emmy"))
    ada = teacher(session, both.old, now=EARLIER)
    entry = join(session, on, ada).row
    enrolments.withdraw_participant(session, _withdraw(first), now=LATER, by=BY)
    assert session.get_one(WaitingEntry, entry.id).status == "offered"
    both.close(session)
    waiting_list.accept_offer(session, AcceptOffer(waiting_id=entry.id), now=LATER, by=BY)
    assert entry.enrolment_id is not None
    assert session.get_one(Enrolment, entry.enrolment_id).urn == both.new
    assert entry.urn == both.old


def _withdraw(enrolment_id: UUID) -> WithdrawParticipant:
    return WithdrawParticipant(enrolment_id=enrolment_id, reason="workload")


def test_a_teacher_of_the_successor_is_not_offered_a_place_beyond_the_cap(
    session: Session, both: Pair
) -> None:
    on = group(session, capacity=2, of={"max_per_school": 1}).id
    enrol(session, on, teacher(session, both.old))
    other = enrol(session, on, teacher(session, schools(session)[0], given="Emmy"))
    waits = join(session, on, teacher(session, both.new, given="Alan")).row
    both.close(session)
    enrolments.withdraw_participant(session, _withdraw(other), now=LATER, by=BY)
    assert session.get_one(WaitingEntry, waits.id).status == "waiting"


@pytest.mark.parametrize(
    ("starts_at", "host"), [(MEETS, "new"), (datetime(2025, 8, 31, 9, tzinfo=UTC), "old")]
)
def test_a_session_is_hosted_by_the_school_that_stands_on_its_day(
    session: Session, both: Pair, starts_at: datetime, host: str
) -> None:
    both.close(session)
    opened = group(session)
    made = meeting(session, opened.id, starts_at=starts_at, mode="school_hosted", host_urn=both.old)
    assert made.host_urn == getattr(both, host)


def test_a_lesson_is_planned_at_a_school_by_either_number(session: Session, both: Pair) -> None:
    ada, on = teacher(session, both.old), group(session).id
    place = enrol(session, on, ada)
    both.close(session)
    for named in (both.old, both.new):
        command = PlanLessonStudy(
            work_group_id=on,
            host_urn=named,
            focus="tfm",
            lesson_at=MEETS,
            planner_enrolment_ids=[place],
            teacher_enrolment_id=place,
            observer_enrolment_ids=[],
        )
        planned = lesson_studies.plan_lesson_study(session, command, now=NOW, by=BY)
        assert planned.row.host_urn == both.new


def test_a_register_counts_a_school_and_its_successor_once(session: Session, both: Pair) -> None:
    on = group(session).id
    places = [enrol(session, on, teacher(session, both.old))]
    both.close(session)
    places.append(enrol(session, on, teacher(session, both.new, given="Emmy")))
    met = meeting(session, on)
    command = TakeRegister(
        session_id=met.id, held_on=None, marks=[Mark(enrolment_id=id_, mark="present") for id_ in places]
    )
    sessions.take_register(session, command, expected=0, now=MEETS + DAY, by=BY)
    counted = events(session, "SessionCompleted")[0][1]
    assert (counted["present_n"], counted["schools_present_n"]) == (2, 1)


def test_a_role_that_is_asked_for_is_held_at_the_successor(session: Session, both: Pair) -> None:
    on = group(session, of={"required_roles": ["maths_lead"]}).id
    enrol(session, on, teacher(session, both.old, now=EARLIER, role="maths_lead"))
    both.close(session)
    (school,) = group_store.schools_on(session, on, day=TODAY)
    assert (school.urn, school.roles) == (both.new, {"participant", "maths_lead"})


@EITHER
def test_a_pd_day_counts_for_the_successor(session: Session, both: Pair, named: str) -> None:
    ada = teacher(session, both.old, now=EARLIER)
    opened = OpenPDDay(
        kind="pd_day",
        theme="number",
        title=None,
        on=MEETS.date(),
        starts_at=None,
        venue=None,
        capacity=None,
        registration_closes_at=None,
    )
    day = pd_days.open_pd_day(session, opened, now=NOW, by=BY)
    if named == "old":  # registered before the school closed
        _register(session, day.id, ada, both.old)
    both.close(session)
    if named == "new":  # the closed school is still named
        _register(session, day.id, ada, both.old)
        assert session.get_one(PDDayRegistration, (day.id, ada)).urn == both.new
    command = HoldPDDay(pd_day_id=day.id, teacher_ids=[ada])
    pd_days.hold_pd_day(session, command, expected=1, now=MEETS, by=BY)
    assert session.get_one(PDDayAttendance, (day.id, ada)).urn == both.new


def _register(session: Session, day_id: UUID, teacher_id: UUID, named: str) -> None:
    command = RegisterForPDDay(pd_day_id=day_id, teacher_id=teacher_id, urn=named)
    pd_days.register_for_pd_day(session, command, now=NOW, by=BY)


def move(session: Session, teacher_id: UUID, from_urn: str | None, to_urn: str, moved_on: date) -> None:
    command = MoveTeacher(
        teacher_id=teacher_id,
        from_urn=from_urn,
        to_urn=to_urn,
        role="other",
        moved_on=moved_on,
        keep_email=True,
    )
    moves.move_teacher(session, command, now=NOW, by=BY)


@EITHER
def test_a_teacher_leaves_the_successor_by_either_number(session: Session, both: Pair, named: str) -> None:
    ada, (other,) = teacher(session, both.old, now=EARLIER), schools(session)
    both.close(session)
    move(session, ada, getattr(both, named), other, TODAY)
    assert posts(session, ada)[-2:] == [(both.new, FIRST_DAY, TODAY - DAY), (other, TODAY, None)]


@EITHER
def test_a_teacher_who_left_as_the_school_closed_was_never_at_the_successor(
    session: Session, both: Pair, named: str
) -> None:
    ada, (other,) = teacher(session, both.old, now=EARLIER), schools(session)
    both.close(session)
    move(session, ada, getattr(both, named), other, FIRST_DAY)
    assert posts(session, ada) == [(both.old, SUMMER, LAST_DAY), (other, FIRST_DAY, None)]
    event = events(session, "TeacherMovedSchool")[-1][1]
    assert (event["from_urn"], event["to_urn"], "reason" in event) == (both.old, other, False)


@pytest.mark.parametrize(
    ("moved_on", "expected"),
    [
        (FIRST_DAY, [("new", FIRST_DAY, None)]),
        (LAST_DAY, [("old", LAST_DAY, LAST_DAY), ("new", FIRST_DAY, None)]),
    ],
)
def test_a_move_to_a_closed_school_goes_on_at_its_successor(
    session: Session, both: Pair, moved_on: date, expected: list[tuple[str, date, date | None]]
) -> None:
    (left,) = schools(session)
    ada = teacher(session, left, now=EARLIER)
    both.close(session)
    move(session, ada, left, both.old, moved_on)
    assert posts(session, ada)[1:] == [(getattr(both, name), *days) for name, *days in expected]


def test_a_move_from_a_school_to_its_successor_is_none(session: Session, both: Pair) -> None:
    ada = teacher(session, both.old, now=EARLIER)
    both.close(session)
    with pytest.raises(Refused, match="same_school"):
        move(session, ada, both.old, both.new, TODAY)


def test_a_membership_that_is_corrected_to_a_closed_school_goes_on_at_its_successor(
    session: Session, both: Pair
) -> None:
    (wrong,) = schools(session)
    ada = teacher(session, wrong)
    both.close(session)
    row = session.scalars(select(SchoolMembership).where(SchoolMembership.teacher_id == ada)).one()
    changes = {"urn": both.old, "starts_on": date(2024, 9, 1)}
    command = CorrectMembership(
        teacher_id=ada, membership_id=row.id, changes=changes, reason="Typed wrongly.", also_places=[]
    )
    memberships.correct_membership(session, command, expected=1, now=NOW, by=BY)
    assert posts(session, ada) == [(both.old, date(2024, 9, 1), LAST_DAY), (both.new, FIRST_DAY, None)]


@pytest.mark.parametrize(("on", "school"), [(LAST_DAY, "old"), (FIRST_DAY, "new")])
def test_a_contact_is_of_the_school_that_stood_on_its_day(
    session: Session, both: Pair, on: date, school: str
) -> None:
    both.close(session)
    command = ConnectSchool(urn=both.old, connected_on=on, via="enquiry")
    connected, _ = school_handlers.connect_school(session, command, now=NOW, by=BY)
    assert connected.urn == getattr(both, school)


@EITHER
def test_a_list_of_teachers_finds_all_of_a_school(session: Session, both: Pair, named: str) -> None:
    people = {teacher(session, both.old, now=EARLIER), teacher(session, both.new, given="Emmy")}
    both.close(session)
    urns = school_handlers.numbers_of(session, getattr(both, named), now=NOW)
    assert {one.id for one in session.scalars(store.list_teachers(urns=urns))} == people
