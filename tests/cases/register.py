"""Schools of the cases in the national register: in an authority of their own, closed, carried on, moved."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from tests.cases.desk import Desk
from tests.enrolment.register_files import gias, links, row, urn

YEAR_END: Final = date(2026, 12, 31)  # the last day of schools that close in the middle of the year
SUCCESSOR: Final = "Successor"
LONG_AGO: Final = date(1999, 9, 1)  # the first day of every other school

_authorities = itertools.count(210)  # none of England's has such a code


def authority() -> str:
    """The code of a local authority that has no schools but those of one case."""
    return str(next(_authorities))


def place(la_code: str, **changes: str) -> dict[str, str]:
    """The columns of a school in an authority."""
    values = {"LA (code)": la_code, "LA (name)": f"Authority {la_code}"}
    values |= {"DistrictAdministrative (code)": f"E07000{la_code}"}
    return values | {"DistrictAdministrative (name)": f"District {la_code}"} | changes


def in_trust(uid: str) -> dict[str, str]:
    """The columns of a school of an academy trust."""
    academy = {"TypeOfEstablishment (code)": "34", "EstablishmentTypeGroup (code)": "10"}
    return academy | {"Trusts (code)": uid, "Trusts (name)": f"Trust {uid}"}


def schools(
    desk: Desk,
    count: int,
    la_code: str,
    columns: Mapping[str, str] | None = None,
    *,
    file_date: date | None = None,
) -> list[str]:
    """Import schools of an authority; their URNs."""
    rows = [row(**place(la_code, **(columns or {}))) for _ in range(count)]
    register(desk, rows, file_date)
    return [one["URN"] for one in rows]


def register(desk: Desk, rows: Sequence[dict[str, str]], file_date: date | None = None) -> Any:
    """Import rows of an establishments file of some day."""
    dated = "" if file_date is None else f"&file_date={file_date}"
    return desk.make(f"imports/gias?mode=apply{dated}", gias(*rows))


def changed(number: str, la_code: str, *, file_date: date, **columns: str) -> dict[str, str]:
    """A row about a school that the register has, changed on a day."""
    return row(**place(la_code, URN=number, LastChangedDate=in_gias(file_date), **columns))


def succeed(
    desk: Desk,
    la_code: str,
    pairs: Mapping[str, str | None],
    *,
    last_day: date = YEAR_END,
    opened_on: date = LONG_AGO,
    columns: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Close schools on a day; from the next day on others stand for them.

    Args:
        desk: who imports both files.
        la_code: the authority of all of them.
        pairs: the successor of each school that closes; None: a new one.
        last_day: of the closed schools.
        opened_on: the first day of the closed schools.
        columns: further columns of the successors in the register.
    """
    opens = last_day + timedelta(days=1)
    found = {old: new or urn() for old, new in pairs.items()}
    closing = {"EstablishmentStatus (code)": "2", "CloseDate": in_gias(last_day)}
    closing["OpenDate"] = in_gias(opened_on)
    rows = [changed(old, la_code, file_date=opens, **closing) for old in found]
    opened = {new for old, new in found.items() if pairs[old] is None}
    open_date = {"OpenDate": in_gias(opens), **(columns or {})}
    rows += [changed(new, la_code, file_date=opens, **open_date) for new in sorted(opened)]
    register(desk, rows)
    linked = [(old, new, SUCCESSOR, in_gias(opens)) for old, new in found.items()]
    desk.make("imports/gias?mode=apply", links(*linked))
    return found


def programme(desk: Desk, **terms: Any) -> str:
    """Open a programme of this academic year with some terms; its id."""
    body = {"title": "Continuity", "academic_year": "2026/27", "strand": "continuity"}
    return str(desk.make("programmes", body | {"phases": ["primary", "secondary"]} | terms)["programme_id"])


def in_gias(day: date) -> str:
    """A date as files of the register write it."""
    return f"{day:%d-%m-%Y}"
