"""Tables as spreadsheets read them."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

# A cell that begins so is run as a formula by spreadsheet programs (OWASP, "CSV Injection"); the last four
# are the same signs in full width.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BOM: Final = "\ufeff"  # so that Excel reads it as UTF-8


def to_csv(table: Iterable[Sequence[Any]]) -> bytes:
    """A table, its header first, as a file."""
    text = io.StringIO()
    text.write(BOM)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in table)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    said = str(value)
    is_formula = not isinstance(value, int | float) and said.lstrip(" ").startswith(_FORMULA_STARTS)
    return f"'{said}" if is_formula else said
