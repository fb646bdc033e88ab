"""The current state of one person on one Work Group, as the received events give it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PlaceState(StrEnum):
    """The state of a place on a Work Group."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"  # replaced by a place on another Work Group
    GROUP_CANCELLED = "group_cancelled"
    COMPLETED = "completed"


class WaitingState(StrEnum):
    """The state of an entry on a waiting list."""

    WAITING = "waiting"
    OFFERED = "offered"
    EXPIRED = "expired"
    ENDED = "ended"  # accepted, declined, left, or its Work Group closed
    GROUP_CANCELLED = "group_cancelled"


class ApplicationState(StrEnum):
    """The state of a school's application."""

    SUBMITTED = "submitted"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Session:
    """One session of a Work Group."""

    session_id: UUID
    seq: int  # position in the Work Group, from 1
    starts_at: datetime
    ends_at: datetime
    mode: str
    host_urn: str | None = None
    venue: str | None = None
    sequence: int = 0  # increases with each change that participants must know, also of the joining link
    cancelled: str | None = None  # the code of the cancellation's reason
    cancelled_at: datetime | None = None

    def is_upcoming(self, now: datetime) -> bool:
        """Return whether the session has not begun and is not cancelled."""
        return self.cancelled is None and self.starts_at > now


@dataclass(frozen=True, kw_only=True)
class Place:
    """The person's latest place on the Work Group."""

    enrolment_id: UUID
    state: PlaceState
    since: datetime
    transferred_from: UUID | None = None  # the place on another Work Group that this one replaces


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The person's latest entry on the Work Group's waiting list."""

    waiting_id: UUID
    state: WaitingState
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Application:
    """A school's application that names the person."""

    application_id: UUID
    state: ApplicationState
    ended_by_cancellation: bool = False


@dataclass(frozen=True, kw_only=True)
class Participation:
    """One person's place, waiting-list entry and applications on one Work Group, with its sessions."""

    work_group_id: UUID
    title: str
    cancelled: str | None = None  # the code of the reason, for a cancelled Work Group
    cancelled_at: datetime | None = None
    place: Place | None = None
    waiting: Waiting | None = None
    applications: tuple[Application, ...] = ()
    sessions: Mapping[UUID, Session] = field(default_factory=dict)

    def upcoming_sessions(self, now: datetime) -> tuple[Session, ...]:
        """Return the sessions that have not begun and are not cancelled, by start."""
        upcoming = [session for session in self.sessions.values() if session.is_upcoming(now)]
        return tuple(sorted(upcoming, key=lambda session: (session.starts_at, session.session_id)))

    def has_ended(self, now: datetime) -> bool:
        """Return whether the Work Group has sessions and all of them, cancelled ones included, have begun."""
        return bool(self.sessions) and all(each.starts_at <= now for each in self.sessions.values())
