"""Facts of one group, place, school or PD day do not affect another."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from tests.notifications.fakes import NOW
from tests.support.changes import Row, changes_of

from hub_notifications.domain.threads import group_thread, pd_day_thread
from hub_notifications.models import (
    Application,
    Base,
    Hub,
    Place,
    School,
    SchoolYear,
    WaitingEntry,
    WorkGroup,
)
from hub_notifications.store import facts
from hub_platform.database import Sessions
from hub_platform.upserts import update_newer, upsert_newer

GROUP, OTHER_GROUP = uuid4(), uuid4()
ADA, GRACE, EMMY, SOFIA = sorted(uuid4() for _ in range(4))


@pytest.fixture(name="session")
def _session(sessions: Sessions) -> Iterator[Session]:
    with sessions() as session:
        yield session


def place(session: Session, **changes: Any) -> UUID:
    """Note a place that Ada holds on the group."""
    values = {
        "enrolment_id": uuid4(),
        "work_group_id": GROUP,
        "teacher_id": ADA,
        "state": "active",
        "given_at": NOW,
        "transferred_from": None,
        "revision": 1,
    } | changes
    upsert_newer(session, Place(**values))
    return UUID(str(values["enrolment_id"]))


def waits(session: Session, **changes: Any) -> None:
    """Note that Grace waits for a place on the group."""
    values = {
        "waiting_id": uuid4(),
        "work_group_id": GROUP,
        "teacher_id": GRACE,
        "state": "waiting",
        "changed_at": NOW,
        "revision": 1,
    } | changes
    upsert_newer(session, WaitingEntry(**values))


def applies(session: Session, **changes: Any) -> None:
    """Note that a school applies for a place on the group for Emmy."""
    values = {
        "application_id": uuid4(),
        "work_group_id": GROUP,
        "teacher_ids": [EMMY],
        "state": "submitted",
        "changed_at": NOW,
        "revision": 1,
    } | changes
    upsert_newer(session, Application(**values))


REVISIONS = pytest.mark.parametrize(
    ("revision", "changed"),
    [(1, set()), (2, set()), (3, {("schools", ("110001",))})],
    ids=["earlier", "the same", "later"],
)


@REVISIONS
@pytest.mark.parametrize("write", [upsert_newer, update_newer])
def test_only_a_later_revision_replaces_a_row_and_no_other_row(
    session: Session, write: Any, revision: int, changed: set[Row]
) -> None:
    for urn in ("110001", "110002"):
        upsert_newer(session, School(urn=urn, name="Before", revision=2))
    done: list[bool] = []
    row = School(urn="110001", name="After", revision=revision)
    changes = changes_of(
        session,
        Base.metadata.sorted_tables,
        lambda: done.append(write(session, row)),
    )
    assert (changes.changed, done) == (changed, [bool(changed)])


def test_missing_row_is_inserted_but_not_updated(session: Session) -> None:
    row = School(urn="110001", name="After", revision=1)
    assert not update_newer(session, row)
    assert upsert_newer(session, row)


def test_threads_of_a_group_include_participants_waiting_teachers_and_applicants(session: Session) -> None:
    place(session)
    place(session, state="withdrawn", teacher_id=ADA)
    waits(session)
    applies(session)
    for other in (place, waits, applies):
        other(session, work_group_id=OTHER_GROUP)
    place(session, work_group_id=OTHER_GROUP, teacher_id=SOFIA)
    assert facts.threads_of_group(session, GROUP) == [group_thread(GROUP, who) for who in (ADA, GRACE, EMMY)]
    assert facts.threads_of_participants(session, GROUP) == [group_thread(GROUP, ADA)]


def test_threads_of_a_pd_day_include_each_registered_teacher_once(session: Session) -> None:
    day, other = uuid4(), uuid4()
    for _ in range(2):
        facts.register(session, day, ADA)
    facts.register(session, other, GRACE)
    assert facts.threads_of_pd_day(session, day) == [pd_day_thread(day, ADA)]


def test_only_requested_names_are_returned(session: Session) -> None:
    for urn in ("110001", "110002", "110003"):
        upsert_newer(session, School(urn=urn, name=f"School {urn}", revision=1))
    for group_id, title in ((GROUP, "Fractions"), (OTHER_GROUP, "Ratio")):
        upsert_newer(session, WorkGroup(work_group_id=group_id, title=title, revision=1))
    asked, _ = place(session), place(session, work_group_id=OTHER_GROUP)
    assert facts.school_names(session, ["110001", "110003"]) == {
        "110001": "School 110001",
        "110003": "School 110003",
    }
    assert facts.titles_by_place(session, [asked]) == {asked: "Fractions"}


def test_hub_is_its_latest_description(session: Session) -> None:
    assert facts.hub(session) is None
    for revision, name in enumerate(("Before", "After"), start=1):
        upsert_newer(session, Hub(sole=True, name=name, revision=revision))
    hub = facts.hub(session)
    assert hub is not None
    assert hub.name == "After"


def test_half_terms_are_read_by_academic_year_in_order(session: Session) -> None:
    for year, spans in (
        ("2026/27", [["2026-09-02", "2026-10-23"], ["2026-11-02", "2026-12-18"]]),
        ("2027/28", []),
    ):
        upsert_newer(session, SchoolYear(academic_year=year, half_terms=spans, revision=1))
    assert facts.holidays(session).half_terms == {
        "2026/27": (
            (date(2026, 9, 2), date(2026, 10, 23)),
            (date(2026, 11, 2), date(2026, 12, 18)),
        ),
        "2027/28": (),
    }
