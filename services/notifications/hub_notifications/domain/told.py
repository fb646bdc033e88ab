"""What one person has been told about one Work Group, so that nothing is said twice or left out."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.standing import Session

Facts = dict[str, Any]  # as stored: JSON


@dataclass(frozen=True, kw_only=True)
class LedVisit:
    """A visit to a school, as it concerns one PD lead."""

    visit_id: UUID
    urn: str
    planned_at: datetime
    kind: str
    is_theirs: bool  # this PD lead is to make it
    by_hand_over: bool  # it was planned for another one
    is_off: bool  # cancelled, or logged

    def told(self, state: str) -> Facts:
        """What this PD lead knows of it once they were told that it is planned or handed_over."""
        facts: Facts = {"state": state, "starts_at": self.planned_at.isoformat()}
        return facts | ({"removed": True} if state == "handed_over" else {})


@dataclass(frozen=True, kw_only=True)
class LedSchool:
    """A school and the first or last day on which a person is its PD lead."""

    urn: str
    day: date


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """What one PD lead takes over and gives up."""

    taken_over: tuple[LedSchool, ...] = ()  # with the first day
    given_up: tuple[LedSchool, ...] = ()  # with the last day
    gained: tuple[LedVisit, ...] = ()
    lost: tuple[LedVisit, ...] = ()

    def told_of_visits(self) -> dict[UUID, Facts]:
        """What the PD lead knows of each visit once they were told."""
        found = {visit.visit_id: visit.told("planned") for visit in self.gained}
        return found | {visit.visit_id: visit.told("handed_over") for visit in self.lost}


@dataclass(frozen=True, kw_only=True)
class News:
    """One message: its kind, what it says, and what the person knows once it has been sent."""

    kind: Kind
    items: Mapping[str, Facts]  # what is told by it, as stored
    starts_at: datetime | None = None  # the first start, old or new, that it is about
    about: str | None = None  # the subject that it concerns, such as waiting-list/<id>
    added: tuple[Session, ...] = ()
    moved: "tuple[tuple[ToldSession, Session], ...]" = ()
    cancelled: "tuple[tuple[ToldSession, str | None], ...]" = ()  # with the reason's code, where there is one
    held_place: bool = False
    hand_over: HandOver | None = None


@dataclass(frozen=True, kw_only=True)
class ToldSession:
    """A session as the person was last told of it."""

    session_id: UUID
    seq: int
    starts_at: datetime
    ends_at: datetime
    mode: str
    host_urn: str | None
    venue: str | None
    sequence: int
    removed: bool = False  # the person was told that it is cancelled, or no longer theirs

    @classmethod
    def of(cls, session: Session, *, removed: bool = False) -> "ToldSession":
        """Remember a session as it is now."""
        facts = asdict(session)
        del facts["cancelled"], facts["cancelled_at"]
        return cls(**facts, removed=removed)

    def differs_from(self, session: Session) -> bool:
        """Whether the session has changed since the person was told of it."""
        return self.sequence != session.sequence or self.starts_at != session.starts_at

    def to_json(self) -> Facts:
        """Write it as JSON."""
        facts = asdict(self)
        facts["session_id"] = str(self.session_id)
        facts["starts_at"], facts["ends_at"] = self.starts_at.isoformat(), self.ends_at.isoformat()
        return facts

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> "ToldSession":
        """Read what `to_json` wrote."""
        instants = {name: datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at")}
        return cls(**{**facts, **instants, "session_id": UUID(facts["session_id"])})


@dataclass(frozen=True, kw_only=True)
class Told:
    """Everything that the person has been told about the Work Group."""

    place: Facts | None = None  # {"enrolment_id", "state": one of PlaceState}
    sessions: Mapping[UUID, ToldSession] = field(default_factory=dict)
    waiting: Facts | None = None  # {"waiting_id", "state": offered, expired or group_cancelled, "expires_at"}
    applications: Mapping[UUID, str] = field(default_factory=dict)  # the state that was told
    group_cancelled: bool = False

    def knows_place(self, enrolment_id: UUID, state: str) -> bool:
        """Whether the person was told that this place has this state."""
        return self.place == {"enrolment_id": str(enrolment_id), "state": state}

    def holds(self, enrolment_id: UUID) -> bool:
        """Whether the person was told of this place and not of its end."""
        return self.knows_place(enrolment_id, "active")

    def standing_sessions(self, now: datetime) -> tuple[ToldSession, ...]:
        """Sessions to come that the person believes in, in order."""
        ahead = [each for each in self.sessions.values() if not each.removed and each.starts_at > now]
        return tuple(sorted(ahead, key=lambda each: (each.starts_at, each.session_id)))


def read(items: Mapping[str, Facts]) -> Told:
    """Read what a person has been told from its stored items."""
    sessions = [ToldSession.from_json(each) for name, each in items.items() if name.startswith("session:")]
    return Told(
        place=items.get("place"),
        sessions={each.session_id: each for each in sessions},
        waiting=items.get("waiting"),
        applications={
            UUID(name.removeprefix("application:")): each["state"]
            for name, each in items.items()
            if name.startswith("application:")
        },
        group_cancelled="group" in items,
    )
