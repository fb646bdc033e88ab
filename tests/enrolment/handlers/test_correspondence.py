"""The subjects of messages of a person and of a school."""

from uuid import UUID, uuid4

from sqlalchemy.orm import Session, sessionmaker
from tests.enrolment.factories import BY, DAY, NOW, TODAY, enrol, group, schools, teacher
from tests.enrolment.steps import apply, full, join

from hub_enrolment.commands.mergers import MergeTeachers
from hub_enrolment.commands.pd_days import OpenPDDay, RegisterForPDDay
from hub_enrolment.commands.teachers import MoveTeacher
from hub_enrolment.handlers import mergers, moves, pd_days
from hub_enrolment.queries import correspondence
from hub_enrolment.store import teachers as store


def merge(session: Session, origin: UUID, target: UUID) -> None:
    command = MergeTeachers(from_id=origin, into_id=target, dry_run=False)
    mergers.merge_teachers(session, command, now=NOW, by=BY)


def threads(session: Session, urn: str) -> list[tuple[str, UUID]]:
    found = correspondence.school_threads(session, urn, day=TODAY)
    return [(one.subject, one.teacher_id) for one in found.threads]


def register(session: Session, teacher_id: UUID) -> UUID:
    opening = OpenPDDay(
        kind="pd_day",
        theme="reasoning",
        title=None,
        on=TODAY + 10 * DAY,
        starts_at=None,
        venue=None,
        capacity=None,
        registration_closes_at=None,
    )
    day = pd_days.open_pd_day(session, opening, now=NOW, by=BY)
    command = RegisterForPDDay(pd_day_id=day.id, teacher_id=teacher_id)
    pd_days.register_for_pd_day(session, command, now=NOW, by=BY)
    return day.id


def test_a_person_has_every_record_that_was_merged(database: sessionmaker[Session]) -> None:
    with database() as session:
        (urn,) = schools(session)
        first, second, third, other = (teacher(session, urn) for _ in range(4))
        merge(session, first, second)
        merge(session, second, third)
        for one in (first, second, third):
            assert store.record_ids(session, one) == sorted([first, second, third])
        assert store.record_ids(session, other) == [other]
        assert store.record_ids(session, uuid4()) == []


def test_a_school_has_places_waiting_lists_applications_and_days(database: sessionmaker[Session]) -> None:
    with database() as session:
        urn, elsewhere = schools(session, 2)
        ada, other = teacher(session, urn), teacher(session, elsewhere)
        ratio, asked = group(session), group(session)
        for one in (ada, other):
            enrol(session, ratio.id, one)
        crowded, _, _ = full(session, waiting_n=0)
        join(session, crowded.id, ada)
        apply(session, asked.id, urn, [ada])
        day_id, other_day_id = register(session, ada), register(session, other)
        of_ada = [f"work-groups/{one.id}" for one in (ratio, crowded, asked)] + [f"pd-days/{day_id}"]
        assert threads(session, urn) == sorted((subject, ada) for subject in of_ada)
        of_other = [f"work-groups/{ratio.id}", f"pd-days/{other_day_id}"]
        assert threads(session, elsewhere) == sorted((subject, other) for subject in of_other)
        assert threads(session, "999999") == []


def test_a_place_stays_with_the_school_that_it_counts_for(database: sessionmaker[Session]) -> None:
    with database() as session:
        urn, next_school = schools(session, 2)
        ada = teacher(session, urn, now=NOW - 30 * DAY)
        place_on, day_before = group(session), register(session, ada)
        enrol(session, place_on.id, ada)
        move = MoveTeacher(
            teacher_id=ada,
            from_urn=urn,
            to_urn=next_school,
            role="class_teacher",
            moved_on=TODAY,
            keep_email=True,
        )
        moves.move_teacher(session, move, now=NOW, by=BY)
        assert threads(session, urn) == [(f"work-groups/{place_on.id}", ada)]
        assert threads(session, next_school) == [(f"pd-days/{day_before}", ada)]


def test_messages_to_a_merged_record_are_the_schools_too(database: sessionmaker[Session]) -> None:
    with database() as session:
        (urn,) = schools(session)
        first, second, bystander = (teacher(session, urn) for _ in range(3))
        ratio = group(session)
        enrol(session, ratio.id, first)
        merge(session, first, second)
        subject = f"work-groups/{ratio.id}"
        assert threads(session, urn) == sorted([(subject, first), (subject, second)])
        assert bystander not in {one for _, one in threads(session, urn)}
