"""Workbooks written by hand, part by part: what no library would write."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from tests.enrolment.lists import HEADER

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"


def packed(contents: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def sheet_of(row: Sequence[Any], cells: Mapping[str, str] | None = None) -> str:
    """The data of a sheet with a header and one row; `cells` are put in place of ours, as XML."""
    lines = []
    for number, values in enumerate((HEADER, row), start=1):
        written = ""
        for column, value in zip("ABCDEFG", values, strict=True):
            name = f"{column}{number}"
            ours = f'<c r="{name}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
            written += (cells or {}).get(name, ours)
        lines.append(f'<row r="{number}">{written}</row>')
    return f"<sheetData>{''.join(lines)}</sheetData>"


def parts_of(sheet: str, *, prefix: str = "") -> dict[str, bytes]:
    """The parts of a workbook with one sheet."""
    named = sheet
    if prefix:
        named = sheet.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
    colon = f":{prefix.rstrip(':')}" if prefix else ""
    worksheet = f'<{prefix}worksheet xmlns{colon}="{MAIN}">{named}</{prefix}worksheet>'
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">'
        '<sheets><sheet name="List" sheetId="1" r:id="a"/></sheets></workbook>'
    )
    related = (
        f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="a" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    )
    return {
        "xl/workbook.xml": workbook.encode(),
        "xl/_rels/workbook.xml.rels": related.encode(),
        "xl/worksheets/sheet1.xml": worksheet.encode(),
    }


def as_parts(sheet: str, *, prefix: str = "") -> bytes:
    """A workbook with one sheet."""
    return packed(parts_of(sheet, prefix=prefix))
