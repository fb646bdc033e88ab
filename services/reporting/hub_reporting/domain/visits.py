"""Supported schools: who has a PD lead, what each is owed every half term, and what became of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple
from uuid import UUID

from hub_kernel.support_visits import kind_met_by, last_day_to_log
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.periods import AcademicYear
from hub_reporting.domain.schools import Register

Status = Literal["met", "late", "excused", "awaiting_log", "missed", "planned", "open", "ahead"]
STATUSES: Final[tuple[Status, ...]] = (
    "met",
    "late",
    "excused",
    "awaiting_log",
    "missed",
    "planned",
    "open",
    "ahead",
)


class Assignment(NamedTuple):
    """A school has a PD lead until the end of the academic year, or until it is handed over or ended."""

    assignment_id: UUID
    urn: str
    pd_lead_id: UUID
    programme: str
    starts_on: date
    lead_ended_on: date | None  # the last day of the lead's own role, when all of them have an end
    ended_on: date | None = None  # its last day, when it was handed over or ended

    def active_at(self, day: date) -> bool:
        """Whether it has begun and its academic year goes on."""
        return self.starts_on <= day <= AcademicYear.of(self.starts_on).ends_on

    def led_at(self, day: date) -> bool:
        """Whether it has not ended, and its PD lead still is one."""
        return all(last is None or day <= last for last in (self.lead_ended_on, self.ended_on))


class Obligation(NamedTuple):
    """What a school is owed in one half term, by one programme or several."""

    urn: str
    half_term: str
    kind: str  # visit or department_pd
    starts_on: date
    ends_on: date


class Logged(NamedTuple):
    """A visit in term that took place."""

    urn: str
    half_term: str
    kind: str
    on: date
    late: bool  # written up so late after the half term that it says so


class Planned(NamedTuple):
    """A visit in the diary, not yet held and not cancelled."""

    urn: str
    half_term: str
    kind: str


class Excused(NamedTuple):
    """A school was let off."""

    urn: str
    half_term: str
    kind: str


@dataclass(frozen=True)
class Settled:
    """An obligation and how it stands."""

    obligation: Obligation
    status: Status
    met_on: date | None = None

    @property
    def met(self) -> bool:
        """Whether the school was seen, late in the books or not."""
        return self.status in {"met", "late"}


@dataclass(frozen=True)
class Compliance:
    """Every obligation of a period on one day."""

    settled: tuple[Settled, ...]
    day: date

    @property
    def due(self) -> tuple[Settled, ...]:
        """Those of half terms that have ended, without those whose visit can still be logged on time."""
        ended = (s for s in self.settled if s.obligation.ends_on < self.day)
        return tuple(s for s in ended if s.status != "awaiting_log")

    @property
    def kept(self) -> Ratio:
        """Obligations met, of those due and not excused."""
        return ratio(self.due)

    def counts(self) -> dict[str, int]:
        """How many stand how; each is counted once."""
        return {status: sum(s.status == status for s in self.settled) for status in STATUSES}

    def half_terms(self) -> dict[str, list[Settled]]:
        """By half term, first to last."""
        grouped: dict[str, list[Settled]] = {}
        for one in sorted(self.settled, key=lambda s: s.obligation.half_term):
            grouped.setdefault(one.obligation.half_term, []).append(one)
        return grouped

    def current(self) -> str | None:
        """The last half term that has begun."""
        begun = [s.obligation.half_term for s in self.settled if s.obligation.starts_on <= self.day]
        return max(begun, default=None)

    def seen(self, half_term: str) -> set[str]:
        """Schools seen in a half term, by whatever kind of visit."""
        return {s.obligation.urn for s in self.settled if s.obligation.half_term == half_term and s.met}


def ratio(settled: Iterable[Settled]) -> Ratio:
    """Met, of those that were not excused."""
    listed = [s for s in settled if s.status != "excused"]
    return Ratio(sum(s.met for s in listed), len(listed))


def settle(
    obligations: Iterable[Obligation],
    register: Register,
    *,
    logged: Iterable[Logged],
    planned: Iterable[Planned],
    excused: Iterable[Excused],
    day: date,
) -> Compliance:
    """Say how each obligation stands on a day. A visit that took place counts, excused or not."""
    visits: dict[tuple[str, str, str], Logged] = {}
    for visit in logged:
        key = _key(register, visit.urn, visit.half_term, kind_met_by(visit.kind))
        known = visits.get(key)
        if visit.on <= day and (known is None or (visit.late, visit.on) < (known.late, known.on)):
            visits[key] = visit
    in_diary = {_key(register, p.urn, p.half_term, kind_met_by(p.kind)) for p in planned}
    let_off = {_key(register, *e) for e in excused}

    owed: dict[tuple[str, str, str], Obligation] = {}
    for one in obligations:
        key = _key(register, one.urn, one.half_term, one.kind)
        other = owed.get(key)
        # Where two programmes have other dates for the half term, the later ones count, as in visits.
        if other is None or (one.ends_on, one.starts_on) > (other.ends_on, other.starts_on):
            owed[key] = one._replace(urn=key[0])
    return Compliance(
        tuple(
            _settled(one, visits.get(key), planned=key in in_diary, excused=key in let_off, day=day)
            for key, one in sorted(owed.items())
        ),
        day,
    )


def _settled(one: Obligation, visit: Logged | None, *, planned: bool, excused: bool, day: date) -> Settled:
    if visit is not None:
        return Settled(one, "late" if visit.late else "met", visit.on)
    if excused:
        return Settled(one, "excused")
    if day > one.ends_on:
        return Settled(one, "missed" if day > last_day_to_log(one.ends_on) else "awaiting_log")
    if planned:
        return Settled(one, "planned")
    return Settled(one, "open" if one.starts_on <= day else "ahead")


def _key(register: Register, urn: str, half_term: str, kind: str) -> tuple[str, str, str]:
    return register.kept(urn), half_term, kind


@dataclass(frozen=True)
class Coverage:
    """Supported schools on one day: each with its assignment, and whether somebody leads it."""

    led: Mapping[str, Assignment]
    without: Mapping[str, Assignment]  # given a PD lead this year and without one now; the last one

    @property
    def ratio(self) -> Ratio:
        """Schools with a PD lead, of those that were given one this year."""
        return Ratio(len(self.led), len(self.led) + len(self.without))


def coverage(assignments: Iterable[Assignment], register: Register, day: date) -> Coverage:
    """Which schools have a PD lead on a day.

    A school with two programmes counts once, and so does one that was handed over from one person to another.
    """
    led: dict[str, Assignment] = {}
    without: dict[str, Assignment] = {}
    for one in sorted(assignments, key=lambda a: (a.starts_on, str(a.assignment_id))):
        if one.active_at(day):
            urn = register.kept(one.urn)
            if one.led_at(day):
                led.setdefault(urn, one)
            else:
                without[urn] = one
    return Coverage(led, {urn: one for urn, one in without.items() if urn not in led})
