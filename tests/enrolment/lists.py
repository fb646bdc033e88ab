"""Lists of participants as files."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from hub_enrolment.domain.uploads import Listing
from hub_enrolment.files.lists import read_list
from hub_enrolment.files.uploads import read_listing

HEADER = ("given", "family", "email", "trn", "urn", "role", "lead")


def read_upload(raw: bytes) -> Listing:
    """Read a list, in this process."""
    return read_listing(read_list(raw))


def line(school: Any, **changes: Any) -> list[Any]:
    """One row of a list."""
    values = {"given": "Grace", "family": "Hopper", "email": "grace@s.example", "trn": "", "urn": school}
    return list((values | {"role": "class_teacher", "lead": "no"} | changes).values())


def as_csv(*rows: Sequence[Any], header: Sequence[str] = HEADER, encoding: str = "utf-8") -> bytes:
    """A list as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    return text.getvalue().encode(encoding)


def as_xlsx(*rows: Sequence[Any], header: Sequence[str] = HEADER) -> bytes:
    """A list as the first sheet of a workbook."""
    book, file = Workbook(), io.BytesIO()
    for row in (header, *rows):
        book.active.append(list(row))
    book.create_sheet("Notes").append(["nothing"])
    book.save(file)
    return file.getvalue()
