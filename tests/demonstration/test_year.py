"""Last year, read as a list of requests."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from tests.demonstration.counting import (
    Counted,
    body,
    cancelled,
    given_up,
    made,
    meets,
    named,
    placed,
    schools_of_teachers,
    sent,
)
from tests.demonstration.years import Year

from hub_demo.dates.school_years import HalfTerm, half_term_on
from hub_demo.groups.forming import AT_THE_EDGE, BEYOND, FALLS_BELOW
from hub_demo.register.words import FAMILY_HEADS, FAMILY_TAILS, GIVEN_NAMES
from hub_demo.support.assignments import OUTCOMES
from hub_demo.support.visits import holiday_visit
from hub_kernel.working_days import working_days_after
from hub_platform.bank_holidays import bank_holidays


def test_a_school_that_opens_in_january_is_mentioned_after_the_register_that_has_it(year: Year) -> None:
    commands = {command.key: command for command in year.commands}

    def leads_back(key: str) -> bool:
        return key == "import/january" or any(leads_back(before) for before in commands[key].needs())

    mentioning = [
        command
        for command in year.commands
        for urn in year.hub.successors.values()
        if not isinstance(command.body, bytes)
        and re.search(rf"\b{urn}\b", f"{command.key} {command.path} {command.body}")
    ]
    assert len(mentioning) > 9
    assert all(leads_back(command.key) for command in mentioning)


def test_the_year_lies_between_september_and_july(year: Year) -> None:
    days = {command.at.date() for command in year.commands}
    assert min(days) == date(2025, 9, 1)
    assert max(days) == date(2026, 7, 24)


def test_the_figures_of_the_brief_come_out(counted: Counted) -> None:
    assert len(counted.connected) == 541
    assert len(counted.lead_schools) == 39
    assert len(counted.core_people) == 14
    assert len(counted.core_schools) == 12
    assert len(counted.groups) == 48
    trusts = {counted.register[urn]["Trusts (code)"] for urn in counted.core_schools}
    assert "" not in trusts  # a maintained school is not counted as a trust
    assert len(trusts) == 6


def test_more_than_seventy_per_cent_of_cambridgeshire_is_engaged(counted: Counted) -> None:
    schools = counted.state_funded("873")
    share = len(counted.engaged & schools) / len(schools)
    assert 0.70 < share < 0.75
    assert len(counted.signed_up & schools) > len(counted.engaged & schools)


def test_every_engaged_school_is_connected_and_some_schools_are_not(counted: Counted) -> None:
    assert counted.signed_up <= counted.connected
    assert counted.supported <= counted.engaged
    for la_code in ("873", "874", "926", "935"):
        assert counted.state_funded(la_code) - counted.connected


def test_38_schools_of_the_opportunity_area_are_supported(counted: Counted) -> None:
    area = {
        urn
        for urn in counted.state_funded("873")
        if counted.register[urn]["DistrictAdministrative (name)"] in {"Fenland", "East Cambridgeshire"}
    }
    secondaries = {urn for urn in area if counted.register[urn]["PhaseOfEducation (code)"] == "4"}
    phases = Counter(counted.register[urn]["PhaseOfEducation (name)"] for urn in counted.supported)
    assert phases == {"Primary": 29, "Secondary": 9}
    assert counted.supported <= area
    assert secondaries <= counted.supported


def test_groups_keep_the_rule_but_for_the_deliberate_ones(year: Year, counted: Counted) -> None:
    sizes = {int(key.removeprefix("group/")): size for key, size in counted.groups.items()}
    beyond = {n for n, (t, s) in sizes.items() if not (10 <= t <= 20 and s >= 6)}
    assert beyond == {*BEYOND, FALLS_BELOW}
    for number, size in AT_THE_EDGE.items():
        assert sizes[number] == (size if number != FALLS_BELOW else (9, size[1]))
    assert {9, 10, 20, 21} <= {t for t, _ in sizes.values()}
    assert {5, 6} <= {s for _, s in sizes.values()}
    reasons = {c.key for c in sent(year.commands, r".*/confirmation") if "override_reason" in body(c)}
    assert reasons == {f"confirmation/{n:02}" for n in BEYOND}


def test_places_are_unique_and_within_capacity(year: Year) -> None:
    joined: dict[str, list[str]] = defaultdict(list)
    places, gone = placed(year.commands), given_up(year.commands)
    for key, (group_key, teacher) in places.items():
        joined[group_key] += [] if key in gone else [teacher]
    for group in sent(year.commands, r".*/v1/work-groups"):
        assert len(set(joined[group.key])) == len(joined[group.key]) <= body(group)["capacity"]
        assert not {made(lead) for lead in body(group)["lead_ids"]} & set(joined[group.key])


def test_a_school_is_in_one_group_of_a_programme_and_within_its_cap(year: Year) -> None:
    for group in year.groups:
        assert len({s.urn for s in group.schools}) == len(group.schools)
    joined = Counter((g.programme.name, s.urn) for g in year.groups for s in g.schools)
    assert joined.most_common(1)[0][1] == 1


def test_enrolments_fall_into_the_time_of_recruiting(year: Year) -> None:
    groups = {c.key: dict(body(c)) for c in sent(year.commands, r".*/v1/work-groups")}
    for command in (c for c in year.commands if c.method == "PATCH"):
        groups[named(command)] |= body(command)  # recruitment is opened once more
    for command in sent(year.commands, r".*/enrolments"):
        group = groups[re.findall(r"\{(.*)\}", command.path)[0]]
        opens, closes = (datetime.fromisoformat(group[name]) for name in ("opens_at", "closes_at"))
        assert opens <= command.at < closes


def test_each_register_is_in_time_and_marks_every_place(year: Year) -> None:
    sessions = meets(year.commands)
    places: dict[str, dict[str, date | None]] = defaultdict(dict)
    since = {c.key: c.at.date() for c in year.commands if c.gives == "enrolment_id"}
    for command in year.commands:
        if command.path.endswith(("/withdrawal", "/transfer")):
            group_key, _ = placed(year.commands)[named(command)]
            places[group_key][named(command)] = command.at.date()
        if command.gives == "enrolment_id":
            places[command.lane][command.key] = None
    for register in sent(year.commands, r".*/sessions/.*/register"):
        start = sessions[named(register)].starts_at
        assert start <= register.at < start + timedelta(days=7)
        marked = [made(mark["enrolment_id"]) for mark in body(register)["marks"]]
        held = start.date()
        held_then = places[register.lane].items()
        there = {key for key, left in held_then if since[key] <= held and (left is None or held < left)}
        assert sorted(marked) == sorted(there)


def test_sessions_are_on_school_days_three_to_five_in_each_group(year: Year) -> None:
    registers = {named(c) for c in sent(year.commands, r".*/sessions/.*/register")}
    off = {named(c) for c in sent(year.commands, r".*/sessions/.*/cancellation")}
    never = cancelled(year.commands)
    listed = meets(year.commands).items()
    planned = {key: one for key, one in listed if key.startswith("session/") and one.group not in never}
    assert off
    assert set(planned) == registers | off
    sessions = [planned[key] for key in registers]
    assert set(Counter(one.group for one in sessions).values()) <= {3, 4, 5}
    days = {one.starts_at.date() for one in sessions}
    assert days <= set(year.school_year.school_days())


def test_visits_fall_in_term_but_for_the_deliberate_one(year: Year) -> None:
    keeps_long_holiday = {s.urn for s in year.cast.schools.values() if s.trust == year.cast.long_holiday}
    usual, of_the_trust = year.school_year.half_terms, year.school_year.half_terms_of_the_trust
    outside = []
    for log in sent(year.commands, r".*/log"):
        day = date.fromisoformat(body(log)["happened_on"])
        half_terms = of_the_trust if log.lane.removeprefix("assignment/") in keeps_long_holiday else usual
        assert day <= log.at.date()
        if half_term_on(day, half_terms) is None:
            outside.append(day)
        else:
            assert day.weekday() < 5
    assert outside == [holiday_visit(year.school_year)]


def test_of_282_things_owed_some_are_late_missed_or_excused(year: Year, counted: Counted) -> None:
    secondaries = {u for u in counted.supported if counted.register[u]["PhaseOfEducation (code)"] == "4"}
    assert sum(OUTCOMES.values()) == 6 * (len(counted.supported) + len(secondaries)) == 282
    logged = sent(year.commands, r".*/log")
    half_terms = year.school_year.half_terms
    late = [c for c in logged if is_late(c.at.date(), date.fromisoformat(body(c)["happened_on"]), half_terms)]
    # And the one in the holidays, and the one before its school's own summer term.
    assert len(logged) == OUTCOMES["on_time"] + OUTCOMES["late"] + 2
    assert len(late) == OUTCOMES["late"]
    assert len(sent(year.commands, r".*/exemptions")) == OUTCOMES["excused"]
    cancellations = [
        c for c in sent(year.commands, r".*/visits/.*/cancellation") if "left-behind" not in c.key
    ]
    assert 0 < len(cancellations) < OUTCOMES["missed"]


def is_late(logged: date, happened: date, half_terms: Sequence[HalfTerm]) -> bool:
    """More than ten working days after the half term's end."""
    half_term = half_term_on(happened, half_terms)
    return half_term is not None and logged > working_days_after(half_term.ends_on, 10, bank_holidays())


def test_all_people_are_invented(year: Year) -> None:
    merged = {made(body(c)["from_id"]) for c in sent(year.commands, r".*/teachers/merges")}
    teachers = [body(c) for c in sent(year.commands, r".*/v1/teachers") if c.key not in merged]
    families = {head + tail for head in FAMILY_HEADS for tail in FAMILY_TAILS}
    assert all(t["email"].endswith(".example.org") for t in teachers)
    assert all(t["family"] in families and t["given"] in GIVEN_NAMES for t in teachers)
    assert len({(t["given"], t["family"]) for t in teachers}) == len(teachers)
    assert len({t["email"] for t in teachers}) == len(teachers)
    trns = [t["trn"] for t in teachers if "trn" in t]
    assert len(set(trns)) == len(trns)
    assert all(re.fullmatch(r"99\d{5}", trn) for trn in trns)
    assert any(t.get("trnless") for t in teachers)
    assert not any("Cordelia" in t["given"] or "Myers" in t["family"] for t in teachers)


def test_no_pd_lead_visits_their_own_school(year: Year) -> None:
    at = schools_of_teachers(year.commands)
    for assignment in sent(year.commands, r".*/assignments"):
        assert at[made(body(assignment)["pd_lead_id"])] != body(assignment)["urn"]
