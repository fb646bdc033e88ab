"""The accepted spellings of a TRN, a URN and an e-mail address in a list; everything else is refused.

Text is checked before it is changed: digits are never added and never left out. The effects of spreadsheets
on numbers (dropped leading zeros, an added ".0", 1.23E+06, a date) are recognised and named in the refusal.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from hub_kernel.refusals import Refused

TRN_DIGITS: Final = 7
TRN_FEWEST_DIGITS: Final = (
    5  # of one that has lost its zeros; DFE-Digital/npq-registration has the same number
)

# The accepted spellings, with the digits as groups.
TRN_SPELLINGS: Final = (
    re.compile(r"([0-9]{7})"),
    re.compile(
        r"([0-9]{7})\.0+"
    ),  # pandas and LibreOffice write whole numbers so; all seven digits are there
    re.compile(r"([0-9]{2})[ /-]([0-9]{5})"),
    re.compile(r"RP[ /-]?([0-9]{2})[ /-]?([0-9]{5})", re.IGNORECASE),  # on older DfE letters on paper
    re.compile(r"([0-9]{3}) ([0-9]{4})"),
    re.compile(r"([0-9]{4}) ([0-9]{3})"),
)
URN_SPELLINGS: Final = (
    re.compile(r"([1-9][0-9]{4,5})"),
    re.compile(r"([1-9][0-9]{4,5})\.0+"),  # a URN never begins with 0, so no digit can be missing
)

DECIMAL: Final = re.compile(r"([0-9]+)[.,]([0-9]+)")
EXPONENT: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?E[+-]?[0-9]+", re.IGNORECASE)
THOUSANDS: Final = re.compile(r"[0-9]{1,3}(?:[,.' ][0-9]{3})+")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}")
ERROR_CELL: Final = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|#+)", re.IGNORECASE)
DFE_NUMBER: Final = re.compile(r"[0-9]{3}[/ -]?[0-9]{4}")

AS_TEXT: Final = "format the column as text and type the number again"


def read_trn(text: str) -> str:
    """Return a teacher reference number as seven digits.

    Raises:
        Refused: `bad_trn`.
    """
    typed = on_one_line(text)
    digits = _digits(TRN_SPELLINGS, typed)
    if digits is None or not digits.strip("0"):
        raise Refused("bad_trn", _why_no_trn(typed), "/trn")
    return digits


def read_urn(text: str) -> str:
    """Return the Unique Reference Number of a school, five or six digits.

    Raises:
        Refused: `bad_urn`.
    """
    typed = on_one_line(text)
    digits = _digits(URN_SPELLINGS, typed)
    if digits is None:
        raise Refused("bad_urn", _why_no_urn(typed), "/urn")
    return digits


def read_email(text: str) -> str:
    """Return an e-mail address without what programs add when it is copied; the schema checks its form.

    Raises:
        Refused: `bad_email`.
    """
    typed = on_one_line(text).removeprefix("mailto:")
    address = typed[1:-1] if typed.startswith("<") and typed.endswith(">") else typed
    detail = None
    if ERROR_CELL.fullmatch(typed) or typed.startswith("="):
        detail = _of_spreadsheet(typed)
    elif address.count("@") > 1 and re.search(r"[\s,;/]", address):
        detail = "This cell has more than one e-mail address; give the one that the person reads."
    elif "<" in address or ">" in address:
        detail = "Give the e-mail address alone, without the name and the angle brackets."
    elif address and address[-1] in ".,;:":
        detail = f'The e-mail address ends with "{address[-1]}"; delete it.'
    if detail is not None:
        raise Refused("bad_email", detail, "/email")
    return address


def on_one_line(text: str) -> str:
    """Return text with each run of white space as one space, without invisible characters, trimmed."""
    if not text.isascii():
        text = "".join(one for one in text if unicodedata.category(one) != "Cf")
    return " ".join(text.split())


def _digits(spellings: Sequence[re.Pattern[str]], typed: str) -> str | None:
    found = next((match for spelling in spellings if (match := spelling.fullmatch(typed))), None)
    return None if found is None else "".join(found.groups())


def _why_no_trn(typed: str) -> str:
    if reason := _of_spreadsheet(typed):
        return reason
    if typed.isascii() and typed.isdigit() and TRN_FEWEST_DIGITS <= len(typed) < TRN_DIGITS:
        whole = typed.zfill(TRN_DIGITS)
        return (
            f'"{typed}" has {len(typed)} digits and a TRN has {TRN_DIGITS}.'
            f" Excel drops zeros at the beginning: if the TRN is {whole}, {AS_TEXT}."
        )
    return "A teacher reference number (TRN) has seven digits, such as 1234567 or RP 12/34567."


def _why_no_urn(typed: str) -> str:
    if reason := _of_spreadsheet(typed):
        return reason
    if DFE_NUMBER.fullmatch(typed):
        return (
            f'"{typed}" looks like a local authority and establishment number (LAESTAB).'
            " Give the URN, which has five or six digits."
        )
    return "The URN of a school has five or six digits and begins with 1 to 9."


def _of_spreadsheet(typed: str) -> str | None:
    """Return what a spreadsheet has done to a number, as a sentence; None where it has done nothing."""
    if ERROR_CELL.fullmatch(typed):
        return f'The cell shows the error "{typed}"; type the value itself.'
    if typed.startswith("="):
        return "The cell has a formula; type the value itself."
    if EXPONENT.fullmatch(typed):
        return f'Excel has shortened the number to "{typed}": {AS_TEXT}.'
    if DAY.fullmatch(typed):
        return f'Excel has turned the number into a date ("{typed}"): {AS_TEXT}.'
    if THOUSANDS.fullmatch(typed):
        return f'Excel has put separators into the number ("{typed}"): {AS_TEXT}.'
    if DECIMAL.fullmatch(typed):
        return f'Excel has turned it into a decimal number ("{typed}"), so digits may be missing: {AS_TEXT}.'
    return None
