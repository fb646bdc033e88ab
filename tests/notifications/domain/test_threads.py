"""Threads of one person and one subject, and notices about PD days and visits."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.notifications.participations import DAY, INSTANT, NOW, a_place, a_session, participation, tell

from hub_kernel.england import ENGLAND
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import Facts
from hub_notifications.domain.participations import PlaceState
from hub_notifications.domain.pd_days import PDDay
from hub_notifications.domain.threads import (
    Thread,
    group_thread,
    items_without_e_mail,
    notice_for,
    pd_day_thread,
    visit_thread,
)
from hub_notifications.domain.visits import Visit

VISIT = Visit(urn="110623", planned_at=NOW + DAY, kind="support")
DAY_OF_PD = PDDay(
    kind="pd_day", theme="mastery", title=None, on=date(2026, 9, 8), starts_at=NOW + DAY, venue=None
)


@given(st.uuids(), st.uuids())
def test_a_thread_names_its_subject_and_its_person(subject_id: UUID, person_id: UUID) -> None:
    made = {
        "work-groups": group_thread(subject_id, person_id),
        "pd-days": pd_day_thread(subject_id, person_id),
        "visits": visit_thread(subject_id, person_id),
    }
    for noun, thread in made.items():
        assert (thread.subject_id, thread.teacher_id) == (subject_id, person_id)
        assert [each for each in made if thread.is_about(each)] == [noun]
    assert len(set(made.values())) == 3


def test_threads_of_two_people_are_two() -> None:
    subject_id = uuid4()
    assert group_thread(subject_id, UUID(int=1)) != group_thread(subject_id, UUID(int=2))
    assert group_thread(subject_id, UUID(int=1)) == Thread(f"work-groups/{subject_id}", UUID(int=1))


SUBJECTS: list[tuple[Any, Kind, Kind]] = [
    (VISIT, Kind.VISIT_PLANNED, Kind.VISIT_CANCELLED),
    (DAY_OF_PD, Kind.PD_DAY_CONFIRMED, Kind.PD_DAY_CANCELLED),
]


@pytest.mark.parametrize(("subject", "first", "last"), SUBJECTS)
def test_date_and_cancellation_are_each_notified_once(subject: Any, first: Kind, last: Kind) -> None:
    items: dict[str, Facts] = {}
    cancelled = replace(subject, cancelled="weather")
    said = []
    for each in (subject, subject, cancelled, cancelled):
        found = notice_for(each, items, now=NOW)
        if found is not None:
            said.append((found.kind, found.starts_at))
            items |= found.items
    assert said == [(first, NOW + DAY), (last, NOW + DAY)]


@pytest.mark.parametrize(("subject", "first", "last"), SUBJECTS)
def test_date_cancelled_before_its_notice_is_one_message(subject: Any, first: Kind, last: Kind) -> None:
    found = notice_for(replace(subject, cancelled="weather"), {}, now=NOW)
    assert found is not None
    assert found.kind is last
    assert notice_for(subject, found.items, now=NOW) is None


@pytest.mark.parametrize(
    ("now", "is_notified"), [(NOW + DAY - INSTANT, True), (NOW + DAY, False), (NOW + DAY + INSTANT, False)]
)
@pytest.mark.parametrize("subject", [VISIT, DAY_OF_PD])
def test_dates_that_have_begun_cause_no_notice(subject: Any, now: datetime, is_notified: bool) -> None:
    assert (notice_for(subject, {}, now=now) is not None) == is_notified
    assert (notice_for(replace(subject, cancelled="weather"), {}, now=now) is not None) == is_notified


def test_a_pd_day_without_a_time_begins_as_its_day_does_in_england() -> None:
    day = replace(DAY_OF_PD, starts_at=None)
    midnight = datetime(2026, 9, 8, tzinfo=ENGLAND)
    assert day.begins_at == midnight
    assert notice_for(day, {}, now=midnight - INSTANT) is not None
    assert notice_for(day, {}, now=midnight) is None


def test_logged_visit_causes_no_notice() -> None:
    assert notice_for(replace(VISIT, logged=True), {}, now=NOW) is None


def test_only_a_transfer_is_recorded_without_an_e_mail() -> None:
    known = tell(participation(a_session(), place=a_place()))
    moved_on = participation(a_session(), place=a_place(PlaceState.TRANSFERRED))
    assert items_without_e_mail(moved_on, known, now=NOW) != {}
    for subject in (VISIT, DAY_OF_PD, participation(a_session(), place=a_place(PlaceState.WITHDRAWN))):
        assert items_without_e_mail(subject, known, now=NOW + timedelta(0)) == {}
