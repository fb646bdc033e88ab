"""Facts and trust of a school as of a day, from the revisions of its events.

Facts hold from the date of the register file that has them. A trust holds from the day on which the school
joined it, where the register names that day. Before the first known day, the earliest known facts hold.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

ALWAYS: Final = date.min  # the first day where no beginning is known


class Facts(NamedTuple):
    """Facts of a school in one event."""

    revision: int
    holds_from: date
    name: str
    la_code: str
    la_name: str
    district_code: str | None
    district_name: str | None
    phase: str
    eligible: bool


class TrustFacts(NamedTuple):
    """Trust of a school in one event."""

    revision: int
    said_on: date
    trust_uid: str | None
    trust_name: str | None
    companies_house: str | None
    trust_since: date | None


class Trust(NamedTuple):
    """A school's trust on a day; both fields None where it belongs to none."""

    uid: str | None
    name: str | None


NO_TRUST: Final = Trust(None, None)


def facts_on(history: Iterable[Facts], day: date) -> Facts:
    """Return the facts that hold on a day: the highest revision among those that had begun.

    Args:
        history: at least one; in any order.
        day: the day in question.
    """
    known = list(history)
    first = min(one.holds_from for one in known)
    return max((one for one in known if one.holds_from <= max(day, first)), key=lambda one: one.revision)


def codes_until(history: Iterable[Facts], day: date) -> tuple[frozenset[str], frozenset[str]]:
    """Return every authority and every district that a school has had up to a day."""
    known = list(history)
    now = facts_on(known, day)
    begun = [now, *(one for one in known if one.holds_from <= day)]
    return (
        frozenset(one.la_code for one in begun),
        frozenset(one.district_code for one in begun if one.district_code is not None),
    )


@dataclass
class _Membership:
    """A trust of a school, or none, from a day on, with the events that name it."""

    starts_on: date
    events: list[TrustFacts] = field(default_factory=list)

    @property
    def uid(self) -> str | None:
        return self.events[0].trust_uid


def trust_on(history: Iterable[TrustFacts], day: date) -> Trust:
    """Return the trust of a school on a day, named as on that day.

    Args:
        history: at least one; in any order.
        day: the day in question.
    """
    begun = [one for one in _memberships(history) if one.starts_on <= day]
    if not begun:
        return NO_TRUST
    events = begun[-1].events
    named = [one for one in events if one.said_on <= day] or events[:1]
    return Trust(named[-1].trust_uid, named[-1].trust_name)


def _memberships(history: Iterable[TrustFacts]) -> list[_Membership]:
    """Return the trust memberships in the order of revisions, by the rule that enrolment uses.

    The first known trust has no beginning, unless the register names a day before its first event.
    A membership that would end before it begins is replaced by the next one.
    """
    found: list[_Membership] = []
    for one in sorted(history, key=lambda event: event.revision):
        if found and found[-1].uid == one.trust_uid:
            found[-1].events.append(one)
        else:
            found.append(_Membership(ALWAYS if not found else one.said_on, [one]))
        latest = found[-1]
        if one.trust_since is not None and (len(found) > 1 or one.trust_since < latest.events[0].said_on):
            latest.starts_on = one.trust_since
        while len(found) > 1 and found[-2].starts_on >= latest.starts_on:
            del found[-2]
        if len(found) > 1 and found[-2].uid == latest.uid:
            found[-2].events += latest.events
            del found[-1]
    return found


@dataclass(frozen=True, kw_only=True)
class History:
    """Events of schools whose facts have changed; all other schools have their latest facts on every day."""

    facts: Mapping[str, Sequence[Facts]]  # by URN
    trusts: Mapping[str, Sequence[TrustFacts]]  # by URN
