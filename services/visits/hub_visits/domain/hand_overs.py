"""Hand-overs, early ends, and the current PD lead of a chain of assignments.

An assignment that is handed over is followed by another one. Together they are a chain: the assignments of
one school, programme and academic year, with one PD lead after another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from hub_contracts.vocabulary import AssignmentEndReason
from hub_kernel.refusals import Conflict, Refused

REASONS_ENDED: Final = tuple(AssignmentEndReason)  # codes only: an event must not describe a person's health
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Tenure:
    """One assignment of a chain: the days on which one PD lead supports the school."""

    pd_lead_id: UUID
    starts_on: date
    ends_on: date  # the day before `starts_on` if it was handed over with effect from its own first day
    is_ended: bool  # handed over or ended early; otherwise it runs to the end of its academic year

    def leads_on(self, day: date) -> bool:
        """Return whether its PD lead is current on a day, also after the year until another follows."""
        return self.starts_on <= day and (not self.is_ended or day <= self.ends_on)


def check_hand_over(tenure: Tenure, *, to_pd_lead_id: UUID, on: date, last_logged_on: date | None) -> None:
    """Raise unless an assignment can be handed over with effect from a day, past or future.

    A past day is allowed, because hubs often record hand-overs late, unless the former PD lead has logged a
    visit that took place on that day or later.

    Args:
        tenure: the assignment to hand over.
        to_pd_lead_id: the new PD lead.
        on: the first day of the following assignment; it may be the first day of this one.
        last_logged_on: the day of the assignment's last logged visit, if there is one.

    Raises:
        Conflict: `already_ended` or `visits_logged_since`.
        Refused: `before_assignment`, `after_assignment` or `same_pd_lead`.
    """
    _check_standing(tenure)
    _check_day(tenure, on)
    if to_pd_lead_id == tenure.pd_lead_id:
        raise Refused("same_pd_lead", "This is already the school's PD lead.", "/pd_lead_id")
    _check_logged(on - _ONE_DAY, last_logged_on)


def check_end(tenure: Tenure, *, on: date, last_logged_on: date | None) -> None:
    """Raise unless an assignment can be ended early without a successor; `on` is its last day.

    Raises:
        Conflict: `already_ended` or `visits_logged_since`.
        Refused: `before_assignment` or `after_assignment`.
    """
    _check_standing(tenure)
    _check_day(tenure, on)
    _check_logged(on, last_logged_on)


def lead_of(tenure: Tenure, chain: Iterable[Tenure], *, day: date) -> UUID | None:
    """Return the PD lead who has access to an assignment on a day; None: only hub staff has.

    This is the current PD lead of its chain. An assignment that starts after that day belongs to its own PD
    lead alone, so that they can plan ahead.
    """
    if tenure.starts_on > day:
        never_began = tenure.is_ended and tenure.ends_on < tenure.starts_on
        return None if never_began else tenure.pd_lead_id
    return next((each.pd_lead_id for each in chain if each.leads_on(day)), None)


def is_without_lead(chain: Iterable[Tenure], *, status: str, planned_on: date, today: date) -> bool:
    """Return whether a planned visit has no PD lead to make it or, once its day has passed, to log it."""
    day = max(planned_on, today)
    return status == "planned" and not any(each.leads_on(day) for each in chain)


def lead_until(*, last_day: date, ended_on: date | None, role_ends_on: date | None) -> date | None:
    """Return the last day on which an assignment without a successor has a PD lead.

    Args:
        last_day: of the academic year.
        ended_on: the assignment's last day, if it was ended early.
        role_ends_on: the last day of its PD lead in that role; None: no end is known.

    Returns:
        None if it has a PD lead until the end of the academic year.
    """
    ends = [day for day in (ended_on, role_ends_on) if day is not None and day < last_day]
    return min(ends, default=None)


def _check_standing(tenure: Tenure) -> None:
    if tenure.is_ended:
        raise Conflict("already_ended", f"The last day of this assignment is already {tenure.ends_on}.")


def _check_day(tenure: Tenure, on: date) -> None:
    if on < tenure.starts_on:
        raise Refused("before_assignment", f"The assignment starts on {tenure.starts_on}.", "/on")
    if on > tenure.ends_on:
        raise Refused("after_assignment", f"The assignment ends on {tenure.ends_on}.", "/on")


def _check_logged(last_day: date, last_logged_on: date | None) -> None:
    if last_logged_on is not None and last_logged_on > last_day:
        detail = f"The PD lead has logged a visit on {last_logged_on}. Choose a later day."
        raise Conflict("visits_logged_since", detail, "/on")
