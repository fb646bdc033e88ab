"""PD-lead assignments and the support that they owe.

The Opportunity Area promises each school a visit of its PD lead every half term, and each secondary
department professional development every half term (Cambridge Maths Hub brief).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_contracts.vocabulary import LeaderRole, ObligationKind, SupportProgramme
from hub_kernel.refusals import Conflict, Refused
from hub_kernel.successions import is_open
from hub_visits.domain.calendars import HalfTerm

PROGRAMMES: Final = tuple(SupportProgramme)
KINDS_OWED: Final = tuple(ObligationKind)

# Support is owed in a half term with at least this many remaining school days.
SCHOOL_DAYS_TO_COUNT: Final = 10


@dataclass(frozen=True, kw_only=True)
class Post:
    """One role of a leader in the hub, as published by enrolment."""

    role: str
    urn: str  # the leader's own school
    trust_uid: str | None = None
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One kind of support that is owed to a school in one half term."""

    half_term: str
    kind: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """A current or former school of a leader."""

    urn: str
    ends_on: date | None = None  # the last day there; None: the leader works there now


@dataclass(frozen=True, kw_only=True)
class OwnSchool:
    """A school at which a PD lead works, or the successor that has replaced it by the day in question."""

    urn: str
    trust_uid: str | None


def own_urns(posts: Iterable[Post], workplaces: Collection[Workplace], *, on: date) -> set[str]:
    """Return the URNs of the schools at which a leader works on a day or later.

    If enrolment has published no workplace of the leader, these are the schools named by their roles.
    """
    if workplaces:
        return {each.urn for each in workplaces if each.ends_on is None or each.ends_on >= on}
    return {post.urn for post in _current(posts, on)}


def check_pd_lead(posts: Collection[Post], *, on: date) -> None:
    """Raise unless a leader's roles include that of a PD lead on a day.

    Raises:
        Refused: `unknown_pd_lead` or `pd_lead_ended`.
    """
    if not any(post.role == LeaderRole.PD_LEAD for post in posts):
        raise Refused("unknown_pd_lead", "No PD lead has this id.", "/pd_lead_id")
    if not any(post.role == LeaderRole.PD_LEAD for post in _current(posts, on)):
        raise Refused("pd_lead_ended", "This PD lead's role ends before that day.", "/pd_lead_id")


def check_own_school(own: Collection[OwnSchool], *, urn: str, trust_uid: str | None) -> list[str]:
    """Raise if a school is the PD lead's own; return `own_trust` as a warning if it is in the same trust.

    Raises:
        Refused: `own_school`.
    """
    if any(each.urn == urn for each in own):
        detail = "This PD lead works at the school, so they cannot support it. Choose another PD lead."
        raise Refused("own_school", detail, "/pd_lead_id")
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
    """Return what an assignment owes its school in the rest of the academic year.

    Support is owed in each half term of which at least SCHOOL_DAYS_TO_COUNT school days remain. If another
    assignment follows, the half terms that count from its first day on are owed by that one instead. A chain
    therefore owes each half term once; a half term that is nearly over stays with the earlier assignment.

    Args:
        half_terms: of the school's academic year.
        kinds: the kinds of support owed in each.
        starts_on: the assignment's first day.
        followed_on: the first day of the following assignment, if there is one.

    Returns:
        By half term, then by kind.
    """
    return [
        Owed(half_term=half_term.id, kind=kind, starts_on=half_term.starts_on, ends_on=half_term.ends_on)
        for half_term in half_terms
        if _counts(half_term, starts_on) and not (followed_on and _counts(half_term, followed_on))
        for kind in sorted(set(kinds))
    ]


def check_free(ends: Iterable[date], *, starts_on: date, academic_year: str) -> None:
    """Raise unless a school's other assignments of one programme and year end before a new one starts.

    Assignments never overlap, and a new one runs to the end of the academic year.

    Args:
        ends: the last day of each other assignment.
        starts_on: the first day of the new one.
        academic_year: for the error message.

    Raises:
        Conflict: `already_assigned`.
    """
    if any(last_day >= starts_on for last_day in ends):
        detail = (
            f"This school already has a PD lead for this programme in {academic_year}. "
            "Hand the assignment over or end it first."
        )
        raise Conflict("already_assigned", detail, "/urn")


def check_school_open(*, is_closed: bool, last_day: date | None, day: date) -> None:
    """Raise if a school has closed by a day; a successor that has replaced it is checked in its place.

    Raises:
        Refused: `school_closed`.
    """
    if is_closed and not is_open(status="closed", open_date=None, close_date=last_day, day=day):
        detail = "This school has closed, and no other school has replaced it."
        raise Refused("school_closed", detail, "/urn")


def _counts(half_term: HalfTerm, starts_on: date) -> bool:
    return half_term.school_days_from(starts_on) >= SCHOOL_DAYS_TO_COUNT
