"""A day with the national register: files come in, schools close and are carried on, trusts change hands."""

import csv

from tests.enrolment.desk import Desk, problem
from tests.enrolment.register_files import gias, group_links, groups, links, row, urn
from tests.support.register import REGISTER, needs_register
from tests.system.conftest import Office

CLOSED = {"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025"}


@needs_register
def test_the_months_file_is_looked_at_before_it_is_imported(office: Office, desk: Desk) -> None:
    """The administrator previews, applies, and looks a school up as a caller names it."""
    raw = (REGISTER / "gias_sample.csv").read_bytes()
    preview = desk.imports(raw, mode="preview")
    assert preview["rows"] == 99
    assert preview["created"] > 0
    assert desk.imports(raw, mode="preview")["created"] == preview["created"], "a preview changes nothing"

    applied = desk.imports(raw)
    assert (applied["created"], applied["findings_n"]) == (preview["created"], preview["findings_n"])
    again = desk.imports(raw)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 99)

    first = next(csv.DictReader(raw.decode("cp1252").splitlines()))
    for words in (first["EstablishmentName"].lower().split()[0], first["Postcode"].replace(" ", "").lower()):
        found = desk.get(f"schools?q={words}").json["items"]
        assert first["URN"] in [one["urn"] for one in found]
    refused = desk.post("imports/gias?mode=apply", raw.replace(b"URN", b"XRN", 1), Content_Type="text/csv")
    assert problem(refused)[:2] == (422, "column_missing")


def test_a_school_becomes_an_academy_and_nothing_is_lost(office: Office, desk: Desk) -> None:
    """St Mary's closes on Friday and opens on Monday under another number; its teacher goes on there."""
    (old,) = desk.schools(1, EstablishmentName="St Mary's Primary School")
    desk.made(f"schools/{old}/connection", {"connected_on": "2025-09-01", "via": "enquiry"})
    ada = desk.teacher(old)
    place = desk.enrol(desk.group(), ada)

    new = urn()
    opened = row(URN=new, EstablishmentName="St Mary's Academy")
    closed = row(URN=old, EstablishmentName="St Mary's Primary School", **CLOSED)
    desk.imports(links((old, new, "Successor", "01-09-2025")))
    (told,) = desk.imports(gias(closed, opened), mode="preview")["moves"]
    assert (told["urn"], told["successor_urn"], told["first_day"]) == (old, new, "2025-09-01")
    assert [person["family"] for person in told["people"]] == ["Lovelace"]
    assert (told["people_n"], told["places_n"], told["in_effect"]) == (1, 1, True)
    desk.imports(gias(closed, opened))

    assert desk.get(f"schools/{old}").json["successor_urn"] == new
    assert desk.get(f"enrolments/{place}").json["urn"] == old, "a place keeps the school that it was given to"
    assert desk.get(f"teachers/{ada}").json["urn"] == new, "the move needs no command"
    assert desk.get(f"teachers/{ada}").json["address_confirmed"], "and no e-mail address is in question"
    eve = desk.teacher(old, given="Eve")
    assert desk.get(f"teachers/{eve}").json["urn"] == new, "the old number is taken for the new one"
    for number in (old, new):
        listed = desk.get(f"teachers?urn={number}").json["items"]
        assert {one["teacher_id"] for one in listed} == {ada, eve}
    office.settle()
    table = office.report("engagement", scope="connected", **{"from": "2025-09-01", "to": "2025-12-31"})
    rows = {one["urn"] for one in table["rows"]}
    assert not {old, new} <= rows, "the school and its successor are one school in the figures"


def test_two_schools_of_a_group_merge_and_both_services_count_five(office: Office, desk: Desk) -> None:
    """Ten teachers of exactly six schools: with the merger the group is at risk, and the report agrees."""
    group = desk.group()
    desk.fill(group, teachers_n=8, schools_n=4)
    merging, (new,) = desk.schools(2), desk.schools()
    for old in merging:
        desk.enrol(group, desk.teacher(old))
    assert desk.made(f"work-groups/{group}/confirmation", {})["status"] == "confirmed"

    desk.imports(links(*((old, new, "Successor - merged", "01-09-2025") for old in merging)))
    desk.imports(gias(*(row(URN=old, **CLOSED) for old in merging)))
    known = desk.get(f"work-groups/{group}").json
    assert (known["status"], known["teachers_n"], known["schools_n"]) == ("at_risk", 10, 5)
    office.settle()
    reported = office.report("work-group-composition", as_at="2025-09-20")
    (row_of_group,) = (one for one in reported["rows"] if one["work_group_id"] == group)
    assert (row_of_group["teachers_n"], row_of_group["schools_n"]) == (10, 5)
    assert (row_of_group["state"], row_of_group["schools_short"]) == ("at_risk", 1)


def test_a_school_joins_a_trust_and_leaves_it_for_another(desk: Desk) -> None:
    """The history says who ran the school when, whatever the trusts are called today."""
    one, other = urn(), urn()
    (school,) = desk.schools(1, **{"Trusts (code)": one, "Trusts (name)": "Fenland Learning"})
    changed = {"Trusts (code)": other, "Trusts (name)": "Granta Schools", "LastChangedDate": "01-06-2025"}
    desk.made("imports/gias?mode=apply&file_date=2025-10-01", gias(row(URN=school, **changed)))
    history = desk.get(f"schools/{school}/trusts").json["items"]
    assert [(each["trust_uid"], each["to"]) for each in history] == [(one, "2025-09-30"), (other, None)]

    named = (other, "Granta Learning Trust", "08123456", "Multi-academy trust", "", "Open")
    desk.imports(groups(named))
    desk.imports(group_links((school, other, "Multi-academy trust", "01-10-2025")))
    trust = desk.get(f"trusts/{other}").json
    assert (trust["name"], [each["urn"] for each in trust["schools"]]) == ("Granta Learning Trust", [school])
    assert [each["urn"] for each in desk.get("schools?q=granta").json["items"]] == [school]
