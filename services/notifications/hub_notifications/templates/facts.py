"""What each template is given. A name that is not here stops the rendering: nothing is left blank."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class SessionFacts:
    """One session of a Work Group."""

    session_id: UUID
    seq: int  # 1 is the group's first
    starts_at: datetime  # in England's time
    ends_at: datetime
    mode: str  # in_person, online or school_hosted
    host_name: str | None  # the school it is held at
    ics_sequence: int  # raised each time the session is given anew


@dataclass(frozen=True, kw_only=True)
class PlaceConfirmed:
    """To a teacher who has been given a place."""

    hub_name: str
    given: str
    group_title: str
    sessions: tuple[SessionFacts, ...]  # those still to come that have a date, in order


@dataclass(frozen=True, kw_only=True)
class OfAGroup:
    """To somebody, about a Work Group as a whole."""

    hub_name: str
    given: str
    group_title: str


@dataclass(frozen=True, kw_only=True)
class ParticipantCompleted(OfAGroup):
    """To a participant who has done what the programme asks."""


@dataclass(frozen=True, kw_only=True)
class ApplicationWaitlisted(OfAGroup):
    """To each teacher for whom a school has asked for a place, when the decision is put off."""


@dataclass(frozen=True, kw_only=True)
class ApplicationDeclined(OfAGroup):
    """To each teacher for whom a school has asked for a place that they are not given."""


@dataclass(frozen=True, kw_only=True)
class PlaceOffered:
    """To a teacher on the waiting list, for whom a place is kept."""

    hub_name: str
    given: str
    group_title: str
    last_day: date  # on which it can be taken


@dataclass(frozen=True, kw_only=True)
class PlaceOfferExpired(PlaceOffered):
    """To a teacher who did not answer an offer in time."""


@dataclass(frozen=True, kw_only=True)
class SessionScheduled:
    """To each participant, when a session gets its date."""

    hub_name: str
    given: str
    group_title: str
    session: SessionFacts

    @property
    def sessions(self) -> tuple[SessionFacts, ...]:
        """What goes into the calendar file."""
        return (self.session,)


@dataclass(frozen=True, kw_only=True)
class SessionRescheduled(SessionScheduled):
    """To each participant, when a session is moved."""


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(SessionScheduled):
    """To each participant, when a session will not take place."""


@dataclass(frozen=True, kw_only=True)
class VisitPlanned:
    """To the PD lead who makes the visit."""

    hub_name: str
    given: str
    school_name: str
    urn: str
    planned_at: datetime  # in England's time
    kind: str  # support, lesson_planning, observation, department_pd or pd_day


Inviting = PlaceConfirmed | SessionScheduled | SessionRescheduled | SessionCancelled  # with a calendar file
Words = Inviting | OfAGroup | PlaceOffered | PlaceOfferExpired | VisitPlanned
