"""The parts of a workbook (XLSX, ECMA-376): a ZIP archive of XML, read with limits against harmful files.

openpyxl is not used: it builds a tree of each part, loses hidden rows and merged cells when it streams, and
gives a formula or its value, never both.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers import expat

from hub_enrolment.domain.findings import FileRefused, Finding

ZIP: Final = b"PK\x03\x04"
WORKBOOK: Final = "xl/workbook.xml"
NO_WORKBOOK: Final = "this is an archive, but no XLSX; send the list as CSV or XLSX"
OTHERS: Final = {  # archives that other programs write, by a part that each has
    "mimetype": "this is an OpenDocument file; save it as XLSX or CSV",
    "xl/workbook.bin": "this is a binary spreadsheet (XLSB); save it as XLSX or CSV",
    "word/document.xml": "this is a text document; save the list as XLSX or CSV",
}
MOST_PARTS: Final = 200
MOST_BYTES: Final = 8 * 1024 * 1024  # of all parts, unpacked
MOST_DEPTH: Final = 64  # elements inside each other; a worksheet needs 8
MOST_ATTRIBUTES: Final = 100  # of one element; a worksheet needs 15
CHUNK: Final = 64 * 1024
ENCRYPTED: Final = 0x1  # of a part's flags (APPNOTE 4.4.4)

Begin = Callable[[str, Mapping[str, str]], None]  # local name and attributes, prefixes left out
End = Callable[[str], None]
Said = Callable[[str], None]


class Parts:
    """A workbook whose parts were counted and decompressed once, to check their sizes."""

    def __init__(self, raw: bytes) -> None:
        """Open the archive.

        Raises:
            FileRefused: `file_not_a_table`, `file_too_large_inside`, `file_damaged`.
            zipfile.BadZipFile, zlib.error, or another error of a damaged archive.
        """
        self.archive = zipfile.ZipFile(io.BytesIO(raw))
        parts = self.archive.infolist()
        names = {part.filename for part in parts}
        if WORKBOOK not in names:
            detail = next((said for name, said in OTHERS.items() if name in names), NO_WORKBOOK)
            raise FileRefused([Finding(1, "", "", "file_not_a_table", detail)])
        if len(names) < len(parts) or any(part.flag_bits & ENCRYPTED for part in parts):
            raise damaged()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
            raise _too_large()
        remaining = MOST_BYTES
        for part in parts:
            remaining -= self._size(part, at_most=remaining)

    def __contains__(self, name: str) -> bool:
        return name in self.archive.namelist()

    def read(self, name: str, begin: Begin, end: End, said: Said) -> None:
        """Parse one part as XML, calling back for each element and text.

        Raises:
            FileRefused: `file_damaged`: it is no XML, declares entities, or is nested too deeply.
        """
        parser = _Parser(begin, end, said)
        try:
            with self.archive.open(name) as stream:
                parser.read(stream.read)
        except (expat.ExpatError, UnicodeError) as exc:
            raise damaged() from exc

    def _size(self, part: zipfile.ZipInfo, *, at_most: int) -> int:
        """Return the real size of a part; its declared size may be false."""
        size = 0
        with self.archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > at_most:
                    raise _too_large()
        return size


class _Parser:
    """Expat with limits; it never loads external entities."""

    def __init__(self, begin: Begin, end: End, said: Said) -> None:
        self.depth = 0
        self.begin = begin
        self.end = end
        self.expat = expat.ParserCreate()
        self.expat.buffer_text = True
        self.expat.StartElementHandler = self._begin
        self.expat.EndElementHandler = self._end
        self.expat.CharacterDataHandler = said
        # Nested entities turn a small file into a huge text.
        self.expat.StartDoctypeDeclHandler = self._refuse
        self.expat.EntityDeclHandler = self._refuse

    def read(self, read: Callable[[int], bytes]) -> None:
        while chunk := read(CHUNK):
            self.expat.Parse(chunk, False)  # noqa: FBT003 - expat takes no names
        self.expat.Parse(b"", True)  # noqa: FBT003

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH or len(attributes) > MOST_ATTRIBUTES:
            raise damaged()
        self.begin(_local(name), {_local(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(_local(name))

    def _refuse(self, *_: object) -> None:
        raise damaged()


def damaged() -> FileRefused:
    """Build the refusal of a workbook that no spreadsheet program would write."""
    detail = "the spreadsheet is damaged; save it again, or save the sheet as CSV"
    return FileRefused([Finding(1, "", "", "file_damaged", detail)])


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _too_large() -> FileRefused:
    detail = (
        f"unpacked, the spreadsheet is larger than {MOST_BYTES:,} bytes or has more than {MOST_PARTS} parts"
    )
    return FileRefused([Finding(1, "", "", "file_too_large_inside", detail)])
