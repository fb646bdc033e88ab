"""Extract the text of a PDF as screen readers and searches do, character by character, in any script.

pypdf gives the glyphs of Indian scripts in the order in which they are drawn; `ActualText` (PDF 32000-1,
14.9.4) says which characters they stand for.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream

NO_GLYPH: Final = 0  # the box that a font draws for a missing character
MAPPED: Final = re.compile(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]*)>")
RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff]")


def has_name(pdf: bytes, name: str) -> bool:
    """Return whether a PDF has the characters of a name in order; spaces, lines and joiners are ignored."""
    pieces = _once(_pieces(pdf))
    if RIGHT_TO_LEFT.search(name):
        pieces.reverse()  # drawn from left to right
    return _solid(name) in _solid("".join(pieces))


def _once(pieces: Iterable[str]) -> list[str]:
    """Each syllable once: where it is drawn by several glyphs, Typst may give each all its characters."""
    return [piece for piece, run in groupby(pieces) for _ in (run if len(piece) == 1 else [piece])]


def _solid(text: str) -> str:
    return re.sub(r"[\s\u200b-\u200d]+", "", text)


def _pieces(pdf: bytes) -> Iterator[str]:
    for page in PdfReader(io.BytesIO(pdf)).pages:
        yield from _pieces_of(page)


def _pieces_of(page: PageObject) -> Iterator[str]:
    """The characters of each glyph, or of glyphs that are said to stand for some characters."""
    resources: Any = page["/Resources"]
    fonts = {name: _characters_of(font.get_object()) for name, font in resources["/Font"].items()}
    font: Mapping[int, str] = {}
    depth, silent_below = 0, None  # of marked content; within a span with ActualText no glyph is read
    for operands, operator in ContentStream(page.get_contents(), page.pdf).operations:
        if operator in {b"BDC", b"BMC"}:
            depth += 1
            if silent_below is None and (text := _actual_text(operands)) is not None:
                silent_below = depth
                yield text
        elif operator == b"EMC":
            silent_below = None if silent_below == depth else silent_below
            depth -= 1
        elif operator == b"Tf":
            font = fonts[operands[0]]
        elif operator in {b"Tj", b"TJ"}:
            codes = [code for one in _shown(operands[0]) for code in _codes(one)]
            assert NO_GLYPH not in codes, "a character is printed as a box"
            if silent_below is None:
                yield from (font[code] for code in codes)


def _actual_text(operands: list[Any]) -> str | None:
    """The characters for which marked content is said to stand."""
    properties = operands[-1]
    text = properties.get("/ActualText") if isinstance(properties, dict) else None
    return None if text is None else str(text)


def _shown(operand: Any) -> list[Any]:
    return (
        [one for one in operand if not isinstance(one, int | float)]
        if isinstance(operand, list)
        else [operand]
    )


def _codes(shown: Any) -> list[int]:
    raw = shown.original_bytes
    return [int.from_bytes(raw[place : place + 2]) for place in range(0, len(raw), 2)]


def _characters_of(font: Any) -> Mapping[int, str]:
    """Which characters a font's codes stand for."""
    table = font["/ToUnicode"].get_data().decode("latin-1")
    spans = re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL)
    pairs = [pair for span in spans for pair in MAPPED.findall(span)]
    return {int(code, 16): bytes.fromhex(characters).decode("utf-16-be") for code, characters in pairs}
