"""A day with the national register: files come in, schools close and are carried on, trusts change hands."""

import csv

from tests.enrolment.desk import Desk, problem, teacher_body
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
    """St Mary's closes on Friday and opens on Monday under another number; its teacher and its place stay."""
    (old,) = desk.schools(1, EstablishmentName="St Mary's Primary School")
    desk.made(f"schools/{old}/connection", {"connected_on": "2025-09-01", "via": "enquiry"})
    ada = desk.teacher(old)
    place = desk.enrol(desk.group(), ada)

    new = urn()
    opened = row(URN=new, EstablishmentName="St Mary's Academy")
    closed = row(URN=old, EstablishmentName="St Mary's Primary School", **CLOSED)
    desk.imports(gias(closed, opened))
    desk.imports(links((old, new, "Successor", "01-09-2025")))

    assert desk.get(f"schools/{old}").json["successor_urn"] == new
    assert desk.get(f"enrolments/{place}").json["urn"] == old, "a place keeps the school that it was given to"
    late = desk.post("teachers", teacher_body(old, given="Eve"))
    assert problem(late)[1] == "school_not_open"
    assert new in late.json["detail"], "who types the old number is told the new one"
    office.settle()
    table = office.report("engagement", scope="connected", **{"from": "2025-09-01", "to": "2025-12-31"})
    rows = {one["urn"] for one in table["rows"]}
    assert not {old, new} <= rows, "the school and its successor are one school in the figures"


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
