"""D1 to D3: what was derived from other facts is derived again when they change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.cases.desk import Desk, Person
from tests.cases.participants import Participants, cells, csv_file, problems
from tests.cases.register import authority, in_trust, schools
from tests.cases.visiting import TERMS_2025, Terms, assigned, log, owed, plan, reported, set_calendar
from tests.enrolment.register_files import urn
from tests.support.waiting import wait_until

LAST = "2025/26"
EASTER = date(2026, 4, 15)  # a Wednesday in the first week of the hub's summer 1
LATER = ("2026-04-20", "2026-05-22")  # summer 1 of a school that comes back a week later
LONGER = ("2026-02-23", "2026-04-17")  # spring 2 of a school that teaches through Easter
JANUARY = date(2026, 1, 12)


@dataclass(frozen=True)
class Seen:
    """A school that was visited on 15 April, as its authority's calendar has it: in summer 1."""

    la_code: str
    urn: str
    trust_uid: str
    visit_id: str


@pytest.fixture(name="seen")
def _seen(desk: Desk) -> Seen:
    la_code, uid = authority(), urn()
    (number,) = schools(desk, 1, la_code, in_trust(uid), file_date=date(2025, 9, 1))
    set_calendar(desk, f"la:{la_code}", TERMS_2025, year=LAST)
    visit = plan(desk, assigned(desk, number, JANUARY), EASTER)
    said = log(desk, visit, EASTER)
    assert (said["half_term"], said["out_of_term"]) == ("2025-5", False)
    assert owed(desk, [number])[number, "2025-5"] == "met"
    return Seen(la_code, number, uid, visit)


def with_terms(*changes: tuple[int, tuple[str, str]]) -> Terms:
    """Last year's half terms, some of them (counted from 1) changed."""
    terms = list(TERMS_2025)
    for number, term in changes:
        terms[number - 1] = term
    return terms


def recalculated(desk: Desk, visit_id: str) -> list[Any]:
    """Return the VisitRecalculated events of a visit."""
    told = desk.hub.published("VisitRecalculated")
    return [one.data for one in told if one.data["visit_id"] == visit_id]


def half_term_of(desk: Desk, visit_id: str) -> tuple[str | None, bool]:
    """A visit's half term, and whether it was out of term."""
    found = desk.hub("GET", f"/visits/v1/visits/{visit_id}").json
    return found["half_term"], found["out_of_term"]


def assert_followed(
    desk: Desk, seen: Seen, half_term: str | None, statuses: dict[str, str], scope: str, terms: Terms
) -> None:
    """A calendar changes the visit's half term and how obligations stand, in visits and in reporting."""
    set_calendar(desk, scope, terms, year=LAST)
    expected = (half_term, half_term is None)
    wait_until(lambda: half_term_of(desk, seen.visit_id) == expected, deadline=5)
    (told,) = recalculated(desk, seen.visit_id)
    assert (told.get("half_term"), told["out_of_term"]) == expected
    said = owed(desk, [seen.urn])
    assert {term: said[seen.urn, term] for term in statuses} == statuses
    assert said == reported(desk, seen.la_code, year=LAST)


def test_d1_a_visit_is_out_of_term_once_the_school_says_that_its_term_began_later(
    desk: Desk, seen: Seen
) -> None:
    """Before: visit and obligation stay in summer 1 for ever."""
    scope = f"school:{seen.urn}"
    assert_followed(desk, seen, None, {"2025-5": "missed"}, scope, with_terms((5, LATER)))


def test_d1_a_visit_moves_to_the_half_term_that_the_trust_says(desk: Desk, seen: Seen) -> None:
    """More of D1's kind: a calendar of the school's trust."""
    terms = with_terms((4, LONGER), (5, LATER))
    statuses = {"2025-4": "met", "2025-5": "missed"}
    assert_followed(desk, seen, "2025-4", statuses, f"trust:{seen.trust_uid}", terms)


def test_d1_a_visit_logged_late_is_in_time_once_the_half_term_ended_later(desk: Desk) -> None:
    """More of D1's kind: lateness follows the calendar as well."""
    la_code = authority()
    (number,) = schools(desk, 1, la_code)
    set_calendar(desk, f"la:{la_code}", TERMS_2025, year=LAST)
    visit = plan(desk, assigned(desk, number, JANUARY), date(2026, 3, 24))
    said = log(desk, visit, date(2026, 3, 24), at=datetime(2026, 4, 20, 9, tzinfo=UTC))
    assert said["late"] is True
    terms = with_terms((4, ("2026-02-23", "2026-04-08")), (5, LATER))
    set_calendar(desk, f"school:{number}", terms, year=LAST)
    wait_until(lambda: desk.hub("GET", f"/visits/v1/visits/{visit}").json["late"] is False, deadline=5)
    assert [one["late"] for one in recalculated(desk, visit)] == [False]
    assert reported(desk, la_code, year=LAST)[number, "2025-4"] == "met"


@pytest.fixture(name="autumn", scope="module")
def _autumn(desk: Desk) -> tuple[str, dict[str, str]]:
    """An authority whose autumn ended on 19 December, and assignments to three of its schools."""
    la_code = authority()
    numbers = schools(desk, 3, la_code)
    set_calendar(desk, f"la:{la_code}", TERMS_2025, year=LAST)
    return la_code, {number: assigned(desk, number, date(2025, 11, 3)) for number in numbers}


@pytest.mark.parametrize(
    ("nth", "logged_at", "late"),
    [
        (0, datetime(2026, 1, 5, 10, tzinfo=UTC), False),
        (1, datetime(2026, 1, 7, 23, 59, tzinfo=UTC), False),  # more of D2's kind: the tenth working day
        (2, datetime(2026, 1, 8, 0, 0, tzinfo=UTC), True),  # more of D2's kind: the day after
    ],
)
def test_d2_a_visit_of_the_last_day_of_term_may_be_logged_for_ten_working_days(
    desk: Desk, autumn: tuple[str, dict[str, str]], nth: int, logged_at: datetime, *, late: bool
) -> None:
    """Before: days of the Christmas holidays count, so that 5 January is late already."""
    la_code, assignments = autumn
    number, assignment = list(assignments.items())[nth]
    last_day = date(2025, 12, 19)
    said = log(desk, plan(desk, assignment, last_day), last_day, at=logged_at)
    assert (said["half_term"], said["late"]) == ("2025-2", late)
    status = "late" if late else "met"
    assert owed(desk, [number])[number, "2025-2"] == status
    assert reported(desk, la_code, year=LAST)[number, "2025-2"] == status


def enrolled(desk: Desk, group_id: str, number: str) -> list[int]:
    """The lead participants that each SchoolEnrolled of a school on a group names."""
    told = [one.data for one in desk.hub.published("SchoolEnrolled")]
    return [
        one["lead_participants_n"] for one in told if (one["work_group_id"], one["urn"]) == (group_id, number)
    ]


def take(desk: Desk, group_id: str, people: Sequence[Person], role: str) -> None:
    """Give people places one by one."""
    for person in people:
        desk.make(f"work-groups/{group_id}/enrolments", {"teacher_id": person.id, "role": role})


def assert_latest(desk: Desk, group_id: str, number: str, expected: int) -> None:
    """The latest SchoolEnrolled names so many lead participants."""
    wait_until(lambda: enrolled(desk, group_id, number)[-1:] == [expected], deadline=5)


def test_d3_lead_participants_are_counted_as_they_enrol(desk: Desk) -> None:
    """Before: 1, the number of the first enrolment."""
    people, group = desk.people(6), desk.group()
    take(desk, group.id, people, "lead_participant")
    assert_latest(desk, group.id, people[0].urn, 6)
    assert enrolled(desk, group.id, people[0].urn)[0] == 1


def test_d3_a_list_counts_its_lead_participants(desk: Desk) -> None:
    """More of D3's kind: enrolled by a list; other participants are none."""
    (known,), group = desk.people(1), desk.group(capacity=30)
    take(desk, group.id, [known], "lead_participant")
    on = Participants(desk, group)
    assert problems(on.send(csv_file(*(cells(known.urn) for _ in range(3))))) == []
    colleagues = desk.people(2, urn=known.urn)
    take(desk, group.id, colleagues, "lead_participant")
    assert_latest(desk, group.id, known.urn, 3)


def test_d3_a_lead_participant_who_withdraws_is_counted_no_longer(desk: Desk) -> None:
    """More of D3's kind."""
    people, group = desk.people(3), desk.group()
    take(desk, group.id, people, "lead_participant")
    items = desk.hub("GET", f"/enrolment/v1/work-groups/{group.id}/enrolments").json["items"]
    desk.make(f"enrolments/{items[0]['enrolment_id']}/withdrawal", {"reason": "workload"})
    assert_latest(desk, group.id, people[0].urn, 2)
