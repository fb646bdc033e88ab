"""F1 to F4: lists of participants as people really send them."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from tests.cases.desk import Desk
from tests.cases.participants import (
    HEADER,
    SHEET,
    Participants,
    cells,
    csv_file,
    names_cell,
    new_trn,
    part,
    participants,
    problems,
    with_parts,
    workbook,
)
from tests.support.services import Reply

FORMS = {"csv": csv_file, "xlsx": workbook}


@pytest.fixture(name="on", scope="module")
def _on(desk: Desk) -> Participants:
    """One Work Group for the lists of these cases."""
    return participants(desk)


@pytest.fixture(name="urn")
def _urn(desk: Desk) -> str:
    """A school without a place on the Work Group."""
    return desk.schools()[0]


def names(on: Participants, urn: str) -> list[str]:
    """The given names of those of a school who have a place."""
    return sorted(one.given for one in on.holders() if one.urn == urn)


def with_cell(raw: bytes, address: str, xml: str) -> bytes:
    """A workbook with the XML of one cell replaced."""
    sheet = part(raw)
    start = sheet.index(f'<c r="{address}"')
    end = sheet.index("</c>", start) + len("</c>")
    return with_parts(raw, {SHEET: (sheet[:start] + xml + sheet[end:]).encode()})


@pytest.mark.parametrize("form", ["a text", "a shared formula"])
def test_f1_of_a_formula_the_value_is_taken_that_the_spreadsheet_has_calculated(
    on: Participants, urn: str, form: str
) -> None:
    raw = workbook(cells(urn))
    kind = "<f>" if form == "a text" else '<f t="shared" ref="A2:A9" si="0">'
    raw = with_cell(raw, "A2", f'<c r="A2" t="str">{kind}PROPER("grace")</f><v>Grace</v></c>')
    done = on.send(raw)
    assert names(on, urn) == ["Grace"] or names_cell(done, 2, "given"), done.body
    assert len(problems(done)) + len(names(on, urn)) == 1


@pytest.mark.parametrize(
    ("column", "xml"),
    [
        ("given", '<c r="A2"><f>PROPER(H2)</f></c>'),  # never calculated
        ("given", '<c r="A2" t="e"><v>#N/A</v></c>'),
        ("given", '<c r="A2" t="e"><f>VLOOKUP(1,H:I,2)</f><v>#N/A</v></c>'),
        ("family", '<c r="B2" t="e"><v>#REF!</v></c>'),  # more of F1's kind
        ("trn", '<c r="F2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'),  # more of F1's kind
    ],
)
def test_f1_a_cell_without_a_value_is_refused_by_its_name(
    on: Participants, urn: str, column: str, xml: str
) -> None:
    raw = workbook(cells(urn, trn=new_trn()))
    done = on.send(with_cell(raw, xml[6:8], xml))
    assert names_cell(done, 2, column), done.body
    assert names(on, urn) == []


def test_f1_an_error_as_text_is_no_name(on: Participants, urn: str) -> None:
    """More of F1's kind: a sheet with errors that was saved as CSV."""
    done = on.send(csv_file(cells(urn, given="#N/A"), cells(urn, family="#VALUE!")))
    assert names_cell(done, 2, "given")
    assert names_cell(done, 3, "family")
    assert names(on, urn) == []


TITLES: list[list[list[str]]] = [
    [["Participants of Ratio and proportion, autumn term"]],
    [["Participants of Ratio and proportion"], [], ["Given names in column A, please"]],  # more of F2's kind
]


def assert_found_or_told_once(on: Participants, urn: str, done: Reply) -> None:
    """The row below the header was imported, or one sentence says what is wrong with the file."""
    if done.status == 200:
        assert (problems(done), len(names(on, urn))) == ([], 1)
        return
    assert done.status == 422
    told = [one["detail"] for one in problems(done)] or [done.json["detail"]]
    assert len(told) == 1, told
    assert any(word in told[0].lower() for word in ("header", "first line", "row 1")), told


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("titles", TITLES)
def test_f2_a_title_above_the_header_is_understood_or_told_in_one_sentence(
    on: Participants, urn: str, titles: list[list[str]], form: str
) -> None:
    write: Callable[..., bytes] = FORMS[form]
    done = on.send(write(*titles, HEADER, cells(urn), header=None))
    assert_found_or_told_once(on, urn, done)


def test_f2_a_title_in_merged_cells_is_understood_or_told_in_one_sentence(on: Participants, urn: str) -> None:
    """More of F2's kind."""
    raw = workbook(["Participants, spring 2027"], HEADER, cells(urn), header=None, merged="A1:F1")
    assert_found_or_told_once(on, urn, on.send(raw))


@pytest.mark.parametrize(
    ("before", "delimiter"),
    [
        (b"sep=,\r\n", b","),
        (b"\xef\xbb\xbfsep=,\r\n", b","),  # more of F2's kind
        (b'"sep=,"\r\n', b","),  # more of F2's kind
        (b"sep=;\r\n", b";"),  # more of F2's kind
    ],
)
def test_f2_a_line_that_names_the_separator_is_understood_or_told_in_one_sentence(
    on: Participants, urn: str, before: bytes, delimiter: bytes
) -> None:
    done = on.send(before + csv_file(cells(urn)).replace(b",", delimiter))
    assert_found_or_told_once(on, urn, done)


@pytest.mark.parametrize(
    ("header", "empty"),
    [
        (HEADER, 1),
        (HEADER, 4),  # more of F3's kind
        ((*HEADER, "", ""), 3),  # more of F3's kind: the header has empty cells, too
    ],
)
def test_f3_empty_cells_beyond_the_header_are_ignored(
    on: Participants, urn: str, header: Sequence[str], empty: int
) -> None:
    blank = [""] * (len(HEADER) + empty)
    for write in FORMS.values():
        done = on.send(write([*cells(urn), *[""] * empty], blank, header=header))
        assert problems(done) == []
    assert len(names(on, urn)) == 2


def test_f3_a_value_beyond_the_header_is_reported_in_its_row(on: Participants, urn: str) -> None:
    """More of F3's kind: what is not empty is not dropped without a word."""
    for write in FORMS.values():
        done = on.send(write([*cells(urn), "0123 456"], cells(urn)))
        told = problems(done)
        assert len(told) == 1
        assert told[0].get("row", 2) == 2
        assert "/rows/2" in told[0].get("pointer", "/rows/2")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("column", "text", "read"),
    [
        ("given", "Mary\u00a0Anne", "Mary Anne"),
        ("urn", "{}\u200b", "{}"),
        ("email", "{}\u200b", "{}"),
        ("trn", "\ufeff{}", "{}"),  # more of F4's kind
        ("email", "\u200e{}\u00a0", "{}"),  # more of F4's kind: copied from an address book
        ("role", "class\u202fteacher", "class_teacher"),  # more of F4's kind
        ("family", "\u2003Case\u00a0Smith\u200b", "Case Smith"),  # more of F4's kind
    ],
)
def test_f4_spaces_of_every_kind_and_of_no_width_are_normalised(
    desk: Desk, on: Participants, urn: str, form: str, column: str, text: str, read: str
) -> None:
    row: dict[str, Any] = dict(zip(HEADER, cells(urn, trn=str(5_000_000 + int(urn))), strict=True))
    value = str(row[column])
    row[column] = text.format(value)
    done = on.send(FORMS[form](list(row.values())))
    assert problems(done) == []
    (holder,) = (one for one in on.holders() if one.urn == urn)
    known = desk.hub("GET", f"/enrolment/v1/teachers/{holder.teacher_id}").json
    expected = read.format(value)
    if column == "trn":
        known, expected = {"trn": known["trn"][-3:]}, expected[-3:]
    assert known[column] == expected
