"""Reads a list of participants, CSV or XLSX by its first bytes, into a table of clean text."""

from dataclasses import replace
from typing import Final

from hub_enrolment.domain.findings import FileRefused, Finding
from hub_enrolment.files.cells import clean
from hub_enrolment.files.csv_text import read_table
from hub_enrolment.files.known import LIST
from hub_enrolment.files.parts import ZIP
from hub_enrolment.files.tables import Table
from hub_platform.csv_writer import unguarded

# Other formats that are sent by mistake, by their first bytes.
OTHERS: Final = {
    b"%PDF-": "this is a PDF; send the list as CSV or XLSX",
    b"\xd0\xcf\x11\xe0": "this is an old or a protected spreadsheet; save it as XLSX without a password",
    b"{\\rtf": "this is a text document; send the list as CSV or XLSX",
    b"\x1f\x8b": "this is an archive; send the list as CSV or XLSX",
    b"\x89PNG": "this is a picture; send the list as CSV or XLSX",
    b"\xff\xd8\xff": "this is a picture; send the list as CSV or XLSX",
}
MARKUP: Final = (b"<!doctype", b"<html", b"<table", b"<?xml")


def read_list(raw: bytes) -> Table:
    """Read a list; files of refused rows from this service are read as their originals.

    Raises:
        FileRefused: `file_not_a_table`; see also `read_workbook` and `open_table`.
    """
    for signature, detail in OTHERS.items():
        if raw.startswith(signature):
            raise FileRefused([Finding(1, "", "", "file_not_a_table", detail)])
    if raw.lstrip(b"\xef\xbb\xbf \r\n\t")[:20].lower().startswith(MARKUP):
        detail = "this is a web page or XML, whatever its name says; save the list as CSV or XLSX"
        raise FileRefused([Finding(1, "", "", "file_not_a_table", detail)])
    if raw.startswith(ZIP):
        from hub_enrolment.files.workbooks import (
            read_workbook,
        )  # imported here, as CSV needs no zipfile or expat

        table = read_workbook(raw, LIST)
    else:
        table = read_table(raw, LIST)
    header = tuple(unguarded(name) for name in table.header)
    return replace(
        table, header=header, lines=([unguarded(clean(cell)) for cell in line] for line in table.lines)
    )
