"""Who supports which school, and what that school is owed.

The Opportunity Area promises each school a PD lead who visits every half term, and each secondary department
professional development in every one (Cambridge Maths Hub brief).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_kernel.refusals import Conflict, Refused
from hub_visits.domain.calendars import HalfTerm

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


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """A school at which a leader works, or has worked."""

    urn: str
    ends_on: date | None = None  # the last day there


@dataclass(frozen=True, kw_only=True)
class OwnSchool:
    """A school at which a PD lead works, as the school that stands for it on the day in question."""

    urn: str
    trust_uid: str | None


def own_urns(posts: Iterable[Post], workplaces: Collection[Workplace], *, on: date) -> set[str]:
    """Return the schools at which a leader works on a day or later.

    Until enrolment has announced where somebody works, these are the schools at which their roles were given.
    """
    if workplaces:
        return {each.urn for each in workplaces if each.ends_on is None or each.ends_on >= on}
    return {post.urn for post in _current(posts, on)}


def check_pd_lead(posts: Collection[Post], *, on: date) -> None:
    """Raise unless somebody is a PD lead on a day.

    Raises:
        Refused: `unknown_pd_lead` or `pd_lead_ended`.
    """
    if not any(post.role == "pd_lead" for post in posts):
        raise Refused("unknown_pd_lead", "Nobody of this id is known as a PD lead.", "/pd_lead_id")
    if not any(post.role == "pd_lead" for post in _current(posts, on)):
        raise Refused("pd_lead_ended", "This PD lead's role ended before that day.", "/pd_lead_id")


def check_own_school(own: Collection[OwnSchool], *, urn: str, trust_uid: str | None) -> list[str]:
    """Raise when a school is the PD lead's own, and return the warnings to show about its trust.

    Raises:
        Refused: `own_school`.
    """
    if any(each.urn == urn for each in own):
        raise Refused("own_school", "A PD lead is never assigned to their own school.", "/pd_lead_id")
    return ["own_trust"] if trust_uid and any(each.trust_uid == trust_uid for each in own) else []


def _current(posts: Iterable[Post], on: date) -> list[Post]:
    return [post for post in posts if post.ends_on is None or post.ends_on >= on]


def obligations(
    half_terms: Iterable[HalfTerm],
    kinds: Iterable[str],
    *,
    starts_on: date,
    followed_on: date | None = None,
) -> list[Owed]:
    """What an assignment that starts on a day owes its school in the rest of the academic year.

    A half term counts when at least SCHOOL_DAYS_TO_COUNT school days of it remain. What is owed is the
    school's: where another assignment follows, the half terms that count from its first day on are owed by
    that one and no longer by this one, so that a chain owes each once, as one unbroken assignment would.
    This one keeps the half term that is nearly over.

    Args:
        half_terms: of the school's academic year.
        kinds: what is owed in each.
        starts_on: the assignment's first day.
        followed_on: the first day of the assignment that follows it, if one does.

    Returns:
        In the order of the year, within a half term by kind.
    """
    return [
        Owed(half_term=half_term.id, kind=kind, starts_on=half_term.starts_on, ends_on=half_term.ends_on)
        for half_term in half_terms
        if _counts(half_term, starts_on) and not (followed_on and _counts(half_term, followed_on))
        for kind in sorted(set(kinds))
    ]


def check_free(ends: Iterable[date], *, starts_on: date, academic_year: str) -> None:
    """Decide whether a school's assignments of one programme and year leave room for one from a day on.

    Two of them never overlap. The new one runs to the end of the year, so all others must have ended before.

    Args:
        ends: the last day of each of the others.
        starts_on: the first day of the new one.
        academic_year: for the person who is refused.

    Raises:
        Conflict: `already_assigned`.
    """
    if any(last_day >= starts_on for last_day in ends):
        detail = f"This school has a PD lead for this programme in {academic_year}."
        raise Conflict("already_assigned", detail, "/urn")


def _counts(half_term: HalfTerm, starts_on: date) -> bool:
    return half_term.school_days_from(starts_on) >= SCHOOL_DAYS_TO_COUNT
