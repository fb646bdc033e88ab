"""P4 and P11: names of all scripts are recognised, and none has a line break."""

from typing import Any
from urllib.parse import quote

import pytest
from tests.cases.desk import CLOSES, OPENS, V1, Desk
from tests.cases.participants import (
    Participants,
    cells,
    csv_file,
    names_cell,
    participants,
    problems,
    workbook,
)

# Given and family name as registered, and as a list has them.
SAME = [
    (("Анна", "Иванова"), ("Анна", "Иванова")),
    (("小明", "王"), ("小明", "王")),
    (("Suparman", "-"), ("Suparman", "-")),
    (("Zofia", "Łukaszewska"), ("Zofia", "Lukaszewska")),
    (("Bjørn", "Sørensen"), ("Bjorn", "Sorensen")),
    (("Uwe", "Strauß"), ("Uwe", "Strauss")),
    (("Đorđe", "Đorđević"), ("Dorde", "Dordevic")),
    (("Sean", "O'Brien"), ("Sean", "O Brien")),
    (("Jo", "Smith-Jones"), ("Jo", "SmithJones")),
    # More of the kind.
    (("Νίκος", "Παπαδόπουλος"), ("ΝΙΚΟΣ", "ΠΑΠΑΔΟΠΟΥΛΟΣ")),
    (("محمد", "الأحمد"), ("محمد", "الأحمد")),
    (("José", "Nu\u0301n\u0303ez"), ("Jose\u0301", "Núñez")),
    (("Aoife", "O’Neill"), ("aoife", "ONEILL")),
    (("İpek", "Yıldız"), ("Ipek", "Yildiz")),
    (("김", "서연"), ("김", "\u1109\u1165\u110b\u1167\u11ab")),
    (("Anne-Marie", "Mc Donald"), ("Anne Marie", "McDonald")),
]


@pytest.fixture(name="recognised", scope="module")
def _recognised(desk: Desk) -> list[bool]:
    """Whether each of `SAME` was recognised when all of them came in one list."""
    on = participants(desk)
    (urn,) = desk.schools()
    people = [
        desk.people(1, urn=urn, given=given, family=family, email=f"p4-{n}@school-{urn}.example")[0]
        for n, ((given, family), _) in enumerate(SAME)
    ]
    rows = [
        cells(urn, given=given, family=family, email=person.email)
        for person, (_, (given, family)) in zip(people, SAME, strict=True)
    ]
    assert on.send(csv_file(*rows)).status == 200
    enrolled = on.teacher_ids()
    return [person.id in enrolled for person in people]


@pytest.mark.parametrize("number", range(len(SAME)), ids=[f"{a[1]}-{b[1]}" for a, b in SAME])
def test_p4_a_name_that_comes_again_is_recognised(recognised: list[bool], number: int) -> None:
    assert recognised[number]


@pytest.mark.parametrize(
    ("known", "listed"),
    [
        (("小明", "王"), ("小红", "李")),
        (("Анна", "Иванова"), ("Ольга", "Петрова")),
        (("Suparman", "-"), ("Wati", "-")),
    ],
)
def test_p4_names_that_differ_are_not_taken_for_each_other(
    desk: Desk, known: tuple[str, str], listed: tuple[str, str]
) -> None:
    """More of P4's kind: in no script are all names equal."""
    (urn,) = desk.schools()
    office, on = f"office@school-{urn}.example", participants(desk)
    (person,) = desk.people(1, urn=urn, given=known[0], family=known[1], email=office)
    on.send(csv_file(cells(urn, given=listed[0], family=listed[1], email=office)))
    assert person.id not in on.teacher_ids()


@pytest.mark.parametrize(
    ("family", "asked"),
    [("Łempicka", "Lempicka"), ("Кузнецова", "кузнецова"), ("陳", "陳"), ("D’Arcy", "darcy")],
)
def test_p4_search_compares_names_by_the_same_rule(desk: Desk, family: str, asked: str) -> None:
    (person,) = desk.people(1, given="Search", family=family)
    # Two characters are the least that is searched for, where a name has one.
    found = [
        one["teacher_id"]
        for text in (asked, f"Search {asked}")
        if len(text) > 1
        for one in desk.hub("GET", f"{V1}/teachers?q={quote(text)}").json["items"]
    ]
    assert person.id in found


@pytest.mark.parametrize(
    ("first", "second"), [("Żurawska", "Zurawska"), ("Смирнова", "СМИРНОВА"), ("St. John", "StJohn")]
)
def test_p4_duplicates_are_found_by_the_same_rule(desk: Desk, first: str, second: str) -> None:
    """A second registration is refused with the first named, or listed as a likely duplicate."""
    (one,) = desk.people(1, given="Ida", family=first)
    body = {"given": "Ida", "family": second, "email": f"other-{one.email}", "urn": one.urn, "role": "ta"}
    reply = desk.post("teachers", body)
    if reply.status == 409:
        assert one.id.encode() in reply.body
        return
    assert reply.status == 201, reply.body
    assert {one.id, reply.json["teacher_id"]} in duplicates(desk)


def duplicates(desk: Desk) -> list[set[str]]:
    """All pairs of likely duplicates."""
    found: list[set[str]] = []
    cursor = ""
    while True:
        page = desk.hub("GET", f"{V1}/teachers/duplicates?limit=200{cursor}").json
        found += [{one["first"]["teacher_id"], one["second"]["teacher_id"]} for one in page["items"]]
        if not page.get("next"):
            return found
        cursor = f"&after={page['next']}"


@pytest.mark.parametrize(
    "broken", ["Anna\nMaria", "Anna\r\nBcc: x@y.example", "Anna\u2028Maria", "Anna\x85Maria"]
)
def test_p11_a_name_or_title_with_a_line_break_is_refused_with_its_pointer(desk: Desk, broken: str) -> None:
    (person,) = desk.people(1)
    body: dict[str, Any] = {"given": "A", "family": "B", "email": "p11@case.example", "urn": person.urn}
    body |= {"role": "ta"}
    group = {"programme_id": desk.programme(), "lead_ids": [desk.lead.id], "title": broken}
    group |= {"opens_at": OPENS.isoformat(), "closes_at": CLOSES.isoformat()}
    programme = {"title": broken, "academic_year": "2026/27", "strand": "continuity", "phases": ["primary"]}
    day = {"kind": "pd_day", "theme": "reasoning", "title": broken, "on": "2027-03-10"}
    refused = {
        "/given": desk.post("teachers", body | {"given": broken}),
        "/family": desk.change(f"teachers/{person.id}", {"family": broken}),
        "/title of a Work Group": desk.post("work-groups", group),
        "/title of a programme": desk.post("programmes", programme),
        "/title of a PD day": desk.post("pd-days", day),
    }
    accepted = [name for name, reply in refused.items() if not points_to(reply, name.split()[0])]
    assert accepted == []


def points_to(reply: Any, pointer: str) -> bool:
    """Whether a refusal names the value."""
    return reply.status == 422 and pointer in [one["pointer"] for one in reply.json.get("errors", [])]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_p11_a_line_break_in_a_cell_is_refused_by_the_cell_or_is_a_space(desk: Desk, form: str) -> None:
    """More of P11's kind: Alt and Enter in a spreadsheet."""
    (urn,) = desk.schools()
    on: Participants = participants(desk)
    row = cells(urn, given="Anna\nMaria")
    done = on.send(csv_file(row) if form == "csv" else workbook(row))
    assert names_cell(done, 2, "given") or [one.given for one in on.holders()] == ["Anna Maria"], done.body
    assert len(problems(done)) + len(on.holders()) == 1
