"""A spreadsheet (XLSX, ECMA-376) as rows of text: nothing in it is run or calculated."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from hub_enrolment.domain.gias_file import FileRefused, Finding, Table
from hub_enrolment.domain.uploads import MOST_COLUMNS

ZIP: Final = b"PK\x03\x04"
WORKBOOK: Final = "xl/workbook.xml"
MOST_PARTS: Final = 200
MOST_BYTES: Final = 8 * 1024 * 1024  # of all parts, unpacked
MOST_LINES: Final = 5_000  # empty ones too: a sheet may have one value in its last row
CHUNK: Final = 64 * 1024
DECLARATIONS: Final = (b"<!DOCTYPE", b"<!ENTITY")  # an entity of an entity … is a small file and a huge text

# openpyxl takes a part at its word; a strange one ends in one of these.
STRANGE: Final = (
    AttributeError, EOFError, IndexError, KeyError, NotImplementedError, OverflowError, ParseError,
    RuntimeError, TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def read_workbook(raw: bytes) -> Table:
    """The first sheet of a workbook that is shown; a formula is its text, a whole number has no point.

    Raises:
        FileRefused: `file_damaged`, `file_not_a_table`, `file_too_large_inside`, `too_many_rows`,
            `file_empty`.
    """
    from openpyxl import load_workbook  # here: 6 MB that most processes never need

    with _told():
        _check_parts(raw)
        workbook = load_workbook(io.BytesIO(raw), read_only=True, keep_links=False)
        try:
            shown = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
            lines = list(_lines(shown[0]))
        finally:
            workbook.close()
    filled = [number for number, line in enumerate(lines) if any(line)]
    if not filled:
        raise FileRefused([Finding(1, "", "", "file_empty", "the first sheet is empty")])
    header = [name.strip() for name in lines[0]]
    width = 1 + max((place for place, name in enumerate(header) if name), default=-1)
    return Table(tuple(header[:width]), [_cut(line, width) for line in lines[1 : filled[-1] + 1]])


@contextmanager
def _told() -> Iterator[None]:
    """Whatever is strange about a file is told in one way; what openpyxl cannot show is no matter to us."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except STRANGE as exc:
        detail = "the spreadsheet is damaged; save it anew, or save the sheet as CSV"
        raise FileRefused([Finding(1, "", "", "file_damaged", detail)]) from exc


def _check_parts(raw: bytes) -> None:
    """Unpack everything once, counting, before anything is made of it."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = archive.infolist()
        if WORKBOOK not in archive.namelist():
            detail = "this is an archive, but no XLSX; send the list as CSV or XLSX"
            raise FileRefused([Finding(1, "", "", "file_not_a_table", detail)])
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
            raise _too_large()
        left = MOST_BYTES
        for part in parts:
            left -= _size(archive, part, at_most=left)


def _size(archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, at_most: int) -> int:
    """How long a part really is; what it says of itself may be a lie."""
    size, tail = 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > at_most:
                raise _too_large()
            seen = tail + chunk.replace(b"\0", b"")  # in UTF-16, too
            if any(word in seen for word in DECLARATIONS):
                raise ValueError(part.filename)
            tail = seen[-len(max(DECLARATIONS, key=len)) :]
    return size


def _lines(sheet: Any) -> Iterator[list[str]]:
    sheet.reset_dimensions()  # what a sheet says of its size may be wrong
    rows = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
    for number, cells in enumerate(rows, start=1):
        if number > MOST_LINES:
            detail = f"the sheet has more than {MOST_LINES:,} lines"
            raise FileRefused([Finding(number, "", "", "too_many_rows", detail)])
        yield [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
    return str(cell)


def _cut(line: Sequence[str], width: int) -> list[str]:
    """A line as wide as the header, or wider where there is something beyond it."""
    last = max((place for place, cell in enumerate(line) if cell.strip()), default=-1)
    return list(line[: max(width, last + 1)])


def _too_large() -> FileRefused:
    detail = (
        f"unpacked, the spreadsheet is larger than {MOST_BYTES:,} bytes or has more than {MOST_PARTS} parts"
    )
    return FileRefused([Finding(1, "", "", "file_too_large_inside", detail)])
