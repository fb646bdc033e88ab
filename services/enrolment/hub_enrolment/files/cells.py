"""The visible text of a cell, and the names of cells."""

import re
import unicodedata
from typing import Final

# Invisible characters that text copied from web pages, e-mails and other programs may contain.
INVISIBLE: Final = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
JOINERS: Final = "\u200c\u200d"  # inside words they belong to the spelling (Persian, Hindi)
ALPHABET: Final = 26


def clean(text: str) -> str:
    """Return a cell's text without invisible characters, trimmed, with plain spaces only."""
    if text.isascii():
        return text.strip()
    shown = INVISIBLE.sub("", text)
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in shown)
    return spaced.strip().strip(JOINERS).strip()


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell in spreadsheets: row 7 and column 2 are B7. Both count from 1."""
    return f"{column_name(column)}{row}"


def column_name(column: int) -> str:
    """Return the name of a column; 1 is A, 27 is AA."""
    name = ""
    while column:
        column, place = divmod(column - 1, ALPHABET)
        name = chr(ord("A") + place) + name
    return name
