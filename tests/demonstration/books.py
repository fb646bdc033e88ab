"""Work Groups as enrolment has them on its books: places, waiting lists, applications and sessions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from hub_demo.groups.offers import told_at
from hub_enrolment.domain import enrolments, sessions, waiting_list, work_groups
from hub_enrolment.domain.enrolments import Places
from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.sessions import Place
from hub_enrolment.domain.venues import NOWHERE, Location
from hub_kernel.successions import Successions
from hub_platform.bank_holidays import bank_holidays

ANY_DAY: Final = date(2025, 9, 1)  # no school of these groups has a successor


def located(facts: Mapping[str, Any]) -> Location:
    """Where a command says that a group or a session meets."""
    return Location(facts.get("venue"), facts.get("joining_link"))


@dataclass
class Session:
    """One session of a group."""

    starts_at: datetime
    ends_at: datetime
    status: str = "scheduled"


@dataclass
class Entry:
    """A teacher on a waiting list."""

    teacher: str
    joined_at: datetime
    status: str = "waiting"
    told_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass
class Application:
    """A school's application."""

    asked: list[str]
    status: str = "draft"


@dataclass
class Group:
    """One Work Group."""

    title: str
    year: str
    limits: Limits
    capacity: int
    opens_at: datetime
    closes_at: datetime
    status: str
    location: Location = NOWHERE
    places: dict[str, Place] = field(default_factory=dict)  # key of the enrolment → the place
    teachers: dict[str, str] = field(default_factory=dict)  # key of the enrolment → key of the teacher
    sessions: dict[str, Session] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)  # key of the task → of the session it is due before

    def held(self) -> dict[str, Place]:
        """The places that are held."""
        return {key: place for key, place in self.places.items() if place.withdrawn_at is None}

    def standing(self, status: str) -> list[str]:
        """Those on the waiting list in some state, the first one first."""
        return [key for key, entry in self.entries.items() if entry.status == status]

    def room_for(self, teacher: str, urn: str) -> Places:
        """The facts about a group that enrolment's rules use."""
        held = self.held()
        return Places(
            status=self.status,
            capacity=self.capacity,
            taken=len(held),
            offered=len(self.standing("offered")),
            waiting=len(self.standing("waiting")),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            max_per_school=self.limits.max_per_school,
            taken_by_school=sum(place.urn == urn for place in held.values()),
            held_by_teacher=teacher in {self.teachers[key] for key in held},
            school_seen=any(place.urn == urn for place in self.places.values()),
        )

    def take_back(self, key: str, at: datetime) -> None:
        """End a place."""
        place = self.places[key]
        enrolments.check_withdrawal("active" if place.withdrawn_at is None else "withdrawn")
        self.places[key] = replace(place, withdrawn_at=at)

    def follow_change(self) -> None:
        """Fall below the minimum, or reach it again."""
        missing = work_groups.shortfall(self.composition(), self.limits)
        self.status = work_groups.status_after_change(self.status, missing)

    def follow_diary(self) -> None:
        """Run from the first session held, and be evaluated after the last one."""
        states = Counter(one.status for one in self.sessions.values())
        if states["completed"]:
            to_come = sum(states[status] for status in sessions.TO_COME)
            self.status = work_groups.status_after_session(self.status, to_come=to_come)

    def composition(self) -> work_groups.Composition:
        """How large and wide the group is."""
        urns = [place.urn for place in self.held().values()]
        return work_groups.composition(urns, Successions([]), ANY_DAY)

    def offer(self, at: datetime) -> None:
        """Offer free places to those who wait."""
        for key in self.standing("waiting")[: self.room_for("", "").free]:
            self.entries[key].status = "offered"
            self.entries[key].told_at = told_at(at)
            self.entries[key].expires_at = waiting_list.offer_ends(told_at(at), bank_holidays())

    def pass_time(self, until: datetime) -> None:
        """End expired offers, and make the next ones."""
        while due := [
            (entry.expires_at, key)
            for key, entry in self.entries.items()
            if entry.status == "offered" and entry.expires_at is not None and entry.expires_at <= until
        ]:
            ends, key = min(due)
            self.entries[key].status = "expired"
            self.offer(ends)

    def end(self, status: str) -> None:
        """End the group and empty its waiting list."""
        self.status = status
        for entry in self.entries.values():
            entry.status = "left" if entry.status in waiting_list.OPEN else entry.status


def id_of(key: str) -> UUID:
    """An id for what has a key."""
    return uuid5(NAMESPACE_URL, key)


def instant(facts: Mapping[str, Any], name: str) -> datetime:
    """A time in a body."""
    return datetime.fromisoformat(facts[name])
