"""The text of a cell as a person sees it, whatever a program put around it."""

import re
import unicodedata
from typing import Final

# Shown by no program: they come along when text is copied from web pages, e-mails and other programs.
INVISIBLE: Final = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
JOINERS: Final = "\u200c\u200d"  # between letters they belong to the spelling (Persian, Hindi)
LAST_LETTER: Final = 26


def clean(text: str) -> str:
    """A cell without invisible characters and blanks around it; every kind of space becomes a plain one."""
    if text.isascii():
        return text.strip()
    shown = INVISIBLE.sub("", text)
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in shown)
    return spaced.strip().strip(JOINERS).strip()


def cell_name(row: int, column: int) -> str:
    """The name of a cell as spreadsheets show it: row 7 and column 2 are B7. Both count from 1."""
    return f"{column_name(column)}{row}"


def column_name(column: int) -> str:
    """The letters of a column; 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, place = divmod(column - 1, LAST_LETTER)
        letters = chr(ord("A") + place) + letters
    return letters
