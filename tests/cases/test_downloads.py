"""F5: files that we write are opened in spreadsheets, and some of them come back."""

import csv
import io

import pytest
from tests.cases.desk import V1, Desk
from tests.cases.participants import HEADER, Participants, cells, csv_file, participants, problems
from tests.enrolment.register_files import gias, row

BOM = b"\xef\xbb\xbf"
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")


def rows_of(raw: bytes) -> list[list[str]]:
    """The rows of a file as Excel reads it."""
    assert raw.startswith(BOM), raw[:20]
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def formulas(rows: list[list[str]]) -> list[str]:
    """The cells that a spreadsheet would calculate; blanks before the sign are no guard."""
    found = [one for cells_ in rows for one in cells_ if one.lstrip(" \u00a0").startswith(SIGNS)]
    return [one for one in found if not one.lstrip("-").isdigit()]


def test_f5_the_findings_of_an_import_open_in_excel(desk: Desk) -> None:
    schools = [row(NumberOfPupils="=1+1"), row(PercentageFSM='=HYPERLINK("x")'), row(NumberOfPupils="Łódź")]
    imported = desk.make("imports/gias?mode=apply", gias(*schools, encoding="utf-8"))
    reply = desk.hub("GET", f"{V1}/imports/{imported['import_id']}/findings.csv")
    header, *rows = rows_of(reply.body)
    assert header == ["row", "column", "urn", "code", "detail"]
    assert [one[2] for one in rows] == [one["URN"] for one in schools]
    assert "Łódź" in rows[2][4]
    assert formulas(rows) == []


@pytest.fixture(name="refused", scope="module")
def _refused(desk: Desk) -> tuple[Participants, str, list[str]]:
    """A list of which no row can be imported, as it comes back with the reasons; its school, its names."""
    (urn,) = desk.schools()
    given = ["=1+1", " =1+1", "\uff1d1+1", "-", "\u00a0@home", "+44 1223", "Łucja"]
    rows = [cells(urn, given=one, role="king") for one in given]
    on = participants(desk)
    reply = on.send(csv_file(*rows), "mode=preview&format=csv")
    return on, reply.body.decode("utf-8"), given


def test_f5_the_refused_rows_of_a_list_open_in_excel(refused: tuple[Participants, str, list[str]]) -> None:
    """More of F5's kind."""
    _, text, given = refused
    header, *rows = rows_of(text.encode())
    assert header == [*HEADER, "reason"]
    assert formulas(rows) == []
    assert [one[0].lstrip("'").strip() for one in rows] == [one.strip() for one in given]


def test_f5_the_refused_rows_put_right_are_read_as_they_were_written(
    refused: tuple[Participants, str, list[str]],
) -> None:
    """More of F5's kind: the sign that guards a cell is no part of the name when the file comes back."""
    on, text, _ = refused
    done = on.send(text.replace("king", "class_teacher").encode())
    assert [one for one in problems(done) if one.get("column") == "role"] == []
    names = {one.given for one in on.holders()}
    assert {"-", "Łucja"} <= names
    assert [one for one in names if one.startswith("'")] == []


def test_f5_a_report_with_a_hostile_name_opens_in_excel(desk: Desk) -> None:
    """More of F5's kind: reports and lists are written by one writer."""
    desk.make("imports/gias?mode=apply", gias(row(EstablishmentName='=HYPERLINK("http://x.example")')))
    reports = desk.hub("GET", "/reporting/v1/reports").json["items"]
    assert reports != []
    for report in reports:
        name = report["name"]
        query = "from=2026-09-01&to=2027-01-11&format=csv"
        reply = desk.hub("GET", f"/reporting/v1/reports/{name}?{query}")
        assert reply.status == 200, (name, reply.body)
        assert formulas(rows_of(reply.body)) == []
