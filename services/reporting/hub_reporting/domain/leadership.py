"""The main leadership team with its schools and trusts, and the schools that lead Work Groups."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from hub_reporting.domain.measures import Check, nested
from hub_reporting.domain.schools import Register


class Post(NamedTuple):
    """One hub role of a person, with the home school."""

    teacher_id: UUID
    role: str
    urn: str
    trust_uid: str | None  # of the school on the first day of the role
    core: bool  # part of the main leadership team
    starts_on: date
    ends_on: date | None  # the last day

    def held_at(self, day: date) -> bool:
        """Whether the role is held on a day; the first and the last day count."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Leader:
    """One member of the main leadership team with all roles."""

    teacher_id: UUID
    roles: tuple[str, ...]
    urn: str  # home school, after successors
    trust_uid: str | None
    trust: str | None  # identity of the trust, the same under each of its UIDs


@dataclass(frozen=True)
class Spread:
    """The main leadership team with its schools and trusts."""

    leaders: tuple[Leader, ...]

    @property
    def schools(self) -> set[str]:
        """Distinct home schools."""
        return {leader.urn for leader in self.leaders}

    @property
    def trusts(self) -> set[str]:
        """Distinct academy trusts of those schools."""
        return {leader.trust for leader in self.leaders if leader.trust is not None}

    @property
    def maintained(self) -> set[str]:
        """Home schools without a trust, which are listed separately."""
        return {leader.urn for leader in self.leaders if leader.trust is None}

    def checks(self) -> list[Check]:
        """Check that there are at most as many trusts as schools, and schools as people."""
        steps = (("trusts", len(self.trusts)), ("schools", len(self.schools)), ("people", len(self.leaders)))
        return [nested("trusts_schools_people", *steps)]


def spread(posts: Iterable[Post], register: Register, day: date) -> Spread:
    """Return the main leadership team on a day; a person with several roles counts at the latest school."""
    held: dict[UUID, list[Post]] = {}
    for post in posts:
        if post.core and post.held_at(day):
            held.setdefault(post.teacher_id, []).append(post)
    leaders = []
    for teacher_id, own in held.items():
        latest = max(own, key=lambda p: (p.starts_on, p.urn))
        urn = register.current_urn(latest.urn)
        school = register.schools.get(urn)
        uid = latest.trust_uid if school is None else school.trust_uid
        roles = tuple(sorted({p.role for p in own}))
        trust = None if uid is None else register.identity(uid)
        leaders.append(Leader(teacher_id, roles, urn, uid, trust))
    return Spread(
        tuple(sorted(leaders, key=lambda leader: (register.name(leader.urn), str(leader.teacher_id))))
    )


@dataclass(frozen=True)
class LeadSchool:
    """A home school of Work Group leads."""

    urn: str
    leads: int  # people
    groups: frozenset[UUID]  # Work Groups that they lead; one group may have leads from two schools


def lead_schools(
    groups: Mapping[UUID, Iterable[UUID]], homes: Mapping[UUID, str], register: Register
) -> list[LeadSchool]:
    """Return the home schools of Work Group leads, sorted by name.

    Args:
        groups: Work Group → teacher ids of its leads.
        homes: teacher id → URN of the home school.
        register: successors of closed schools.
    """
    people: dict[str, set[UUID]] = {}
    led: dict[str, set[UUID]] = {}
    for group, lead_ids in groups.items():
        for lead_id in lead_ids:
            if lead_id in homes:
                urn = register.current_urn(homes[lead_id])
                people.setdefault(urn, set()).add(lead_id)
                led.setdefault(urn, set()).add(group)
    return [
        LeadSchool(urn, len(people[urn]), frozenset(led[urn]))
        for urn in sorted(people, key=lambda u: (register.name(u), u))
    ]
