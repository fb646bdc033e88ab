"""Rules about one school: when it is open, when it may join in, when it counts as connected."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_kernel import successions
from hub_kernel.refusals import Conflict, Refused, Unknown

OPEN_STATUSES: Final = successions.OPEN_STATUSES
STATUSES: Final = ("open", "proposed_to_close", "closed", "proposed_to_open")
PHASES: Final = ("early_years", "primary", "secondary", "post16", "all_through", "unknown")
VIAS: Final = ("work_group", "visit", "enquiry", "conference", "other")


@dataclass(frozen=True, kw_only=True)
class SchoolState:
    """What a decision about a school needs."""

    urn: str
    status: str
    open_date: date | None
    close_date: date | None
    eligible: bool
    successor_urn: str | None = None
    trust_uid: str | None = None

    def is_open(self, on: date) -> bool:
        """Return whether the school teaches on a day; its closing date is its last day."""
        return successions.is_open(
            status=self.status, open_date=self.open_date, close_date=self.close_date, day=on
        )


def check_open(school: SchoolState, on: date, *, pointer: str = "/urn") -> None:
    """Let an open school pass.

    Raises:
        Refused: `school_not_open`, naming the successor if there is one.
    """
    if not school.is_open(on):
        detail = f"The school {school.urn} is not open on {on:%d %B %Y}.{_hint(school.successor_urn)}"
        raise Refused("school_not_open", detail, pointer)


def check_eligible(school: SchoolState, *, pointer: str = "/urn") -> None:
    """Let a school pass that the hub's programmes are for: state-funded, in England.

    Raises:
        Refused: `school_not_eligible`.
    """
    if not school.eligible:
        detail = f"The school {school.urn} is not state-funded in England, so the programmes are not for it."
        raise Refused("school_not_eligible", detail, pointer)


@dataclass(frozen=True)
class Connection:
    """The school's first contact with the hub."""

    connected_on: date
    via: str


def connect(
    school: SchoolState, known: Connection | None, asked: Connection, *, today: date
) -> Connection | None:
    """Decide on a connection; None when it is known just so already.

    Raises:
        Refused: `connected_in_future`, `school_not_open`; Conflict: `already_connected`.
    """
    if known == asked:
        return None
    if known is not None:
        detail = f"The school has been connected since {known.connected_on:%d %B %Y}, via {known.via}."
        raise Conflict("already_connected", detail)
    if asked.connected_on > today:
        raise Refused("connected_in_future", "A connection is made today or before.", "/connected_on")
    check_open(school, asked.connected_on, pointer="/connected_on")
    return asked


def unknown_school(urn: str, successor_urn: str | None, *, pointer: str | None = None) -> Refused:
    """No such school: 404 where the address names it, 422 with a pointer where the body does."""
    detail = f"No school with the URN {urn} is known here.{_hint(successor_urn)}"
    if pointer is not None:
        return Refused("unknown_school", detail, pointer)
    hint = [("", f"successor_urn: {successor_urn}")] if successor_urn else []
    return Unknown("unknown_school", detail, errors=hint)


def _hint(successor_urn: str | None) -> str:
    return f" Its successor is {successor_urn}." if successor_urn else ""
