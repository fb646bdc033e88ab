"""Files of the national register as tests write them, and what is read from them."""

import csv
import io
import itertools
from collections.abc import Sequence

import pytest

from hub_enrolment.domain.findings import FileRefused
from hub_enrolment.domain.gias_establishments import Establishment, EstablishmentsFile
from hub_enrolment.files.csv_text import read_table
from hub_enrolment.files.gias_establishments import COLUMNS, read_establishments
from hub_enrolment.files.gias_kinds import kind_of
from hub_enrolment.files.tables import Table

HEADER = ("URN", "HeadLastName", *COLUMNS[1:], "TelephoneNum")
CLOSED = {"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025", "LastChangedDate": "01-09-2025"}

numbers = itertools.count(1)


def urn() -> str:
    """A URN that no other school has."""
    return str(200_000 + next(numbers))


def row(**changes: str) -> dict[str, str]:
    """Return a school's row of the establishments file; underscores replace other signs in column names."""
    number = changes.get("URN") or urn()
    values = {
        "URN": number,
        "LA (code)": "873",
        "LA (name)": "Cambridgeshire",
        "EstablishmentNumber": "2001",
        "EstablishmentName": f"School {number}",
        "TypeOfEstablishment (code)": "1",
        "EstablishmentTypeGroup (code)": "4",
        "EstablishmentStatus (code)": "1",
        "OpenDate": "01-09-1999",
        "PhaseOfEducation (code)": "2",
        "NumberOfPupils": "210",
        "PercentageFSM": "12.5",
        "LastChangedDate": "01-05-2025",
        "Postcode": "CB23 6EA",
        "DistrictAdministrative (code)": "E07000012",
        "DistrictAdministrative (name)": "South Cambridgeshire",
        "Easting": "532000",
        "Northing": "259000",
        "HeadLastName": "Secret",
        "TelephoneNum": "01954000000",
    }
    return values | changes


def gias(*rows: dict[str, str], header: Sequence[str] = HEADER, encoding: str = "cp1252") -> bytes:
    """An establishments file as GIAS writes it: every field quoted, CRLF, Windows-1252."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([[one.get(column, "") for column in header] for one in rows])
    return text.getvalue().encode(encoding)


def links(*rows: tuple[str, str, str, str]) -> bytes:
    """A links file: URN, LinkURN, LinkType, LinkEstablishedDate."""
    lines = ['"URN","LinkURN","LinkName","LinkType","LinkEstablishedDate"']
    lines += [f'"{old}","{new}","A name","{kind}","{on}"' for old, new, kind, on in rows]
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def groups(*rows: tuple[str, str, str, str, str, str]) -> bytes:
    """A groups file: UID, name, Companies House number, type, closed date, status."""
    header = ["UID", "Group Name", "Companies House Number", "Group Type", "Closed Date", "Status"]
    return table([*header, "Head of Group Last Name"], [[*one, "Secret"] for one in rows])


def group_links(*rows: tuple[str, str, str, str]) -> bytes:
    """A group links file: URN, UID, type, joined date."""
    return table(
        ["URN", "Linked UID", "Group Type", "Joined date", "EstablishmentName"], [[*r, "A"] for r in rows]
    )


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A file of GIAS as the groups come: quoted only where needed, CRLF, Windows-1252."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    return text.getvalue().encode("cp1252")


def table_of(raw: bytes) -> Table:
    """The header and the rows of a file."""
    return read_table(raw)


def read(raw: bytes) -> EstablishmentsFile:
    """Read an establishments file."""
    table = read_table(raw)
    assert kind_of(table) == "establishments"
    return read_establishments(table)


def read_one(**changes: str) -> Establishment:
    """Read one school back."""
    return read(gias(row(**changes))).rows[0]


def refused(raw: bytes) -> FileRefused:
    """How a file is refused."""
    with pytest.raises(FileRefused) as caught:
        read(raw)
    return caught.value


def refusal_of(raw: bytes) -> FileRefused | None:
    """How a file is refused, if it is."""
    try:
        read(raw)
    except FileRefused as refusal:
        return refusal
    return None
