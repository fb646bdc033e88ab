"""Decodes bytes into lines of text: each in UTF-8 or Windows-1252, or the whole file in UTF-16."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE, getincrementaldecoder
from collections.abc import Iterator
from typing import BinaryIO, Final

from hub_enrolment.domain.findings import FileRefused, Finding

ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")  # ZIP and XLSX, XLS, gzip
LINE: Final = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
LINE_OF_TEXT: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
CHUNK: Final = 64 * 1024
LONGEST_LINE: Final = 1024 * 1024
MARK: Final = 4  # bytes that identify the encoding


def decoded_lines(stream: BinaryIO) -> Iterator[str]:
    """Yield the lines of a file, with their line ends.

    Raises:
        FileRefused: `file_not_csv`, `file_encoding`, `file_nul`, `row_encoding`, `row_broken`.
    """
    head = stream.read(CHUNK)
    if head.startswith(ARCHIVES):
        detail = "this is a spreadsheet or an archive, not CSV: open it and save the sheet as CSV"
        raise FileRefused([Finding(1, "", "", "file_not_csv", detail)])
    if head.startswith((BOM_UTF32_LE, BOM_UTF32_BE)):
        detail = "this is text in UTF-32; save it as CSV in UTF-8"
        raise FileRefused([Finding(1, "", "", "file_encoding", detail)])
    utf_16 = _utf_16_of(head)
    if utf_16:
        return _wide_lines(head, stream, utf_16)
    return _lines(head.removeprefix(BOM_UTF8), stream)


def _utf_16_of(head: bytes) -> str | None:
    """Return the UTF-16 encoding of a file, by its mark or by two ASCII characters; None for others."""
    if head.startswith(BOM_UTF16_LE) or (head[1:2] == b"\0" and head[3:MARK] == b"\0" and head[0]):
        return "utf-16-le"
    if head.startswith(BOM_UTF16_BE) or (head[:1] == b"\0" and head[2:3] == b"\0" and head[1:2] != b"\0"):
        return "utf-16-be"
    return None


def _lines(head: bytes, stream: BinaryIO) -> Iterator[str]:
    number, rest, chunk = 0, b"", head
    while chunk:
        if b"\0" in chunk:
            row = number + (rest + chunk[: chunk.index(b"\0")]).count(b"\n") + 1
            detail = "there is a NUL byte in the row, so the file is damaged or no text"
            raise FileRefused([Finding(row, "", "", "file_nul", detail)])
        found = LINE.findall(rest + chunk)
        rest = found.pop()  # its end may come with the next chunk
        _check_length(len(rest), number + len(found) + 1)
        for line in found:
            number += 1
            yield _decoded(line, number)
        chunk = stream.read(CHUNK)
    if rest:
        yield _decoded(rest, number + 1)


def _decoded(line: bytes, number: int) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError as exc:
        detail = f"the byte 0x{line[exc.start]:02x} is neither UTF-8 nor Windows-1252"
        raise FileRefused([Finding(number, "", "", "row_encoding", detail)]) from exc


def _wide_lines(head: bytes, stream: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = getincrementaldecoder(encoding)()
    number, rest, chunk = 0, "", head
    while True:
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as exc:
            detail = "the text is damaged UTF-16; save the file as CSV in UTF-8"
            raise FileRefused([Finding(number + 1, "", "", "file_encoding", detail)]) from exc
        if "\0" in text:
            detail = "there is a NUL in the row, so the file is damaged or no text"
            raise FileRefused([Finding(number + 1, "", "", "file_nul", detail)])
        found = LINE_OF_TEXT.findall(rest + text) or [""]
        rest = found.pop() if chunk else ""
        _check_length(len(rest), number + len(found) + 1)
        for line in found:
            number += 1
            yield line.removeprefix("\ufeff") if number == 1 else line
        if not chunk:
            return
        chunk = stream.read(CHUNK)


def _check_length(length: int, row: int) -> None:
    if length > LONGEST_LINE:
        detail = f"the line is longer than {LONGEST_LINE:,} characters; is a quotation mark missing?"
        raise FileRefused([Finding(row, "", "", "row_broken", detail)])
