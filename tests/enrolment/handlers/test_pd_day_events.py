"""Events about PD days: the day, each registration, the cancellation."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command as alembic
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.enrolment.conftest import MIGRATIONS
from tests.enrolment.factories import BY, DAY, INSTANT, LATER, NOW, events, schools, teacher

from hub_enrolment.commands.mergers import AnonymiseTeacher, MergeTeachers
from hub_enrolment.commands.pd_days import CancelPDDay, OpenPDDay, RegisterForPDDay
from hub_enrolment.handlers import erasures, mergers, pd_days
from hub_enrolment.models import PDDay, PDDayRegistration
from hub_kernel.refusals import Refused
from hub_platform.database import Sessions
from hub_platform.migrations import alembic_config

ON = date(2026, 3, 12)
BEGINS = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
TYPES = ("PDDayScheduled", "PDDayRegistered", "PDDayCancelled")


def opened(session: Session, **changes: Any) -> UUID:
    values: dict[str, Any] = {
        "kind": "conference",
        "theme": "mastery_for_all",
        "title": "Spring conference",
        "on": ON,
        "starts_at": BEGINS,
        "venue": "Guildhall",
        "capacity": 2,
        "registration_closes_at": None,
    }
    return pd_days.open_pd_day(session, OpenPDDay(**values | changes), now=NOW, by=BY).id


def sign_up(session: Session, day_id: UUID, teacher_id: UUID, now: datetime = LATER) -> None:
    command = RegisterForPDDay(pd_day_id=day_id, teacher_id=teacher_id)
    pd_days.register_for_pd_day(session, command, now=now, by=BY)


def call_off(session: Session, day_id: UUID, reason: str = "weather") -> None:
    pd_days.cancel_pd_day(session, CancelPDDay(pd_day_id=day_id, reason=reason), now=LATER, by=BY)


def told(session: Session) -> list[tuple[str, dict[str, Any]]]:
    return events(session, *TYPES)


def test_a_day_is_published_with_all_that_an_invitation_says(session: Session) -> None:
    day_id = opened(session)
    assert told(session) == [
        (
            "PDDayScheduled",
            {
                "pd_day_id": str(day_id),
                "kind": "conference",
                "theme": "mastery_for_all",
                "title": "Spring conference",
                "on": "2026-03-12",
                "starts_at": "2026-03-12T09:30:00Z",
                "venue": "Guildhall",
                "capacity": 2,
                "closes_at": "2026-03-12T00:00:00Z",
            },
        )
    ]


def test_what_is_not_known_of_a_day_is_left_out(session: Session) -> None:
    opened(session, title=None, starts_at=None, venue=None, capacity=None)
    ((_, data),) = told(session)
    assert data.keys() == {"pd_day_id", "kind", "theme", "on", "closes_at"}


def test_a_day_of_last_year_is_loaded_and_published(session: Session) -> None:
    opened(session, on=date(2024, 11, 7), starts_at=None)
    ((_, data),) = told(session)
    assert (data["on"], data["closes_at"]) == ("2024-11-07", "2024-11-07T00:00:00Z")


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (datetime(2025, 9, 30, 22, 59, 59, 999999, tzinfo=UTC), "2025-09-30"),
        (datetime(2025, 9, 30, 23, 0, tzinfo=UTC), "2025-10-01"),  # midnight in England, in summer
        (datetime(2025, 9, 30, 23, 0, tzinfo=UTC) + INSTANT, "2025-10-01"),
    ],
)
def test_a_registration_is_published_with_the_school_and_the_day_in_england(
    session: Session, at: datetime, on: str
) -> None:
    day_id, (urn,) = opened(session), schools(session)
    ada = teacher(session, urn)
    sign_up(session, day_id, ada, at)
    assert told(session)[1:] == [
        (
            "PDDayRegistered",
            {"pd_day_id": str(day_id), "teacher_id": str(ada), "urn": urn, "registered_on": on},
        )
    ]


def test_the_same_registration_and_the_same_cancellation_are_published_once(session: Session) -> None:
    day_id, (urn,) = opened(session), schools(session)
    ada, emmy = teacher(session, urn), teacher(session, urn)
    for one in (ada, emmy, ada, emmy):
        sign_up(session, day_id, one)
    call_off(session, day_id)
    call_off(session, day_id)
    assert [type_ for type_, _ in told(session)] == [
        "PDDayScheduled",
        *["PDDayRegistered"] * 2,
        "PDDayCancelled",
    ]
    assert told(session)[-1][1] == {"pd_day_id": str(day_id), "reason": "weather", "teachers_n": 2}


def test_a_cancellation_counts_only_who_is_registered_for_that_day(session: Session) -> None:
    day_id, other, (urn,) = opened(session), opened(session), schools(session)
    sign_up(session, other, teacher(session, urn))
    call_off(session, day_id)
    assert told(session)[-1][1]["teachers_n"] == 0


def test_a_refusal_saves_and_publishes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        day_id, (urn,) = opened(session, capacity=1), schools(session)
        ada, emmy = teacher(session, urn), teacher(session, urn)
        sign_up(session, day_id, ada)
    before = ["PDDayScheduled", "PDDayRegistered"]
    for who, at, code in (
        (emmy, LATER, "pd_day_full"),
        (emmy, datetime(2026, 3, 12, tzinfo=UTC), "registration_closed"),
        (uuid4(), LATER, "unknown_teacher"),
    ):
        with pytest.raises(Refused, match=code), database.begin() as session:
            sign_up(session, day_id, who, at)
    with pytest.raises(Refused, match="closes_after_day"), database.begin() as session:
        opened(session, registration_closes_at=datetime(2026, 3, 14, tzinfo=UTC))
    with database() as session:
        assert [type_ for type_, _ in told(session)] == before
        assert session.scalar(select(func.count()).select_from(PDDayRegistration)) == 1
        assert session.scalar(select(func.count()).select_from(PDDay)) == 1
    with database.begin() as session:
        call_off(session, day_id)
    with pytest.raises(Refused, match="pd_day_cancelled"), database.begin() as session:
        call_off(session, day_id, "other")
    with database() as session:
        assert [type_ for type_, _ in told(session)] == [*before, "PDDayCancelled"]


def test_what_fails_after_the_event_takes_the_event_back(database: Sessions) -> None:
    with database() as session:
        opened(session)
        session.rollback()
    with database() as session:
        assert (told(session), session.scalar(select(func.count()).select_from(PDDay))) == ([], 0)


def test_two_records_of_one_person_are_one_registration_after_their_merger(session: Session) -> None:
    """TeacherMerged tells which registrations are one; the cancellation counts the person once."""
    day_id, (urn,) = opened(session), schools(session)
    ada, double = teacher(session, urn), teacher(session, urn)
    sign_up(session, day_id, ada)
    sign_up(session, day_id, double)
    command = MergeTeachers(from_id=double, into_id=ada, dry_run=False)
    mergers.merge_teachers(session, command, now=LATER, by=BY)
    call_off(session, day_id)
    assert told(session)[-1][1]["teachers_n"] == 1
    with pytest.raises(Refused, match="unknown_teacher"):
        sign_up(session, opened(session), double)


def test_an_erased_person_is_not_registered_any_more(session: Session) -> None:
    day_id, (urn,) = opened(session), schools(session)
    ada = teacher(session, urn)
    sign_up(session, day_id, ada)
    erasures.anonymise_teacher(
        session, AnonymiseTeacher(teacher_id=ada, reason="asked_for"), now=LATER + DAY, by=BY
    )
    call_off(session, day_id)
    assert told(session)[-1][1]["teachers_n"] == 0
    with pytest.raises(Refused, match="unknown_teacher"):
        sign_up(session, opened(session), ada, LATER + timedelta(days=2))


def test_the_migration_publishes_nothing_that_has_been_published_already(database: Sessions) -> None:
    """It finds the same facts in the rows as the handlers have told."""
    with database.begin() as session:
        day_id, other, (urn,) = opened(session), opened(session, title=None), schools(session)
        for day in (day_id, other):
            sign_up(session, day, teacher(session, urn))
        call_off(session, day_id)
        before = told(session)
    config = alembic_config(database.kw["bind"].url.render_as_string(hide_password=False), MIGRATIONS)
    alembic.downgrade(config, "0009_locations")
    alembic.upgrade(config, "head")
    with database() as session:
        assert told(session) == before
        assert len(before) == 5
