"""From the bytes of a file to its rows, without holding it twice; what is no such file is refused by a code.

GIAS publishes Windows-1252 with CRLF; copies saved by hand are UTF-8, often with a byte order mark, and
where two of them were put together, both.
"""

import csv
import re
from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterator
from typing import Final

from hub_enrolment.domain.gias_file import FileRefused, Finding, Table

UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")  # ZIP and XLSX, XLS, gzip
LINE: Final = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
OTHER_DELIMITERS: Final = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
CHUNK: Final = 1024 * 1024


def read_table(raw: bytes) -> Table:
    """Read a file's bytes as a header and rows; the rows are read as they are asked for.

    Raises:
        FileRefused: `file_empty`, `file_not_csv`, `file_encoding`, `file_nul`, `row_encoding`,
            `file_delimiter`, `file_unknown`.
    """
    if not raw.removeprefix(BOM_UTF8).strip():
        raise FileRefused([Finding(1, "", "", "file_empty", "the file is empty")])
    _check_bytes(raw)
    lines = _text(raw)
    reader = csv.reader(lines, strict=True)
    first = next(_text(raw))
    _check_delimiter(first)
    try:
        header = next(reader)
    except csv.Error as exc:
        detail = f"the header cannot be read as CSV: {exc}"
        raise FileRefused([Finding(1, "", "", "file_unknown", detail)]) from exc
    return Table(tuple(name.strip() for name in header), reader)


def _check_bytes(raw: bytes) -> None:
    if raw.startswith(ARCHIVES):
        detail = "this is a spreadsheet or an archive, not CSV: open it and save the sheet as CSV"
        raise FileRefused([Finding(1, "", "", "file_not_csv", detail)])
    nul = raw.find(b"\0")
    if raw.startswith(UTF_16) or 0 <= nul < 4:
        detail = "this is text in UTF-16; save it as CSV in UTF-8"
        raise FileRefused([Finding(1, "", "", "file_encoding", detail)])
    if nul >= 0:
        row = _row_of(raw, nul)
        detail = "there is a NUL byte in the row, so the file is damaged or no text"
        raise FileRefused([Finding(row, "", "", "file_nul", detail)])


def _check_delimiter(header: str) -> None:
    for delimiter, name in OTHER_DELIMITERS.items():
        if header.count(delimiter) > header.count(","):
            detail = f"the columns are separated by {name}; save the file with commas"
            raise FileRefused([Finding(1, "", "", "file_delimiter", detail)])


def _text(raw: bytes) -> Iterator[str]:
    """The lines as text. Each is UTF-8 or, in a file that is not UTF-8 throughout, Windows-1252."""
    strict = _is_utf8(raw)
    start = len(BOM_UTF8) if raw.startswith(BOM_UTF8) else 0
    for found in LINE.finditer(raw, start):
        line = found[0]
        if strict or line.isascii():
            yield line.decode()
            continue
        yield _decode(raw, line, found.start())


def _decode(raw: bytes, line: bytes, start: int) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError as exc:
        detail = f"the byte 0x{line[exc.start]:02x} is neither UTF-8 nor Windows-1252"
        raise FileRefused([Finding(_row_of(raw, start), "", "", "row_encoding", detail)]) from exc


def _is_utf8(raw: bytes) -> bool:
    decoder = getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(raw), CHUNK):
            decoder.decode(raw[start : start + CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _row_of(raw: bytes, position: int) -> int:
    """In which row a byte stands; the header is row 1."""
    return raw.count(b"\n", 0, position) + 1
