"""Formats the numbers of a workbook as spreadsheets show them: dates, leading zeros, percentages.

Formats: ECMA-376-1:2016, 18.8.30. Dates count from 30 December 1899 (or 1 January 1904, of old Macs).
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Final

GENERAL: Final = "General"
BUILT_IN: Final[Mapping[int, str]] = {
    9: "0%",
    10: "0.00%",
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, 45, 46, 47), "hh:mm"),
}
NOT_A_FORMAT: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
DATE: Final = re.compile(r"[dy]", re.IGNORECASE)
TIME: Final = re.compile(r"[hs]", re.IGNORECASE)
MONTH: Final = re.compile(r"m", re.IGNORECASE)
ZEROS: Final = re.compile(r"0{2,}")
PERCENT: Final = re.compile(r"0(?:\.(0+))?%")
EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no zone
EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
LAST_SERIAL: Final = 2_958_465  # 31 December 9999
EXACT: Final = 1e15  # from here on spreadsheets lose digits


def shown(text: str, number_format: str, *, since_1904: bool) -> str:
    """Return a stored number as it is shown; return other text unchanged."""
    try:
        number = float(text)
    except ValueError:
        return text
    if not isfinite(number):
        return text
    plain = NOT_A_FORMAT.sub("", number_format.partition(";")[0])
    if plain == GENERAL or not plain:
        return _general(number)
    if 0 <= number <= LAST_SERIAL and (day := _moment(number, plain, since_1904=since_1904)):
        return day
    if ZEROS.fullmatch(plain) and number >= 0 and number.is_integer():
        return _general(number).zfill(len(plain))
    if percent := PERCENT.fullmatch(plain):
        return f"{number:.{len(percent[1] or '')}%}"
    return _general(number)


def day_of(text: str) -> str:
    """Return an ISO 8601 date without its time; return other text unchanged."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return text


def _moment(number: float, plain: str, *, since_1904: bool) -> str | None:
    has_time = TIME.search(plain) is not None
    if not (DATE.search(plain) or has_time or MONTH.search(plain)):
        return None
    moment = (EPOCH_1904 if since_1904 else EPOCH) + timedelta(seconds=round(number * 86_400))
    if has_time and not DATE.search(plain):
        return f"{moment:%H:%M}"
    return moment.date().isoformat()


def _general(number: float) -> str:
    if number.is_integer() and abs(number) < EXACT:
        return str(int(number))
    return f"{number:.15g}".replace("e+", "E+").replace("e-", "E-")
