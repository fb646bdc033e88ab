"""Work Groups at, just below and just above their programme's numbers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporting.plain import register, school

from hub_reporting.domain.composition import Composition, Compositions, compose
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.work_groups import Attendance, Group, Place

DAY = date(2026, 2, 1)
GROUP = "group"


def group(**others: Any) -> Group:
    plain = Group(
        GROUP, "Fractions", None, "2025/26", "development", min_teachers=10, max_teachers=20, min_schools=6,
        opens_at=datetime(2025, 5, 1, tzinfo=UTC), announced="confirmed", overridden=False, ending=None,
        sessions=4, held=0, last_held_on=None,
    )  # fmt: skip
    return plain._replace(**others)


def place(teacher: str, urn: str, **others: Any) -> Place:
    plain = Place(teacher, GROUP, teacher, urn, date(2025, 6, 1), None)
    return plain._replace(**others)


def composition(teachers: int, schools: int, **others: Any) -> Composition:
    return Composition(group(**others), teachers, schools, Ratio(0, 0))


@pytest.mark.parametrize(
    ("teachers", "schools", "in_range", "shortfall"),
    [
        (9, 6, False, "1 teacher short"),
        (10, 6, True, ""),
        (20, 6, True, ""),
        (21, 6, False, "1 teacher too many"),
        (10, 5, False, "1 school short"),
        (8, 4, False, "2 teachers, 2 schools short"),
        (22, 5, False, "1 school short; 2 teachers too many"),
        (0, 0, False, "10 teachers, 6 schools short"),
    ],
)
def test_group_outside_the_rule_has_its_shortfall_in_words(
    teachers: int, schools: int, in_range: bool, shortfall: str
) -> None:
    found = composition(teachers, schools)
    assert (found.in_range, found.shortfall) == (in_range, shortfall)


def test_rule_is_that_of_the_programme() -> None:
    assert composition(4, 2, min_teachers=4, min_schools=2, max_teachers=8).in_range


@pytest.mark.parametrize(
    ("facts", "teachers", "state"),
    [
        ({"announced": None}, 12, "recruiting"),
        ({"announced": "confirmed"}, 12, "confirmed"),
        ({"announced": "below_minimum"}, 9, "at_risk"),
        ({"announced": "below_minimum"}, 12, "confirmed"),  # others have joined since
        ({"announced": "below_minimum", "held": 1}, 9, "at_risk"),
        ({"held": 1}, 12, "running"),
        ({"held": 4}, 12, "finished"),
        ({"held": 4, "announced": "below_minimum"}, 9, "finished"),
        ({"held": 0, "sessions": 0}, 12, "confirmed"),
        ({"announced": None, "ending": "cancelled"}, 0, "cancelled"),
        ({"announced": "below_minimum", "ending": "cancelled"}, 9, "cancelled"),
        ({"held": 3, "ending": "closed"}, 12, "finished"),  # one register was never taken
        ({"held": 3, "announced": "below_minimum", "ending": "closed"}, 9, "finished"),
    ],
)
def test_state_of_a_group(facts: dict[str, Any], teachers: int, state: str) -> None:
    assert composition(teachers, 6, **facts).state == state


def test_teachers_and_schools_are_counted_on_the_day() -> None:
    known = register(school("1"), school("2"), school("OLD", status="closed"), uOLD="2")
    places = [
        place("Ada", "1"),
        place("Ada", "1", enrolment_id="twice"),  # the same teacher
        place("Emmy", "2"),
        place("Sofia", "OLD"),  # its successor is 2
        place("Late", "3", enrolled_on=date(2026, 2, 2)),
        place("Gone", "4", withdrawn_on=DAY),
        place("Still", "1", withdrawn_on=date(2026, 2, 2)),
        place("Elsewhere", "5", work_group_id="other"),
    ]
    registers = [Attendance("Ada", "1", 4, 3, DAY, 3), Attendance("Gone", "4", 2, 2, DAY, 2)]
    (found,) = compose([group()], places, registers, known, DAY).groups
    assert (found.teachers, found.schools, found.attendance) == (4, 2, Ratio(5, 6))


def test_groups_outside_the_rule_are_first() -> None:
    groups = [group(work_group_id=f"group {title}", title=title) for title in "ABC"]
    places = [
        place(f"{title}{n}", f"school {n}", work_group_id=f"group {title}")
        for title, teachers in (("A", 10), ("C", 12))
        for n in range(teachers)
    ]
    found = compose(groups, places, [], register(), DAY)
    assert [c.group.title for c in found.groups] == ["B", "A", "C"]
    assert (found.in_range, found.median_teachers, found.median_schools) == (Ratio(2, 3), 10.0, 10.0)
    assert Compositions(()).in_range == Ratio(0, 0)


@pytest.mark.parametrize(
    ("facts", "teachers", "verdict"),
    [
        ({"announced": None}, 9, "recruiting"),
        ({"announced": None}, 12, "recruiting"),
        ({"announced": None, "held": 1}, 9, "outside"),  # it has met, so it is no longer recruiting
        ({"announced": "confirmed"}, 9, "outside"),
        ({"announced": "confirmed"}, 10, "within"),
        ({"announced": None, "ending": "cancelled"}, 9, "cancelled"),
        ({"announced": None, "ending": "closed"}, 9, "outside"),
    ],
)
def test_group_is_compared_with_the_rule_once_confirmed_or_met(
    facts: dict[str, Any], teachers: int, verdict: str
) -> None:
    assert composition(teachers, 6, **facts).verdict == verdict


def test_recruiting_groups_are_counted_separately() -> None:
    within, outside = composition(12, 6), composition(9, 6)
    recruiting = [composition(n, 6, announced=None) for n in (3, 15)]
    found = Compositions((within, outside, *recruiting))
    assert (found.in_range, found.recruiting, found.outside) == (Ratio(1, 2), 2, (outside,))
    assert (found.median_teachers, found.median_schools) == (10.5, 6.0)
    assert Compositions(tuple(recruiting)).in_range == Ratio(0, 0)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 25),
            st.integers(0, 8),
            st.sampled_from([None, "confirmed", "below_minimum"]),
            st.integers(0, 4),
            st.sampled_from([None, "cancelled", "closed"]),
        )
    )
)
def test_every_group_is_counted_in_exactly_one_number(
    facts: list[tuple[int, int, str | None, int, str | None]],
) -> None:
    found = Compositions(
        tuple(
            composition(t, s, announced=announced, held=held, ending=end)
            for t, s, announced, held, end in facts
        )
    )
    compared = found.in_range
    assert compared.of + found.recruiting + found.cancelled == len(facts)
    assert compared.n + len(found.outside) == compared.of


@pytest.mark.parametrize(
    ("opens", "facts", "listed"),
    [
        (DAY, {"announced": None}, True),
        (DAY + timedelta(1), {"announced": None}, False),
        (DAY + timedelta(1), {"announced": "confirmed"}, True),
        (DAY + timedelta(1), {"announced": None, "held": 1}, True),
    ],
)
def test_a_group_that_opens_after_the_day_is_not_listed(
    opens: date, facts: dict[str, Any], listed: bool
) -> None:
    at = datetime(opens.year, opens.month, opens.day, 8, tzinfo=UTC)
    found = compose([group(opens_at=at, **facts)], [], [], register(), DAY)
    assert bool(found.groups) is listed
    placed = compose([group(opens_at=at, **facts)], [place("Ada", "1")], [], register(), DAY)
    assert placed.groups, "a place was given by the day"


def test_cancelled_group_is_counted_as_cancelled_only() -> None:
    within, short = composition(12, 6), composition(9, 6)
    empty, full = composition(0, 0, ending="cancelled"), composition(12, 6, ending="cancelled")
    found = Compositions((within, short, empty, full))
    assert (found.in_range, found.cancelled, found.outside) == (Ratio(1, 2), 2, (short,))
    assert (found.median_teachers, found.median_schools) == (10.5, 6.0)
    for one in (empty, full):
        assert (one.in_range, one.shortfall, one.teachers_short, one.schools_short) == (False, "", 0, 0)


def test_cancelled_groups_are_last() -> None:
    groups = [group(work_group_id=title, title=title) for title in "BC"]
    listed = [group(work_group_id="A", title="A", ending="cancelled"), *groups]
    assert [c.group.title for c in compose(listed, [], [], register(), DAY).groups] == ["B", "C", "A"]
