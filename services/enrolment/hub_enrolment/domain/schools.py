"""Rules about one school: whether it is open, eligible and connected to the hub."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_kernel import successions
from hub_kernel.england import spoken_date
from hub_kernel.refusals import Conflict, Refused, Unknown

OPEN_STATUSES: Final = successions.OPEN_STATUSES


@dataclass(frozen=True, kw_only=True)
class SchoolState:
    """The facts of a school that decisions need."""

    urn: str
    status: str
    open_date: date | None
    close_date: date | None
    eligible: bool
    successor_urn: str | None = None
    trust_uid: str | None = None

    def is_open(self, on: date) -> bool:
        """Return whether the school is open on a day; its closing date is its last day."""
        return successions.is_open(
            status=self.status, open_date=self.open_date, close_date=self.close_date, day=on
        )


def check_open(school: SchoolState, on: date, *, pointer: str = "/urn") -> None:
    """Raise unless a school is open on a day.

    Raises:
        Refused: `school_not_open`, naming the successor if there is one.
    """
    if not school.is_open(on):
        detail = f"The school {school.urn} is not open on {spoken_date(on)}.{_hint(school.successor_urn)}"
        raise Refused("school_not_open", detail, pointer)


def check_eligible(school: SchoolState, *, pointer: str = "/urn") -> None:
    """Raise unless a school is eligible for the programmes: state-funded, in England.

    Raises:
        Refused: `school_not_eligible`.
    """
    if not school.eligible:
        detail = f"The school {school.urn} is not state-funded in England, so it cannot join the programmes."
        raise Refused("school_not_eligible", detail, pointer)


@dataclass(frozen=True)
class Connection:
    """The school's first contact with the hub."""

    connected_on: date
    via: str


def connect(
    school: SchoolState, known: Connection | None, asked: Connection, *, today: date
) -> Connection | None:
    """Return a new connection, None if the same is recorded already; raise unless it is valid.

    Raises:
        Refused: `connected_in_future`, `school_not_open`; Conflict: `already_connected`.
    """
    if known == asked:
        return None
    if known is not None:
        detail = f"The school has been connected since {spoken_date(known.connected_on)}, via {known.via}."
        raise Conflict("already_connected", detail)
    if asked.connected_on > today:
        raise Refused("connected_in_future", "The connection is dated in the future.", "/connected_on")
    check_open(school, asked.connected_on, pointer="/connected_on")
    return asked


def unknown_school(urn: str, successor_urn: str | None, *, pointer: str | None = None) -> Refused:
    """Build the refusal of an unknown URN: 404 for the path, 422 with a pointer for the body."""
    detail = f"The hub has no school with the URN {urn}.{_hint(successor_urn)}"
    if pointer is not None:
        return Refused("unknown_school", detail, pointer)
    hint = [("", f"successor_urn: {successor_urn}")] if successor_urn else []
    return Unknown("unknown_school", detail, errors=hint)


def _hint(successor_urn: str | None) -> str:
    return f" Its successor is {successor_urn}; use that one." if successor_urn else ""
