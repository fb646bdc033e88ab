"""Who supports which school, and what that school is owed.

The Opportunity Area promises each school a PD lead who visits every half term, and each secondary department
professional development in every one (Cambridge Maths Hub brief).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_visits.domain.calendars import HalfTerm
from hub_visits.domain.refusals import Refused

PROGRAMMES: Final = ("opportunity_area", "intensive", "tfm_support")
KINDS_OWED: Final = ("visit", "department_pd")

# Fewer school days than this and the half term is too short to owe a visit in.
SCHOOL_DAYS_TO_COUNT: Final = 10


@dataclass(frozen=True, kw_only=True)
class Post:
    """One role that a leader holds, as enrolment has announced it."""

    role: str
    urn: str  # the leader's own school
    trust_uid: str | None = None
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What a school is owed in one half term."""

    half_term: str
    kind: str
    starts_on: date
    ends_on: date


def check_pd_lead(posts: Iterable[Post], *, urn: str, trust_uid: str | None, on: date) -> list[str]:
    """Decide whether somebody may be a school's PD lead from a day on, and give the warnings to show.

    Raises:
        Refused: `unknown_pd_lead`, `pd_lead_ended` or `own_school`.
    """
    held = list(posts)
    if not any(post.role == "pd_lead" for post in held):
        raise Refused("unknown_pd_lead", "Nobody of this id is known as a PD lead.", "/pd_lead_id")
    current = [post for post in held if post.ends_on is None or post.ends_on >= on]
    if not any(post.role == "pd_lead" for post in current):
        raise Refused("pd_lead_ended", "This PD lead's role ended before that day.", "/pd_lead_id")
    if any(post.urn == urn for post in current):
        raise Refused("own_school", "A PD lead is never assigned to their own school.", "/pd_lead_id")
    return ["own_trust"] if trust_uid and any(post.trust_uid == trust_uid for post in current) else []


def obligations(half_terms: Iterable[HalfTerm], kinds: Iterable[str], *, starts_on: date) -> list[Owed]:
    """What an assignment that starts on a day owes its school in the rest of the academic year.

    A half term counts when at least SCHOOL_DAYS_TO_COUNT school days of it remain. In the order of the year,
    within a half term by kind.
    """
    return [
        Owed(half_term=half_term.id, kind=kind, starts_on=half_term.starts_on, ends_on=half_term.ends_on)
        for half_term in half_terms
        if half_term.school_days_from(starts_on) >= SCHOOL_DAYS_TO_COUNT
        for kind in sorted(set(kinds))
    ]
