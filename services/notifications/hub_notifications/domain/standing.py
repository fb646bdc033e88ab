"""What is true of one person and one Work Group, as events have told it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PlaceState(StrEnum):
    """What has become of a place."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"  # given up for a place on another Work Group
    GROUP_CANCELLED = "group_cancelled"
    COMPLETED = "completed"


class WaitingState(StrEnum):
    """What has become of an entry on a waiting list."""

    WAITING = "waiting"
    OFFERED = "offered"
    EXPIRED = "expired"
    ENDED = "ended"  # accepted, declined, left, or its Work Group closed
    GROUP_CANCELLED = "group_cancelled"


class ApplicationState(StrEnum):
    """What has become of a school's application."""

    SUBMITTED = "submitted"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Session:
    """One session of a Work Group."""

    session_id: UUID
    seq: int  # 1 is the group's first session
    starts_at: datetime
    ends_at: datetime
    mode: str
    host_urn: str | None = None
    venue: str | None = None
    sequence: int = 0  # rises with each change that participants must know, also of the joining link
    cancelled: str | None = None  # the reason's code
    cancelled_at: datetime | None = None

    def to_come(self, now: datetime) -> bool:
        """Whether it has not begun and is not cancelled."""
        return self.cancelled is None and self.starts_at > now


@dataclass(frozen=True, kw_only=True)
class Place:
    """The latest place of this person on this Work Group."""

    enrolment_id: UUID
    state: PlaceState
    since: datetime
    transferred_from: UUID | None = None  # the place on another Work Group that was given up for it


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The latest entry of this person on this Work Group's waiting list."""

    waiting_id: UUID
    state: WaitingState
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Application:
    """A school's application in which this person is named."""

    application_id: UUID
    state: ApplicationState
    ended_by_cancellation: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Everything about one person and one Work Group."""

    work_group_id: UUID
    title: str
    cancelled: str | None = None  # the reason's code of a cancelled Work Group
    cancelled_at: datetime | None = None
    place: Place | None = None
    waiting: Waiting | None = None
    applications: tuple[Application, ...] = ()
    sessions: Mapping[UUID, Session] = field(default_factory=dict)

    def sessions_to_come(self, now: datetime) -> tuple[Session, ...]:
        """Sessions that have not begun, in order."""
        ahead = [session for session in self.sessions.values() if session.to_come(now)]
        return tuple(sorted(ahead, key=lambda session: (session.starts_at, session.session_id)))

    def is_over(self, now: datetime) -> bool:
        """Whether the Work Group has had sessions and none, not even a cancelled one, lies ahead."""
        return bool(self.sessions) and all(each.starts_at <= now for each in self.sessions.values())
