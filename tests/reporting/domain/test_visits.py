"""Obligations of supported schools with their status, and PD leads."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reporting.factories import HALF_TERMS, an_id
from tests.reporting.plain import register, school

from hub_platform.bank_holidays import bank_holidays
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.visits import (
    Assignment,
    Compliance,
    Excused,
    Logged,
    Obligation,
    Planned,
    VisitRecords,
    compliance,
    coverage,
)

SCHOOLS = register(school("A"), school("B"), school("OLD", status="closed"), uOLD="B")
STARTS, ENDS = HALF_TERMS["2025-1"]
LAST_DAY_TO_LOG = date(2025, 11, 7)  # the tenth working day after it
DECIDED = LAST_DAY_TO_LOG + timedelta(1)


def due(urn: str = "A", half_term: str = "2025-1", kind: str = "visit") -> Obligation:
    return Obligation(urn, half_term, kind, *HALF_TERMS[half_term])


def logged(urn: str = "A", kind: str = "support", **others: Any) -> Logged:
    return Logged(urn, "2025-1", kind, STARTS + timedelta(5), late=False)._replace(**others)


def compliance_on(
    obligations: Sequence[Obligation],
    day: date,
    *,
    visits: Sequence[Logged] = (),
    planned: Sequence[Planned] = (),
    excused: Sequence[Excused] = (),
) -> Compliance:
    records = VisitRecords(logged=visits, planned=planned, excused=excused)
    return compliance(obligations, records, SCHOOLS, day, bank_holidays())


PLANNED = Planned("A", "2025-1", "support")
EXCUSED = Excused("A", "2025-1", "visit")


@pytest.mark.parametrize(
    ("day", "facts", "status"),
    [
        (STARTS - timedelta(1), {}, "ahead"),
        (STARTS - timedelta(1), {"planned": [PLANNED]}, "planned"),
        (STARTS, {}, "open"),
        (ENDS, {}, "open"),
        (ENDS, {"planned": [PLANNED]}, "planned"),
        (ENDS + timedelta(1), {}, "awaiting_log"),
        (ENDS + timedelta(1), {"planned": [PLANNED]}, "awaiting_log"),
        (LAST_DAY_TO_LOG, {}, "awaiting_log"),
        (DECIDED, {}, "missed"),
        (DECIDED, {"planned": [PLANNED]}, "missed"),
        (DECIDED, {"excused": [EXCUSED]}, "excused"),
        (DECIDED, {"visits": [logged()]}, "met"),
        (DECIDED, {"visits": [logged(late=True)]}, "late"),
        (DECIDED, {"visits": [logged()], "excused": [EXCUSED]}, "met"),
        (ENDS, {"visits": [logged(on=ENDS + timedelta(1))]}, "open"),  # not yet known on that day
        (DECIDED, {"visits": [logged(kind="department_pd")]}, "missed"),
        (DECIDED, {"visits": [logged(kind="observation")]}, "met"),
        (DECIDED, {"visits": [logged("B")]}, "missed"),
        (DECIDED, {"visits": [logged(half_term="2025-2")]}, "missed"),
        (DECIDED, {"visits": [logged(late=True), logged(on=ENDS)]}, "met"),
    ],
)
def test_status_of_an_obligation_on_a_day(day: date, facts: dict[str, Any], status: str) -> None:
    (one,) = compliance_on([due()], day, **facts).outcomes
    assert one.status == status


def test_department_meeting_is_a_separate_obligation() -> None:
    found = compliance_on([due(), due(kind="department_pd")], DECIDED, visits=[logged(kind="department_pd")])
    assert {s.obligation.kind: s.status for s in found.outcomes} == {
        "department_pd": "met",
        "visit": "missed",
    }


def test_same_obligation_of_two_programmes_is_due_once() -> None:
    assert len(compliance_on([due(), due(), due("OLD"), due("B")], ENDS).outcomes) == 2


@pytest.mark.parametrize("turned", [False, True])
def test_latest_end_of_a_half_term_counts_where_programmes_differ(turned: bool) -> None:
    both = [due("OLD"), due("B")._replace(ends_on=ENDS + timedelta(3))]
    (one,) = compliance_on(both[::-1] if turned else both, ENDS + timedelta(3)).outcomes
    assert (one.obligation.ends_on, one.status) == (ENDS + timedelta(3), "open")


def test_a_visit_to_the_old_school_counts_for_its_successor() -> None:
    (one,) = compliance_on([due("OLD")], ENDS + timedelta(1), visits=[logged("B")]).outcomes
    assert (one.obligation.urn, one.status) == ("B", "met")


def test_rate_is_of_ended_half_terms_without_excused_obligations() -> None:
    second = HALF_TERMS["2025-2"][0]
    obligations = [due(urn, half_term) for urn in "AB" for half_term in ("2025-1", "2025-2")]
    found = compliance_on(
        obligations,
        second + timedelta(3),
        visits=[logged("A"), logged("A", half_term="2025-2", on=second)],
        excused=[Excused("B", "2025-1", "visit")],
    )
    assert found.met == Ratio(1, 1)
    assert found.current() == "2025-2"
    assert found.visited("2025-2") == {"A"}
    assert found.counts() == {
        "met": 2,
        "late": 0,
        "excused": 1,
        "awaiting_log": 0,
        "missed": 0,
        "planned": 0,
        "open": 1,
        "ahead": 0,
    }


def test_obligation_is_due_once_met_or_too_late_to_log_on_time() -> None:
    assert compliance_on([due()], ENDS).met == Ratio(0, 0)
    assert compliance_on([due()], LAST_DAY_TO_LOG).met == Ratio(0, 0)
    assert compliance_on([due()], DECIDED).met == Ratio(0, 1)
    assert compliance_on([due()], ENDS, visits=[logged()]).met == Ratio(0, 0)
    assert compliance_on([due(), due("B")], ENDS + timedelta(1), visits=[logged()]).met == Ratio(1, 1)


@given(
    keys=st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(list(HALF_TERMS)))),
    day=st.dates(date(2025, 8, 1), date(2026, 8, 31)),
    data=st.data(),
)
def test_every_obligation_is_counted_exactly_once(
    keys: list[tuple[str, str]], day: date, data: st.DataObject
) -> None:
    some = st.lists(st.sampled_from(keys), max_size=5) if keys else st.just([])
    found = compliance_on(
        [due(urn, half_term) for urn, half_term in keys],
        day,
        visits=[logged(u, half_term=h, on=HALF_TERMS[h][0]) for u, h in data.draw(some)],
        planned=[Planned(u, h, "support") for u, h in data.draw(some)],
        excused=[Excused(u, h, "visit") for u, h in data.draw(some)],
    )
    counts = found.counts()
    assert sum(counts.values()) == len(set(keys)) == len(found.outcomes)
    assert found.met.n <= counts["met"] + counts["late"]
    assert found.met.of <= len(found.outcomes) - counts["excused"]


def assignment(urn: str, programme: str = "intensive", **others: Any) -> Assignment:
    plain = Assignment(an_id(f"{programme} {urn}"), urn, an_id("lead"), programme, date(2025, 9, 1), None)
    return plain._replace(**others)


@pytest.mark.parametrize(
    ("day", "n"),
    [(date(2025, 8, 31), 0), (date(2025, 9, 1), 1), (date(2026, 8, 31), 1), (date(2026, 9, 1), 0)],
)
def test_an_assignment_lasts_to_the_end_of_its_academic_year(day: date, n: int) -> None:
    assert coverage([assignment("A")], SCHOOLS, day).ratio.n == n


def test_a_school_with_two_programmes_or_two_numbers_is_covered_once() -> None:
    found = coverage(
        [assignment("A"), assignment("A", "tfm_support"), assignment("OLD"), assignment("B")], SCHOOLS, ENDS
    )
    assert found.ratio == Ratio(2, 2)


def test_school_whose_pd_lead_left_the_role_is_listed_without_one() -> None:
    ended = assignment("A", lead_ended_on=ENDS)
    assert coverage([ended], SCHOOLS, ENDS).ratio == Ratio(1, 1)
    after = coverage([ended], SCHOOLS, ENDS + timedelta(1))
    assert (after.ratio, set(after.without)) == (Ratio(0, 1), {"A"})
    assert coverage([ended, assignment("A", "tfm_support")], SCHOOLS, ENDS + timedelta(1)).ratio == Ratio(
        1, 1
    )


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 11), "lead"),
        (date(2026, 1, 12), "next"),
        (date(2026, 3, 31), "next"),
        (date(2026, 4, 1), None),
    ],
)
def test_a_school_that_was_handed_over_counts_once_with_the_lead_of_the_day(
    day: date, name: str | None
) -> None:
    chain = [
        assignment("A", ended_on=date(2026, 1, 11)),
        assignment("A", "next", pd_lead_id=an_id("next"), starts_on=date(2026, 1, 12))._replace(
            ended_on=date(2026, 3, 31)
        ),
    ]
    for order in (chain, chain[::-1]):
        found = coverage(order, SCHOOLS, day)
        assert found.ratio == Ratio(int(name is not None), 1)
        if name is not None:
            assert found.led["A"].pd_lead_id == an_id(name)
        else:
            assert found.without["A"].pd_lead_id == an_id("next")  # the last one


def test_assignment_handed_over_before_its_first_day_never_counts() -> None:
    first = assignment("A", ended_on=date(2025, 8, 31))
    assert coverage([first], SCHOOLS, date(2025, 9, 1)).ratio == Ratio(0, 1)
