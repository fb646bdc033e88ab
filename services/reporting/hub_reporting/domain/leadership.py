"""Leadership: how widely it is spread, and which schools lead Work Groups."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from hub_reporting.domain.measures import Check, nested
from hub_reporting.domain.schools import Register


class Post(NamedTuple):
    """One role that somebody holds, from a school."""

    teacher_id: UUID
    role: str
    urn: str
    trust_uid: str | None  # of that school when the role was given
    core: bool  # in the main hub leadership team
    starts_on: date
    ends_on: date | None  # the last day

    def held_at(self, day: date) -> bool:
        """Whether it is held on a day, the first and the last one included."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Leader:
    """One person with all that they hold."""

    teacher_id: UUID
    roles: tuple[str, ...]
    urn: str  # home school, after successors
    trust_uid: str | None
    trust: str | None  # what the trust remains under each of its UIDs


@dataclass(frozen=True)
class Spread:
    """People of the main leadership team, their schools and trusts."""

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
        """Home schools of no trust: listed apart, never counted as a trust."""
        return {leader.urn for leader in self.leaders if leader.trust is None}

    def checks(self) -> list[Check]:
        """There are never more trusts than schools, nor schools than people."""
        steps = (("trusts", len(self.trusts)), ("schools", len(self.schools)), ("people", len(self.leaders)))
        return [nested("trusts_schools_people", *steps)]


def spread(posts: Iterable[Post], register: Register, day: date) -> Spread:
    """The main leadership team on a day. Somebody with several roles is one person, at the latest school."""
    held: dict[UUID, list[Post]] = {}
    for post in posts:
        if post.core and post.held_at(day):
            held.setdefault(post.teacher_id, []).append(post)
    leaders = []
    for teacher_id, own in held.items():
        latest = max(own, key=lambda p: (p.starts_on, p.urn))
        urn = register.kept(latest.urn)
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
    """A school whose teachers lead Work Groups."""

    urn: str
    leads: int  # people
    groups: frozenset[UUID]  # that they lead; one group may be led from two schools


def lead_schools(
    groups: Mapping[UUID, Iterable[UUID]], homes: Mapping[UUID, str], register: Register
) -> list[LeadSchool]:
    """Home schools of those who lead a group.

    Args:
        groups: who leads each group.
        homes: each person's school.
        register: who carries on whom.
    """
    people: dict[str, set[UUID]] = {}
    led: dict[str, set[UUID]] = {}
    for group, lead_ids in groups.items():
        for lead_id in lead_ids:
            if lead_id in homes:
                urn = register.kept(homes[lead_id])
                people.setdefault(urn, set()).add(lead_id)
                led.setdefault(urn, set()).add(group)
    return [
        LeadSchool(urn, len(people[urn]), frozenset(led[urn]))
        for urn in sorted(people, key=lambda u: (register.name(u), u))
    ]
