"""Places, requests, sessions and registers of a school under both of its numbers."""

from datetime import UTC, datetime, timedelta
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
from tests.enrolment.steps import apply as ask
from tests.enrolment.steps import join, submit
from tests.enrolment.successions import EARLIER, SUMMER, Pair, pair, posts

from hub_enrolment.commands.applications import DecideApplication
from hub_enrolment.commands.enrolments import EnrolParticipant, WithdrawParticipant
from hub_enrolment.commands.lesson_studies import PlanLessonStudy
from hub_enrolment.commands.sessions import TakeRegister
from hub_enrolment.commands.uploads import UploadParticipants
from hub_enrolment.commands.waiting_list import AcceptOffer
from hub_enrolment.domain.sessions import Mark
from hub_enrolment.files.lists import read_list
from hub_enrolment.handlers import (
    applications,
    lesson_studies,
    sessions,
    uploads,
    waiting_list,
)
from hub_enrolment.handlers.enrolments import enrol_participant, withdraw_participant
from hub_enrolment.models import Enrolment, WaitingEntry
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.work_groups import find_work_group
from hub_kernel.refusals import Conflict

DAY = timedelta(days=1)
EITHER = pytest.mark.parametrize("named", ["old", "new"])


@pytest.fixture(name="both")
def _both(session: Session) -> Pair:
    """Two schools that are one since 1 September, and a teacher, Ada, who was at the first before."""
    return pair(session)


def place_at(session: Session, group_id: UUID, teacher_id: UUID, named: str | None) -> str:
    command = EnrolParticipant(work_group_id=group_id, teacher_id=teacher_id, role="participant", urn=named)
    return enrol_participant(session, command, now=NOW, by=BY).urn


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
    assert find_work_group(session, on, now=NOW).schools_n == 1


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
    command = UploadParticipants(work_group_id=on, apply=True, skip_refused=False)
    done = uploads.upload_participants(session, command, read_list(as_csv(listed)), now=NOW, by=BY)
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
    withdraw_participant(session, _withdraw(first), now=LATER, by=BY)
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
    withdraw_participant(session, _withdraw(other), now=LATER, by=BY)
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
    assert school.urn == both.new
    assert school.roles == {"participant", "maths_lead"}
