"""Participants' lists as files, and what becomes of their rows."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openpyxl import Workbook
from tests.cases.desk import V1, Desk, Group, Person, numbers
from tests.support.services import Reply

HEADER: Final = ("given", "family", "email", "urn", "role", "trn")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET: Final = "xl/worksheets/sheet1.xml"


def new_trn() -> str:
    """A teacher reference number that no other teacher of the cases has."""
    return str(4_100_000 + next(numbers))


def cells(urn: str, **changes: Any) -> list[Any]:
    """One row of a list, in the order of `HEADER`: a teacher whom the hub does not know, or as given."""
    number = next(numbers)
    values = {"given": f"Given{number}", "family": "Case", "email": f"l{number}@school-{urn}.example"}
    values |= {"urn": urn, "role": "class_teacher", "trn": ""} | changes
    return [values[name] for name in HEADER]


def csv_file(*rows: Sequence[Any], header: Sequence[str] | None = HEADER) -> bytes:
    """A list as CSV in UTF-8; without a header the rows bring their own."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows] if header else rows)
    return text.getvalue().encode()


def workbook(*rows: Sequence[Any], header: Sequence[str] | None = HEADER, merged: str = "") -> bytes:
    """A list as the only sheet of a workbook; `merged`: cells to merge, such as "A1:F1"."""
    book, file = Workbook(), io.BytesIO()
    for row in [header, *rows] if header else rows:
        book.active.append(list(row))
    if merged:
        book.active.merge_cells(merged)
    book.save(file)
    return file.getvalue()


def with_parts(raw: bytes, parts: Mapping[str, bytes]) -> bytes:
    """A workbook with the XML of some parts replaced or added."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as known,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in [*known.namelist(), *(set(parts) - set(known.namelist()))]:
            archive.writestr(name, parts.get(name) or known.read(name))
    return file.getvalue()


def part(raw: bytes, name: str = SHEET) -> str:
    """The XML of one part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return archive.read(name).decode()


@dataclass(frozen=True)
class Holder:
    """A person with a place on a Work Group."""

    enrolment_id: str
    teacher_id: str
    given: str
    family: str
    urn: str


@dataclass
class Participants:
    """Sends lists for one Work Group."""

    desk: Desk
    group: Group

    def send(self, raw: bytes, query: str = "mode=apply&skip_refused=true") -> Reply:
        """Send a list; as a rule the rows that can be imported are imported."""
        media_type = XLSX if raw.startswith(b"PK") else "text/csv"
        path = f"{V1}/work-groups/{self.group.id}/uploads?{query}"
        return self.desk.hub("POST", path, raw, Content_Type=media_type)

    def preview(self, raw: bytes) -> Reply:
        """Ask what would become of a list."""
        return self.send(raw, "mode=preview")

    def holders(self) -> list[Holder]:
        """The people with a place, in no order."""
        path = f"{V1}/work-groups/{self.group.id}/enrolments?limit=200"
        names = ("enrolment_id", "teacher_id", "given", "family", "urn")
        items = self.desk.hub("GET", path).json["items"]
        return [Holder(*(one[name] for name in names)) for one in items]

    def teacher_ids(self) -> set[str]:
        """The people with a place."""
        return {one.teacher_id for one in self.holders()}

    def new_holders(self, *known: Person) -> list[Holder]:
        """The people with a place who are none of the known ones."""
        ids = {person.id for person in known}
        return [one for one in self.holders() if one.teacher_id not in ids]


def participants(desk: Desk, **changes: Any) -> Participants:
    """A new Work Group that lists can be sent for, with places enough for all of them."""
    return Participants(desk, desk.group(**{"capacity": 60} | changes))


def problems(reply: Reply) -> list[Any]:
    """The problems of an answered list, or those of a refusal of the whole file."""
    assert reply.status in {200, 422}, (reply.status, reply.body)
    return list(reply.json["problems"] if reply.status == 200 else reply.json.get("errors", []))


def names_cell(reply: Reply, row: int, column: str) -> bool:
    """Whether an answer says that something is wrong in one cell."""
    return any(
        (one.get("row"), one.get("column")) == (row, column) or one.get("pointer") == f"/rows/{row}/{column}"
        for one in problems(reply)
    )


def said(value: Any) -> str:
    """Every text in an answer, names of fields left out, in lower case."""
    match value:
        case Reply():
            return said(json.loads(value.body))
        case Mapping():
            return " ".join(said(one) for one in value.values())
        case list():
            return " ".join(said(one) for one in value)
    return str(value).lower()


def teacher(desk: Desk, teacher_id: str) -> Any:
    """Return the record of a teacher, as hub staff read it."""
    return desk.hub("GET", f"{V1}/teachers/{teacher_id}").json


def whole_trn(desk: Desk, teacher_id: str) -> str:
    """Everything that is held of a teacher: only there the number is shown whole."""
    return desk.hub("GET", f"{V1}/teachers/{teacher_id}/subject-access").body.decode()
