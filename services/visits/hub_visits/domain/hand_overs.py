"""Replacing a school's PD lead: hand-overs, ends without a successor, and who leads a chain of assignments.

An assignment that is handed over is followed by another one. Together they are a chain: the school's one
assignment of a programme and academic year, led by one person after another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from hub_kernel.refusals import Conflict, Refused

# Codes, because a reason is published: nothing about a person's health belongs in an event.
REASONS_ENDED: Final = ("left", "absence", "workload", "school_request", "programme_ended", "other")
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Tenure:
    """One assignment of a chain: the days on which one person is the school's PD lead."""

    pd_lead_id: UUID
    starts_on: date
    ends_on: date  # the day before `starts_on` when it was handed over on its first day
    is_ended: bool  # by a hand-over or an end; otherwise it runs to the end of its academic year

    def leads_on(self, day: date) -> bool:
        """Whether its PD lead is the current one on a day; also after the year, until another follows."""
        return self.starts_on <= day and (not self.is_ended or day <= self.ends_on)


def check_hand_over(tenure: Tenure, *, to_pd_lead_id: UUID, on: date, last_logged_on: date | None) -> None:
    """Decide whether an assignment may be handed over from a day on, in the past, today or ahead.

    A day in the past is allowed, because hubs enter hand-overs late, unless a visit that the former PD lead
    logged took place on that day or later.

    Args:
        tenure: the assignment that ends.
        to_pd_lead_id: who is to take over.
        on: the first day of the assignment that follows; it may be the first day of the one that ends.
        last_logged_on: the day of the assignment's last visit that was logged.

    Raises:
        Conflict: `already_ended` or `visits_logged_since`.
        Refused: `before_assignment`, `after_assignment` or `same_pd_lead`.
    """
    _check_standing(tenure)
    _check_day(tenure, on)
    if to_pd_lead_id == tenure.pd_lead_id:
        raise Refused("same_pd_lead", "This person is the school's PD lead already.", "/pd_lead_id")
    _check_logged(on - _ONE_DAY, last_logged_on)


def check_end(tenure: Tenure, *, on: date, last_logged_on: date | None) -> None:
    """Decide whether an assignment may end without a successor; `on` is to be its last day.

    Raises:
        Conflict: `already_ended` or `visits_logged_since`.
        Refused: `before_assignment` or `after_assignment`.
    """
    _check_standing(tenure)
    _check_day(tenure, on)
    _check_logged(on, last_logged_on)


def lead_of(tenure: Tenure, chain: Iterable[Tenure], *, day: date) -> UUID | None:
    """Return the PD lead who is entrusted with an assignment on a day; None: only hub staff is.

    That is the current PD lead of its chain. An assignment that starts after that day is entrusted to the
    person who is to take it up, and to nobody else, so that they can plan ahead.
    """
    if tenure.starts_on > day:
        never_began = tenure.is_ended and tenure.ends_on < tenure.starts_on
        return None if never_began else tenure.pd_lead_id
    return next((each.pd_lead_id for each in chain if each.leads_on(day)), None)


def is_without_lead(chain: Iterable[Tenure], *, status: str, planned_on: date, today: date) -> bool:
    """Return whether a visit is planned that no PD lead will make, or that took place and none can log."""
    day = max(planned_on, today)
    return status == "planned" and not any(each.leads_on(day) for each in chain)


def lead_until(*, last_day: date, ended_on: date | None, role_ends_on: date | None) -> date | None:
    """Return the last day with a PD lead of an assignment that no other follows; None: to its year's end.

    Args:
        last_day: of the academic year.
        ended_on: its last day, when it was ended.
        role_ends_on: the last day of its PD lead in that role; None: no end is known.
    """
    ends = [day for day in (ended_on, role_ends_on) if day is not None and day < last_day]
    return min(ends, default=None)


def _check_standing(tenure: Tenure) -> None:
    if tenure.is_ended:
        raise Conflict("already_ended", f"This assignment ended on {tenure.ends_on}.")


def _check_day(tenure: Tenure, on: date) -> None:
    if on < tenure.starts_on:
        raise Refused("before_assignment", f"The assignment starts on {tenure.starts_on}.", "/on")
    if on > tenure.ends_on:
        raise Refused("after_assignment", f"The assignment ends on {tenure.ends_on}.", "/on")


def _check_logged(last_day: date, last_logged_on: date | None) -> None:
    if last_logged_on is not None and last_logged_on > last_day:
        detail = f"The PD lead has logged a visit of {last_logged_on}; choose a later day."
        raise Conflict("visits_logged_since", detail, "/on")
