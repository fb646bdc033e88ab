"""The one CSV writer: files that spreadsheet programs open as text, in the right encoding, running nothing.

UTF-8 with a byte order mark, as Excel reads a file without one in the local code page; CRLF (RFC 4180).
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
GUARD: Final = "'"
# A cell that begins so is run as a formula (OWASP, "CSV Injection"); the last four are in full width.
FORMULA_SIGNS: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
LINE_ENDS: Final = str.maketrans(dict.fromkeys("\n\v\f\x1c\x1d\x1e\x85\u2028\u2029", " "))
NOT_SHOWN: Final = ("Cc", "Cf", "Zs", "Zl", "Zp")  # Unicode categories of blanks, controls, invisible signs


def to_csv(table: Iterable[Sequence[object]]) -> bytes:
    """A table, its header first, as a file."""
    text = io.StringIO(newline="")
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([cell_of(value) for value in row] for row in table)
    return text.getvalue().encode()


def cell_of(value: object) -> str:
    """A value as the text of a cell. A number is never guarded, so that a spreadsheet can add it up."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else guarded(str(value))


def guarded(text: str) -> str:
    """Text that no spreadsheet program takes for a formula, on one line.

    A line end inside a cell becomes a space: a program that splits lines first would begin a new cell there.
    A tab stays where it was typed, unless it begins the cell. `unguarded` is the inverse.
    """
    one_line = text.replace("\r\n", " ").replace("\r", " ").translate(LINE_ENDS)
    return GUARD + one_line if _is_formula(one_line.lstrip(GUARD)) else one_line


def unguarded(text: str) -> str:
    """A cell of a file that this module wrote, as it was before `guarded`."""
    return text[1:] if text.startswith(GUARD) and _is_formula(text.lstrip(GUARD)) else text


def _is_formula(text: str) -> bool:
    """Whether the text begins with a tab, or what is shown of it with a sign of a formula."""
    if text.startswith("\t"):
        return True
    first = next((sign for sign in text if unicodedata.category(sign) not in NOT_SHOWN), "")
    return first in FORMULA_SIGNS
