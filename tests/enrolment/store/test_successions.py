"""Which school stands for which, read from the links that are in effect."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session
from tests.enrolment.factories import NOW, TODAY, apply, schools
from tests.enrolment.register_files import CLOSED, gias, links, row

from hub_enrolment.models import School, SchoolLink
from hub_enrolment.store import successions as succession_store
from hub_kernel.successions import Succession, Successions, first_day_of_successor

A, B, C, D, OTHER = "100001", "140001", "140002", "140003", "100009"
FIRST_DAY = date(2025, 9, 1)
DAY = timedelta(days=1)


def link(urn: str, successor_urn: str, **changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "urn": urn,
        "successor_urn": successor_urn,
        "link_type": "Successor",
        "established_on": None,
        "principal": True,
        "announced": True,
        "announced_on": FIRST_DAY,
        "followed": False,
        "merged": False,
        "changed_at": NOW,
        "changed_by": "ada",
    }
    return values | changes


@pytest.mark.parametrize("named", [A, B])
@pytest.mark.parametrize(
    ("day", "stands"), [(FIRST_DAY - DAY, {A: A, B: B}), (FIRST_DAY, {A: B, B: B}), (TODAY, {A: B, B: B})]
)
def test_a_successor_stands_from_the_day_after_the_last_one(
    session: Session, named: str, day: date, stands: dict[str, str]
) -> None:
    apply(session, gias(row(URN=A, **CLOSED), row(URN=B)))
    apply(session, links((A, B, "Successor", "20-09-2025")))
    assert succession_store.standing(session, named, day) == stands[named]
    both = succession_store.stood_for(session, named, day)
    assert both == ({A, B} if day >= FIRST_DAY else {named})


@pytest.mark.parametrize("changes", [{"principal": False}, {"announced": False, "announced_on": None}])
def test_a_link_that_does_not_count_is_not_followed(session: Session, changes: dict[str, object]) -> None:
    session.execute(insert(SchoolLink), [link(A, B, **changes)])
    assert succession_store.standing(session, A, TODAY) == A


@pytest.mark.parametrize("close_date", [None, date(2025, 8, 31)])
@pytest.mark.parametrize("established_on", [None, date(2025, 9, 5)])
@pytest.mark.parametrize("announced_on", [date(2025, 9, 10)])
@pytest.mark.parametrize("is_here", [True, False])
def test_the_first_day_is_the_one_of_the_kernel(
    session: Session,
    close_date: date | None,
    established_on: date | None,
    announced_on: date,
    *,
    is_here: bool,
) -> None:
    if is_here:
        schools(session, URN=A)
        session.get_one(School, A).close_date = close_date
        session.flush()
    session.execute(
        insert(SchoolLink), [link(A, B, established_on=established_on, announced_on=announced_on)]
    )
    first_day = first_day_of_successor(
        close_date=close_date if is_here else None, established_on=established_on, announced_on=announced_on
    )
    assert [succession_store.standing(session, A, day) for day in (first_day - DAY, first_day)] == [A, B]


urns = st.sampled_from([A, B, C, D, OTHER])
given_links = st.dictionaries(urns, st.tuples(urns, st.dates(date(2025, 8, 1), date(2025, 10, 1))))


@given(
    known=given_links,
    asked=st.lists(urns, min_size=1, max_size=3),
    day=st.dates(date(2025, 8, 1), date(2025, 10, 1)),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_what_is_read_answers_as_all_successions_do(
    session: Session, known: dict[str, tuple[str, date]], asked: list[str], day: date
) -> None:
    chosen = {old: new for old, new in known.items() if old != new[0]}
    session.execute(delete(SchoolLink))
    rows = [link(old, new, established_on=on) for old, (new, on) in chosen.items()]
    if rows:
        session.execute(insert(SchoolLink), rows)
    every = Successions(
        Succession(urn=old, successor_urn=new, first_day=on) for old, (new, on) in chosen.items()
    )
    found = succession_store.around(session, asked)
    for urn in asked:
        assert found.standing(urn, day) == every.standing(urn, day)
        assert found.stood_for(urn, day) == every.stood_for(urn, day)
