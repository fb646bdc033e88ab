"""Registers and documents of Work Group leads, checked in the requests."""

from tests.demonstration.counting import body, made, meets, named, placed, sent
from tests.demonstration.years import Year

from hub_demo.groups.meetings import IN_STEP


def test_a_lead_takes_the_registers_of_their_own_groups(year: Year) -> None:
    leads = {
        c.key: [made(lead) for lead in body(c)["lead_ids"]] for c in sent(year.commands, r".*/work-groups")
    }
    for register in sent(year.commands, r".*/v1/sessions/.*/register"):
        assert register.by in leads[register.lane]
    assert len({c.by for c in year.commands if c.by}) > 30


def test_an_attendance_sheet_is_printed_between_scheduling_and_the_session(year: Year) -> None:
    sessions, keys = meets(year.commands), [c.key for c in year.commands]
    sheets = sent(year.commands, r".*/attendance-sheet")
    assert len(sheets) > 5
    for sheet in sheets:
        assert sheet.by
        assert sheet.at < sessions[named(sheet)].starts_at
        assert keys.index(named(sheet)) < keys.index(sheet.key)


def test_a_certificate_is_for_a_participant_with_full_attendance_in_a_closed_group(year: Year) -> None:
    places = placed(year.commands)
    closed = {c.lane: c.at for c in sent(year.commands, r".*/work-groups/.*/closure")}
    certificates = sent(year.commands, r".*/certificate")
    assert len(certificates) > 5
    for certificate in certificates:
        group, _ = places[named(certificate)]
        assert certificate.at > closed[group]
        registers = [c for c in sent(year.commands, r".*/v1/sessions/.*/register") if c.lane == group]
        marks = [{made(m["enrolment_id"]): m["mark"] for m in body(c)["marks"]} for c in registers]
        assert {one[named(certificate)] for one in marks} <= {"present", "late"}


def test_one_group_meets_in_step_and_not_in_the_holidays(year: Year) -> None:
    group = f"group/{IN_STEP:02}"
    tried, taken = sent(year.commands, r".*/session-series")
    assert tried.lane == taken.lane == group
    assert {**body(tried), "dry_run": False} == body(taken)
    assert tried.at < taken.at
    assert (
        len([key for key in meets(year.commands) if key.startswith(f"session/{IN_STEP:02}/")])
        == body(taken)["count"]
    )
    assert body(taken)["skip"], "a pattern that meets no holiday would show nothing"


def test_a_programme_asks_each_school_for_a_lead_participant(year: Year) -> None:
    asked = {c.key: body(c)["required_roles"] for c in sent(year.commands, r".*/programmes")}
    assert {role for roles in asked.values() for role in roles} == {"lead_participant"}
    demanding = {
        c.key for c in sent(year.commands, r".*/v1/work-groups") if asked[made(body(c)["programme_id"])]
    }
    assert demanding
