"""Supported schools: PD leads, obligations in each half term, and their status."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from hub_kernel.academic_years import AcademicYear
from hub_kernel.support_visits import kind_met_by, last_day_to_log
from hub_kernel.working_days import BankHolidays
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.schools import Register


class Status(StrEnum):
    """How an obligation stands on a day."""

    MET = "met"
    LATE = "late"  # met, and logged late
    EXCUSED = "excused"
    AWAITING_LOG = "awaiting_log"  # the half term has ended; a visit can still be logged on time
    MISSED = "missed"
    PLANNED = "planned"
    OPEN = "open"  # the half term has begun, and nothing is planned
    AHEAD = "ahead"  # the half term has not begun, and nothing is planned


class Assignment(NamedTuple):
    """The assignment of a PD lead, to the end of the academic year unless it is handed over or ended."""

    assignment_id: UUID
    urn: str
    pd_lead_id: UUID
    programme: str
    starts_on: date
    lead_ended_on: date | None  # last day of the person's role as PD lead; None while one has no end
    ended_on: date | None = None  # last day of an assignment that was handed over or ended

    def active_at(self, day: date) -> bool:
        """Whether a day lies between the first day and the end of the academic year."""
        return self.starts_on <= day <= AcademicYear.of(self.starts_on).ends_on

    def led_at(self, day: date) -> bool:
        """Whether the assignment and the person's role as PD lead last until a day or beyond."""
        return all(last is None or day <= last for last in (self.lead_ended_on, self.ended_on))


class Obligation(NamedTuple):
    """A visit or department meeting due in one half term, under one programme or several."""

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
    late: bool  # logged after the tenth working day after the half term


class Planned(NamedTuple):
    """A planned visit that has neither been held nor cancelled."""

    urn: str
    half_term: str
    kind: str


class Excused(NamedTuple):
    """A school excused from one obligation."""

    urn: str
    half_term: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class VisitRecords:
    """Facts by which obligations are met or excused."""

    logged: Iterable[Logged]
    planned: Iterable[Planned]  # by the day of the report
    excused: Iterable[Excused]  # by the day of the report


@dataclass(frozen=True)
class Outcome:
    """An obligation with its status on a day."""

    obligation: Obligation
    status: Status
    met_on: date | None = None

    @property
    def met(self) -> bool:
        """Whether the visit took place, logged late or not."""
        return self.status in {Status.MET, Status.LATE}


@dataclass(frozen=True)
class Compliance:
    """Every obligation of a period on one day."""

    outcomes: tuple[Outcome, ...]
    day: date

    @property
    def due(self) -> tuple[Outcome, ...]:
        """Obligations of ended half terms, without those that can still be logged on time."""
        ended = (s for s in self.outcomes if s.obligation.ends_on < self.day)
        return tuple(s for s in ended if s.status != Status.AWAITING_LOG)

    @property
    def met(self) -> Ratio:
        """Obligations met, of those due and not excused."""
        return ratio(self.due)

    def of_schools(self, belongs: Callable[[str], bool]) -> "Compliance":
        """Return the obligations of the schools for which `belongs(urn)` is true."""
        return Compliance(tuple(s for s in self.outcomes if belongs(s.obligation.urn)), self.day)

    def counts(self) -> dict[str, int]:
        """Return the number of obligations for each status; each is counted once."""
        return {status: sum(s.status == status for s in self.outcomes) for status in Status}

    def half_terms(self) -> dict[str, list[Outcome]]:
        """Return the obligations by half term, in order of time."""
        grouped: dict[str, list[Outcome]] = {}
        for one in sorted(self.outcomes, key=lambda s: s.obligation.half_term):
            grouped.setdefault(one.obligation.half_term, []).append(one)
        return grouped

    def current(self) -> str | None:
        """Return the last half term that has begun, such as 2026-1."""
        begun = [s.obligation.half_term for s in self.outcomes if s.obligation.starts_on <= self.day]
        return max(begun, default=None)

    def visited(self, half_term: str) -> set[str]:
        """Return the URNs of schools visited in a half term, for any kind of obligation."""
        return {s.obligation.urn for s in self.outcomes if s.obligation.half_term == half_term and s.met}


def ratio(outcomes: Iterable[Outcome]) -> Ratio:
    """Return the obligations met, of those not excused."""
    listed = [s for s in outcomes if s.status != Status.EXCUSED]
    return Ratio(sum(s.met for s in listed), len(listed))


def compliance(
    obligations: Iterable[Obligation],
    records: VisitRecords,
    register: Register,
    day: date,
    bank_holidays: BankHolidays,
) -> Compliance:
    """Return each obligation with its status on a day; a visit that took place counts, excused or not."""
    visits: dict[tuple[str, str, str], Logged] = {}
    for visit in records.logged:
        key = _key(register, visit.urn, visit.half_term, kind_met_by(visit.kind))
        known = visits.get(key)
        if visit.on <= day and (known is None or (visit.late, visit.on) < (known.late, known.on)):
            visits[key] = visit
    planned = {_key(register, p.urn, p.half_term, kind_met_by(p.kind)) for p in records.planned}
    excused = {_key(register, *e) for e in records.excused}

    due: dict[tuple[str, str, str], Obligation] = {}
    for one in obligations:
        key = _key(register, one.urn, one.half_term, one.kind)
        other = due.get(key)
        # Where two programmes have different dates for the half term, the later dates count, as in visits.
        if other is None or (one.ends_on, one.starts_on) > (other.ends_on, other.starts_on):
            due[key] = one._replace(urn=key[0])
    return Compliance(
        tuple(
            _outcome(one, _Known(visits.get(key), key in planned, key in excused), day, bank_holidays)
            for key, one in sorted(due.items())
        ),
        day,
    )


@dataclass(frozen=True)
class _Known:
    """The facts by which one obligation is met or excused."""

    visit: Logged | None
    planned: bool
    excused: bool


def _outcome(one: Obligation, known: _Known, day: date, bank_holidays: BankHolidays) -> Outcome:
    if known.visit is not None:
        return Outcome(one, Status.LATE if known.visit.late else Status.MET, known.visit.on)
    if known.excused:
        return Outcome(one, Status.EXCUSED)
    if day > one.ends_on:
        too_late = day > last_day_to_log(one.ends_on, bank_holidays)
        return Outcome(one, Status.MISSED if too_late else Status.AWAITING_LOG)
    if known.planned:
        return Outcome(one, Status.PLANNED)
    return Outcome(one, Status.OPEN if one.starts_on <= day else Status.AHEAD)


def _key(register: Register, urn: str, half_term: str, kind: str) -> tuple[str, str, str]:
    return register.current_urn(urn), half_term, kind


@dataclass(frozen=True)
class Coverage:
    """Supported schools on one day by URN, with and without a PD lead."""

    led: Mapping[str, Assignment]
    without: Mapping[str, Assignment]  # the last assignment of schools that had a PD lead this year

    @property
    def ratio(self) -> Ratio:
        """Schools with a PD lead, of all that were given one this year."""
        return Ratio(len(self.led), len(self.led) + len(self.without))


def coverage(assignments: Iterable[Assignment], register: Register, day: date) -> Coverage:
    """Return the supported schools on a day, with and without a PD lead.

    A school with two programmes, or with two PD leads one after the other, counts once.
    """
    led: dict[str, Assignment] = {}
    without: dict[str, Assignment] = {}
    for one in sorted(assignments, key=lambda a: (a.starts_on, str(a.assignment_id))):
        if one.active_at(day):
            urn = register.current_urn(one.urn)
            if one.led_at(day):
                led.setdefault(urn, one)
            else:
                without[urn] = one
    return Coverage(led, {urn: one for urn, one in without.items() if urn not in led})
