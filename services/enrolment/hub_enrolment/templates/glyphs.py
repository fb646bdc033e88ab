"""Read the characters with a glyph in a font file, from its `cmap` table (OpenType 1.9, chapter "cmap")."""

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

COLLECTION: Final = b"ttcf"
FULL_UNICODE: Final = {(3, 10), (0, 4), (0, 6)}  # platform and encoding of a table with all of Unicode
FIRST_PLANE: Final = {(3, 1), (0, 3)}
FORMAT_OF_SEGMENTS: Final = 4
FORMAT_OF_GROUPS: Final = 12


def characters_of(path: Path) -> frozenset[int]:
    """Return the code points with a glyph; for a collection (TTC), those of its first font.

    Raises:
        OSError, ValueError, struct.error: the file cannot be read, or its format is not supported.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        table = _table(raw, b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    records = [struct.unpack_from(">HHI", table, 4 + 8 * number) for number in range(count)]
    for wanted in (FULL_UNICODE, FIRST_PLANE):
        for platform, encoding, offset in records:
            if (platform, encoding) in wanted:
                return frozenset(_mapped(table[offset:]))
    raise ValueError(f"{path.name} has no table of Unicode characters")


def _table(raw: mmap.mmap, wanted: bytes) -> bytes:
    first = struct.unpack_from(">I", raw, 12)[0] if raw[:4] == COLLECTION else 0
    (count,) = struct.unpack_from(">H", raw, first + 4)
    for number in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", raw, first + 12 + 16 * number)
        if tag == wanted:
            return raw[offset : offset + length]
    raise ValueError("this is not a font with characters")


def _mapped(subtable: bytes) -> Iterator[int]:
    (kind,) = struct.unpack_from(">H", subtable)
    if kind == FORMAT_OF_GROUPS:
        (count,) = struct.unpack_from(">I", subtable, 12)
        for number in range(count):
            first, last, glyph = struct.unpack_from(">III", subtable, 16 + 12 * number)
            yield from range(first if glyph else first + 1, last + 1)
    elif kind == FORMAT_OF_SEGMENTS:
        yield from _of_segments(subtable)
    else:
        raise ValueError(f"a table of format {kind} is not read")


def _of_segments(subtable: bytes) -> Iterator[int]:
    """Yield the characters of a table of format 4: segments with consecutive glyphs or a list of glyphs."""
    count = struct.unpack_from(">H", subtable, 6)[0] // 2
    for number in range(count):
        place = 14 + 2 * number
        last, first, delta, offset = (
            struct.unpack_from(">H", subtable, place + 2 * count * part + (2 if part else 0))[0]
            for part in range(4)
        )
        for character in range(first, last + 1):
            glyph = character
            if offset:
                listed = place + 6 * count + 2 + offset + 2 * (character - first)
                (glyph,) = struct.unpack_from(">H", subtable, listed)
            if glyph and (glyph + delta) & 0xFFFF and character != 0xFFFF:  # 0xFFFF ends the table
                yield character
