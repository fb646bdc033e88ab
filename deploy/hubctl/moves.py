"""Effects of a register file on schools that close: enrolment's answer, and the assignments in visits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NotRequired, TypedDict, get_args
from urllib.parse import urlencode

from rich.text import Text

from hubctl import sending, shown
from hubctl.output import console, printable
from hubctl.sending import NoAnswer

ASSIGNMENTS: Final = "/visits/v1/assignments"
VISITS: Final = "/visits/v1/visits"
PAGE: Final = 200  # items, the largest page of a list
Count = Literal["people_n", "sessions_n", "places_n", "waiting_n", "offers_n", "applications_n"]
COUNTS: Final[tuple[Count, ...]] = get_args(Count)
SCHOOLS_SHOWN: Final = 20
NAMES_SHOWN: Final = 20
NO_LIST: Final = frozenset({404, 405})  # a visits service that does not have the list yet
NOT_SHOWN: Final = "Assignments and visits to come are not shown:"


class ClosingSchool(TypedDict):
    """A school that closes, with the day from which its successor counts."""

    urn: str
    first_day: str | None  # of the successor, ISO 8601


class Move(ClosingSchool):
    """A school that closes, with its records, as enrolment answers an import."""

    successor_urn: str | None
    in_effect: bool  # whether the register says that the school has closed
    people: Sequence[Mapping[str, str]]  # names in `given` and `family`
    people_n: int
    sessions_n: int
    places_n: int
    waiting_n: int
    offers_n: int
    applications_n: int


class Effects(TypedDict):
    """Effects of one file: enrolment's answer, and for a preview the counts of visits."""

    moves: Sequence[Move]  # the first 1,000
    moves_n: int
    visits: NotRequired[Mapping[str, Mapping[str, int]]]  # URN → kind of record → number
    visits_missing: NotRequired[str | None]


@dataclass(frozen=True)
class Visits:
    """The visits service; the address is None when it is not known here."""

    address: str | None
    token: Callable[[], str]


@dataclass(frozen=True)
class Answers:
    """Numbers of assignments and planned visits by school, or a sentence with the reason why not."""

    by_school: Mapping[str, Mapping[str, int]]
    missing: str | None = None


def ask(visits: Visits, moves: Sequence[ClosingSchool], *, today: date) -> Answers:
    """Count the assignments and planned visits of schools that close.

    Assignments count if they are active when the successor opens, or today if it has opened. The first list
    without an answer ends the count.
    """
    if visits.address is None:
        return Answers({}, f"{NOT_SHOWN} name the visits service in HUB_VISITS_ADDRESS.")
    found: dict[str, dict[str, int]] = {}
    try:
        for one in moves:
            urn, begins = one["urn"], one["first_day"]
            active_on = max(today, date.fromisoformat(begins)) if begins else today
            found[urn] = {
                "assignments": _count(visits, ASSIGNMENTS, {"urn": urn, "active_on": str(active_on)}),
                "visits": _count(visits, VISITS, {"urn": urn, "status": "planned"}),
            }
    except NoAnswer as exc:
        return Answers({}, f"{NOT_SHOWN} {exc}")
    return Answers(found)


def show(told: Effects) -> None:
    """Print a table of the schools that close, with the numbers of their records and the names of people."""
    listed = told["moves"][:SCHOOLS_SHOWN]
    if not listed:
        return
    known = told.get("visits", {})
    rows = [_row(one, known.get(one["urn"])) for one in listed]
    wide = console().width >= shown.WIDE  # a narrow terminal shows no empty columns
    columns = [
        name for name in rows[0] if wide or not name.endswith("_n") or any(row[name] != "0" for row in rows)
    ]
    table = shown.table_of(*(name.removesuffix("_n") for name in columns))
    for row in rows:
        table.add_row(*(Text(row[name]) for name in columns))
    console().print(table)
    for one in listed:
        if one["people"]:
            shown.say(printable(f"  People of {one['urn']}: {_names(one['people'])}."))
    if told["moves_n"] > len(listed):
        shown.say(f"  {told['moves_n'] - len(listed):,} more schools: --json shows the first 1,000.")
    if any(one["successor_urn"] and not one["in_effect"] for one in listed):
        shown.say("  “Not yet”: they move once the register says that the school has closed.")
    if missing := told.get("visits_missing"):
        shown.say(printable(f"  {missing}"))


def _row(one: Move, visits: Mapping[str, int] | None) -> dict[str, str]:
    since = one["first_day"] or "-"
    row = {
        "school": one["urn"],
        "successor": one["successor_urn"] or "none",
        "from": since if one["in_effect"] or not one["successor_urn"] else "not yet",
    }
    row |= {name: f"{one[name]:,}" for name in COUNTS}
    return row | {f"{name}_n": f"{count:,}" for name, count in (visits or {}).items()}


def _names(people: Sequence[Mapping[str, str]]) -> str:
    told = [f"{one['given']} {one['family']}".strip() for one in people[:NAMES_SHOWN]]
    rest = [f"and {len(people) - NAMES_SHOWN} more"] if len(people) > NAMES_SHOWN else []
    return ", ".join([*told, *rest])


def _count(visits: Visits, path: str, query: Mapping[str, str]) -> int:
    """Count the items of a list, page by page.

    Raises:
        NoAnswer: the answer of visits is not a page of the list.
    """
    count, cursor = 0, None
    while True:
        asked = {**query, "limit": PAGE} | ({"after": cursor} if cursor else {})
        answer = sending.get(f"{visits.address}{path}?{urlencode(asked)}", visits.token())
        if answer.status in NO_LIST:
            raise NoAnswer("this hub's visits service cannot list them yet.")
        if answer.status != 200:
            raise NoAnswer(f"visits answered {answer.status} ({answer.body.get('code')}).")
        count += len(answer.body["items"])
        cursor = answer.body.get("next")
        if cursor is None:
            return count
