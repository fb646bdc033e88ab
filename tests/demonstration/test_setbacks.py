"""Changes of plans, checked in the requests."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from tests.demonstration.counting import body, cancelled, given_up, made, named, placed, rows_of, sent
from tests.demonstration.noons import noons
from tests.demonstration.years import Year

from hub_demo.commands import Command
from hub_demo.plan import Plan, plan_for


def full_group(year: Year) -> tuple[str, Command]:
    """The group that is cancelled with participants, and its cancellation."""
    off = {named(c): c for c in sent(year.commands, r".*/work-groups/.*/cancellation")}
    return next((key, c) for key, c in off.items() if body(c)["reason"] == "funding")


def test_a_group_is_cancelled_with_14_participants_a_waiting_list_an_offer_and_an_application(
    plan: Plan, year: Year
) -> None:
    key, cancellation = full_group(year)
    day = cancellation.at.date()
    (before,) = noons(plan, day - timedelta(days=1), day - timedelta(days=1))
    group = before.ledger.groups[key]
    assert group.status == "confirmed"
    assert len(group.held()) == 14
    assert (len(group.standing("offered")), len(group.standing("waiting"))) == (1, 1)
    assert [one.status for one in group.applications.values()] == ["submitted"]
    assert len(group.sessions) == 3


def test_the_present_year_has_a_cancelled_group_with_participants_too() -> None:
    (it,) = noons(plan_for(date(2026, 11, 29)), date(2026, 11, 29), date(2026, 11, 29))
    (group,) = (one for one in it.groups("cancelled") if one.year == "2026/27")
    assert len(group.places) >= 11


def of_the_present_year(plan: Plan) -> list[Command]:
    """The enrolments on the present year's groups."""
    year = plan.present.first
    return [c for c in sent(plan.commands, r".*/enrolments") if c.key.startswith(f"enrolment/{year}/")]


def academy(plan: Plan) -> tuple[str, str]:
    """The number that closes in April, and the one that opens."""
    register = plan.last_year.register
    return register.old.urn, register.new.urn


def test_a_supported_school_with_teachers_on_running_groups_becomes_an_academy(
    plan: Plan, year: Year
) -> None:
    old, new = academy(plan)
    imports = [c for c in sent(year.commands, r".*/imports/gias.*") if c.key == "import/april"]
    assert isinstance(imports[0].body, bytes)
    row = {row["URN"]: row for row in rows_of(imports[0].body)}[old]
    assert (row["EstablishmentStatus (code)"], row["CloseDate"]) == ("2", "31-03-2026")
    # One assignment, which the academy carries on, with visits before and after.
    assigned = Counter(str(body(c)["urn"]) for c in sent(year.commands, r".*/assignments"))
    assert (assigned[old], assigned[new]) == (1, 0)
    logs = [c.at.date() for c in sent(year.commands, r".*/log") if c.lane == f"assignment/{old}"]
    assert min(logs) < date(2026, 4, 1) < max(logs)
    # Teachers of the old number are marked at sessions after it has closed.
    later = [
        made(mark["enrolment_id"])
        for c in sent(year.commands, r".*/sessions/.*/register")
        if c.at.date() > date(2026, 4, 13)
        for mark in body(c)["marks"]
    ]
    assert any(f"/{old}/" in key for key in later)


def test_a_visit_planned_under_the_old_number_is_logged_after_it_has_closed(plan: Plan, year: Year) -> None:
    old, _ = academy(plan)
    visits = {c.key: c for c in sent(year.commands, r".*/v1/visits")}
    across = [
        log
        for log in sent(year.commands, r".*/log")
        if log.lane == f"assignment/{old}" and visits[named(log)].at.date() < date(2026, 4, 1) < log.at.date()
    ]
    assert len(across) == 1


def test_a_school_with_a_place_given_in_the_summer_is_an_academy_in_september(plan: Plan) -> None:
    files = [c for c in sent(plan.commands, r".*/imports/gias.*") if c.key == "import/next-september"]
    assert isinstance(files[0].body, bytes)
    closed = {row["URN"] for row in rows_of(files[0].body) if row["CloseDate"] == "31-08-2026"}
    (urn,) = closed
    places = [
        c
        for c in sent(plan.commands, r".*/enrolments")
        if f"/{urn}/" in c.key and c.key.startswith("enrolment/2026/")
    ]
    assert places
    assert all(c.at.date() < date(2026, 8, 31) for c in places)


def test_a_pd_lead_stops_in_february_and_each_school_has_another_one_by_the_summer(year: Year) -> None:
    (end,) = sent(year.commands, r".*/leaders/.*/end")
    stopped = named(end).split("/pd_lead")[0].removeprefix("leader/")
    last_day = date.fromisoformat(body(end)["ends_on"])
    assert last_day == date(2026, 2, 13)
    assignments = sent(year.commands, r".*/v1/assignments")
    left = {c.key for c in assignments if made(body(c)["pd_lead_id"]) == stopped}
    hand_overs = sent(year.commands, r".*/hand-over")
    assert {named(c) for c in hand_overs} == left
    begins = {date.fromisoformat(body(c)["on"]) for c in hand_overs}
    assert begins == {date(2026, 2, 23), date(2026, 4, 13)}, "some wait for half a term"
    assert {body(c)["programme"] for c in assignments} == {"opportunity_area"}
    assert stopped not in {made(body(c)["pd_lead_id"]) for c in hand_overs}


def test_visits_of_the_pd_lead_who_stopped_were_planned_and_one_is_never_cancelled(year: Year) -> None:
    planned = {c.key for c in sent(year.commands, r".*/v1/visits") if "left-behind" in c.key}
    off = {named(c) for c in sent(year.commands, r".*/visits/.*/cancellation")}
    logged = {named(c) for c in sent(year.commands, r".*/log")}
    assert len(planned) > 2
    assert len(planned - off - logged) == 1
    # Those of schools that were handed over in February are made by the PD leads who followed.
    hand_overs = {named(c).removeprefix("assignment/"): c for c in sent(year.commands, r".*/hand-over")}
    made_by = {key.split("/")[1] for key in planned & logged}
    assert made_by == {urn for urn, c in hand_overs.items() if body(c)["on"] == "2026-02-23"}


def test_a_visit_lay_before_the_summer_term_of_its_school_and_another_one_is_made(year: Year) -> None:
    (corrected,) = (c for c in year.commands if "/calendars/school:" in c.path)
    urn = corrected.path.rpartition(":")[2]
    fifth = body(corrected)["half_terms"][4]
    planned = {c.key: c for c in sent(year.commands, r".*/v1/visits") if f"/{urn}/" in c.key}
    logs = [c for c in sent(year.commands, r".*/log") if named(c) in planned and "2025-5" in c.key]
    days = [body(c)["happened_on"] for c in logs]
    assert days == ["2026-04-15", "2026-05-06"]
    assert fifth["starts_on"] == "2026-04-20"
    assert logs[0].at < corrected.at < planned[named(logs[1])].at


def test_a_participant_withdrawn_by_mistake_attends_everything_on_two_places(year: Year) -> None:
    (reopened,) = (c for c in year.commands if c.method == "PATCH")
    places = placed(year.commands)
    (again,) = (c for c in sent(year.commands, r".*/enrolments") if c.key.endswith("/again"))
    first = again.key.removesuffix("/again")
    assert places[first] == places[again.key]
    assert first in given_up(year.commands)
    (gone,) = (c for c in sent(year.commands, r".*/withdrawal") if named(c) == first)
    closes = datetime.fromisoformat(body(reopened)["closes_at"])
    assert gone.at < reopened.at < again.at < closes
    assert again.at - gone.at < timedelta(days=4), "on the next working day"
    group = places[first][0]
    marks = [
        (made(mark["enrolment_id"]), mark["mark"])
        for c in sent(year.commands, r".*/sessions/.*/register")
        if c.lane == group
        for mark in body(c)["marks"]
        if made(mark["enrolment_id"]) in {first, again.key}
    ]
    assert Counter(marks) == {(first, "present"): 1, (again.key, "present"): 2}
    held = [c for c in sent(year.commands, r".*/sessions/.*/register") if c.lane == group]
    assert len(held) == 3, "on their second place they come to too few"


def test_a_mistake_of_the_present_year_is_put_right_while_the_group_recruits(plan: Plan) -> None:
    (again,) = (c for c in of_the_present_year(plan) if c.key.endswith("/again"))
    first = again.key.removesuffix("/again")
    assert first in given_up(plan.commands)


@pytest.mark.parametrize("day", [date(2019, 5, 14), date(2024, 1, 9), date(2033, 7, 5)])
def test_every_year_has_its_setbacks(day: date) -> None:
    commands = Year.of(plan_for(day)).commands
    assert len(cancelled(commands)) == 2
    assert len(sent(commands, r".*/leaders/.*/end")) == 1
    assert len([c for c in commands if c.method == "PATCH"]) == 1
    assert len([c for c in commands if "/calendars/school:" in c.path]) == 1
