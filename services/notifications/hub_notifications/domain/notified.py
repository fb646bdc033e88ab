"""The state of which one person was notified, so that each change is notified exactly once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.participations import Session

Facts = dict[str, Any]  # one stored item: a JSON object whose keys depend on the item


@dataclass(frozen=True, kw_only=True)
class LedVisit:
    """A visit to a school, from the point of view of one PD lead."""

    visit_id: UUID
    urn: str
    planned_at: datetime
    kind: str
    is_own: bool  # this PD lead is to make the visit
    by_hand_over: bool  # it was planned for an earlier PD lead
    is_closed: bool  # cancelled or logged

    def notified_as(self, state: str) -> Facts:
        """Return the item to store once the PD lead was notified that it is `planned` or `handed_over`."""
        facts: Facts = {"state": state, "starts_at": self.planned_at.isoformat()}
        return facts | ({"removed": True} if state == "handed_over" else {})


@dataclass(frozen=True, kw_only=True)
class LedSchool:
    """A school with the first or last day of its PD lead."""

    urn: str
    day: date


@dataclass(frozen=True, kw_only=True)
class HandOver:
    """The schools and visits that are handed over to and from one PD lead."""

    taken_over: tuple[LedSchool, ...] = ()  # with the first day
    given_up: tuple[LedSchool, ...] = ()  # with the last day
    gained: tuple[LedVisit, ...] = ()
    lost: tuple[LedVisit, ...] = ()

    def notified_visits(self) -> dict[UUID, Facts]:
        """Return the item to store for each visit once the PD lead was notified, by visit id."""
        found = {visit.visit_id: visit.notified_as("planned") for visit in self.gained}
        return found | {visit.visit_id: visit.notified_as("handed_over") for visit in self.lost}


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A message to be sent: its kind, its content, and the items to store as notified afterwards."""

    kind: Kind
    items: Mapping[str, Facts]
    starts_at: datetime | None = None  # the earliest start, old or new, that it is about
    about: str | None = None  # the subject, such as waiting-list/<id>; None: the thread's
    added: tuple[Session, ...] = ()
    moved: "tuple[tuple[NotifiedSession, Session], ...]" = ()
    cancelled: "tuple[tuple[NotifiedSession, str | None], ...]" = ()  # with the code of the reason, if any
    held_place: bool = False
    hand_over: HandOver | None = None


@dataclass(frozen=True, kw_only=True)
class NotifiedSession:
    """A session in the state of which the person was last notified."""

    session_id: UUID
    seq: int
    starts_at: datetime
    ends_at: datetime
    mode: str
    host_urn: str | None
    venue: str | None
    sequence: int
    removed: bool = False  # the person was notified that it is cancelled or that their place ended

    @classmethod
    def of(cls, session: Session, *, removed: bool = False) -> "NotifiedSession":
        """Return the item for a session in its current state."""
        facts = asdict(session)
        del facts["cancelled"], facts["cancelled_at"]
        return cls(**facts, removed=removed)

    def differs_from(self, session: Session) -> bool:
        """Return whether the session has changed since the person was notified."""
        return self.sequence != session.sequence or self.starts_at != session.starts_at

    def to_json(self) -> Facts:
        """Return the item as a JSON object."""
        facts = asdict(self)
        facts["session_id"] = str(self.session_id)
        facts["starts_at"], facts["ends_at"] = self.starts_at.isoformat(), self.ends_at.isoformat()
        return facts

    @classmethod
    def from_json(cls, facts: Facts) -> "NotifiedSession":
        """Return the item that `to_json` wrote."""
        instants = {name: datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at")}
        return cls(**{**facts, **instants, "session_id": UUID(facts["session_id"])})


@dataclass(frozen=True, kw_only=True)
class NotifiedState:
    """Everything that one person was notified of about one Work Group."""

    place: Facts | None = None  # {"enrolment_id", "state": one of PlaceState}
    sessions: Mapping[UUID, NotifiedSession] = field(default_factory=dict)
    waiting: Facts | None = None  # {"waiting_id", "state": offered, expired or group_cancelled, "expires_at"}
    applications: Mapping[UUID, str] = field(default_factory=dict)  # the notified state of each
    group_cancelled: bool = False

    def knows_place(self, enrolment_id: UUID, state: str) -> bool:
        """Return whether the person was last notified of this place in this state."""
        return self.place == {"enrolment_id": str(enrolment_id), "state": state}

    def knows_held_place(self, enrolment_id: UUID) -> bool:
        """Return whether the person was notified of this place and not of its end."""
        return self.knows_place(enrolment_id, "active")

    def expected_sessions(self, now: datetime) -> tuple[NotifiedSession, ...]:
        """Return the upcoming sessions that the person expects, by start."""
        upcoming = [each for each in self.sessions.values() if not each.removed and each.starts_at > now]
        return tuple(sorted(upcoming, key=lambda each: (each.starts_at, each.session_id)))


def read(items: Mapping[str, Facts]) -> NotifiedState:
    """Return the notified state from its stored items."""
    sessions = [
        NotifiedSession.from_json(each) for name, each in items.items() if name.startswith("session:")
    ]
    return NotifiedState(
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
