"""S3 and S4: what a school is owed, and what it counts for, when its number or its trust changes."""

import contextlib
from collections.abc import Callable
from datetime import date

import pytest
from tests.cases.answers import LAST_YEAR, ask, caught_up, report, urns
from tests.cases.desk import HALF_TERMS, Desk
from tests.cases.register import (
    authority,
    changed,
    in_gias,
    in_trust,
    place,
    register,
    schools,
    succeed,
)
from tests.cases.visiting import assigned, log, noon, owed, plan, reported, set_calendar, visited
from tests.enrolment.register_files import group_links, groups, row, urn
from tests.support.waiting import wait_until

AUTUMN = date(2026, 9, 14)
HALF_TERM = date(2026, 10, 31)  # the last day of schools that close between the half terms
IN_NOVEMBER = date(2026, 11, 10)
IN_JANUARY = date(2027, 1, 20)
OCTOBER, DECEMBER = date(2025, 10, 1), date(2025, 12, 1)
LEFT, FEBRUARY = date(2026, 1, 4), date(2026, 2, 1)


def supported(desk: Desk) -> tuple[str, str, str]:
    """A school that has had a PD lead since September: authority, URN, assignment."""
    la_code = authority()
    (old,) = schools(desk, 1, la_code)
    set_calendar(desk, f"la:{la_code}", HALF_TERMS)
    return la_code, old, assigned(desk, old, AUTUMN)


def succeeded(desk: Desk, la_code: str, old: str) -> str:
    """Close a school, wait until visits has received its successor, and return the successor's URN."""
    new = succeed(desk, la_code, {old: None}, last_day=HALF_TERM)[old]
    with contextlib.suppress(AssertionError):
        wait_until(lambda: owed(desk, [new]), deadline=8, interval=0.1)
    return new


def agreed(desk: Desk, la_code: str, *numbers: str) -> dict[tuple[str, str], str]:
    """Return the answer of visits about schools after all events, equal to that of reporting."""
    with contextlib.suppress(AssertionError):
        wait_until(lambda: owed(desk, numbers) == reported(desk, la_code), deadline=8, interval=0.5)
    said = owed(desk, numbers)
    assert said == reported(desk, la_code)
    return said


def test_s3_obligations_go_on_at_the_successor(desk: Desk) -> None:
    """Before: visits owes them to the closed school, reporting to its successor."""
    la_code, old, assignment = supported(desk)
    planned = plan(desk, assignment, IN_NOVEMBER)
    new = succeeded(desk, la_code, old)
    log(desk, planned, IN_NOVEMBER)
    plan(desk, assignment, IN_JANUARY)
    said = agreed(desk, la_code, new)
    assert {number for number, _ in said} == {new}
    assert [said[new, f"2026-{n}"] for n in (1, 2, 3, 4)] == ["missed", "met", "planned", "to come"]


def test_s3_what_was_met_before_the_closing_stays_met(desk: Desk) -> None:
    """More of S3's kind."""
    la_code, old, assignment = supported(desk)
    visited(desk, assignment, date(2026, 9, 22))
    new = succeeded(desk, la_code, old)
    visited(desk, assignment, IN_NOVEMBER)
    said = agreed(desk, la_code, new)
    assert [said[new, f"2026-{n}"] for n in (1, 2)] == ["met", "met"]
    answer = report(desk.hub, "visit-compliance", f"la:{la_code}", as_at=date(2026, 10, 20))
    assert urns(answer) == {old}, "on that day it was the old school"


def test_s3_the_successor_is_excused_from_what_the_closed_school_was_owed(desk: Desk) -> None:
    """More of S3's kind. Before: 422 `unknown_obligation`."""
    la_code, old, _ = supported(desk)
    new = succeeded(desk, la_code, old)
    excused = {"urn": new, "half_term": "2026-2", "kind": "visit", "reason": "ofsted"}
    reply = desk.hub("POST", "/visits/v1/exemptions", excused, at=noon(date(2026, 12, 1)))
    assert reply.status in {200, 201}, reply.body
    assert agreed(desk, la_code, new)[new, "2026-2"] == "excused"


def moved_by_establishments(desk: Desk, la_code: str, number: str, old: str, new: str) -> None:
    """A file of 4 January names the other trust."""
    register(desk, [changed(number, la_code, file_date=LEFT, **in_trust(new))], LEFT)


def moved_by_group_links(desk: Desk, la_code: str, number: str, old: str, new: str) -> None:
    """A file of today names the other trust and the day on which the school joined it."""
    register(desk, [changed(number, la_code, file_date=LEFT, **in_trust(new))], desk.hub.now.date())
    named = [(uid, f"Trust {uid}", uid.zfill(8), "Multi-academy trust", "", "Open") for uid in (old, new)]
    desk.make("imports/gias?mode=apply", groups(*named))
    desk.make("imports/gias?mode=apply", group_links((number, new, "Multi-academy trust", in_gias(LEFT))))


@pytest.mark.parametrize("move", [moved_by_establishments, moved_by_group_links])
def test_s4_a_school_counts_for_the_trust_that_it_was_in_on_the_day(
    desk: Desk, move: Callable[[Desk, str, str, str, str], None]
) -> None:
    """Before: it counts for its trust of today on every day."""
    la_code, old, new = authority(), urn(), urn()
    (number,) = schools(desk, 1, la_code, in_trust(old), file_date=OCTOBER)
    move(desk, la_code, number, old, new)
    for uid, day, counted in (
        (old, DECEMBER, {number}),
        (old, date(2026, 1, 3), {number}),
        (old, LEFT, set()),
        (new, LEFT, {number}),
        (new, FEBRUARY, {number}),
    ):
        caught_up(desk.hub)
        reply = ask(desk.hub, "engagement", f"trust:{uid}", as_at=day, period=LAST_YEAR)
        found = urns(reply.json) if reply.status == 200 else reply.json["code"]
        assert found == counted, (uid, day)


def test_s4_an_authority_that_is_recoded_keeps_its_schools_of_last_year(desk: Desk) -> None:
    """More of S4's kind: schools do not move when a council is replaced."""
    before, after = authority(), authority()
    numbers = set(schools(desk, 2, before, file_date=OCTOBER))
    recoded = [changed(number, after, file_date=LEFT) for number in sorted(numbers)]
    register(desk, recoded, LEFT)
    assert urns(report(desk.hub, "engagement", f"la:{before}", as_at=DECEMBER, period=LAST_YEAR)) == numbers
    assert urns(report(desk.hub, "engagement", f"la:{after}", as_at=FEBRUARY, period=LAST_YEAR)) == numbers


def test_s4_a_school_counts_under_the_phase_that_it_had_on_the_day(desk: Desk) -> None:
    """A case like S4: an infant school admits older pupils and becomes all-through."""
    la_code, number = authority(), urn()
    register(desk, [row(**place(la_code, URN=number))], OCTOBER)
    through = {"PhaseOfEducation (code)": "7"}
    register(desk, [changed(number, la_code, file_date=LEFT, **through)], LEFT)
    for day, phase in ((DECEMBER, "primary"), (FEBRUARY, "all_through")):
        answer = report(desk.hub, "engagement", f"la:{la_code}", as_at=day, period=LAST_YEAR)
        assert [one["phase"] for one in answer["rows"]] == [phase], day
