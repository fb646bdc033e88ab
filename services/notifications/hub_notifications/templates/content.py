"""What the words of each kind of message are given. A name that is not here stops the rendering."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from hub_notifications.domain.kinds import Kind


@dataclass(frozen=True, kw_only=True)
class HubDetails:
    """The hub as its messages name it; from the event HubDescribed, or from the settings before that."""

    name: str
    contact_name: str | None = None  # such as "Hub office"
    contact_email: str | None = None  # also Reply-To
    contact_telephone: str | None = None
    privacy_notice: str | None = None  # one sentence or an https address


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One session of a Work Group as a message names it."""

    session_id: UUID
    seq: int  # 1 is the group's first session
    starts_at: datetime  # in England's time
    ends_at: datetime
    mode: str  # in_person, online or school_hosted
    place: str | None = None  # the venue, or the school that hosts it
    joining_link: str | None = None  # https address, asked for at sending


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A session with another time, place or joining link."""

    before: Meeting
    now: Meeting


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """A session that will not take place."""

    meeting: Meeting
    reason: str | None = None  # a code of SessionCancelled.reason; none when only this person's place ended


@dataclass(frozen=True, kw_only=True)
class Content:
    """What every message is given."""

    kind: ClassVar[Kind]

    hub: HubDetails
    given: str  # the recipient's given name
    entries: int = 0  # calendar entries: 1 is in this e-mail, more follow in e-mails of their own


@dataclass(frozen=True, kw_only=True)
class AboutGroup(Content):
    """About a Work Group."""

    group_title: str


@dataclass(frozen=True, kw_only=True)
class PlaceConfirmed(AboutGroup):
    """To a teacher who has a place on a Work Group."""

    kind: ClassVar[Kind] = Kind.PLACE_CONFIRMED
    sessions: tuple[Meeting, ...]  # those to come that have a date, in order
    moved_from: str | None = None  # title of the Work Group that the place was transferred from


@dataclass(frozen=True, kw_only=True)
class PlaceEnded(AboutGroup):
    """To a participant who has withdrawn."""

    kind: ClassVar[Kind] = Kind.PLACE_ENDED
    cancelled: tuple[Cancelled, ...]  # sessions to come that leave this person's calendar


@dataclass(frozen=True, kw_only=True)
class ParticipantCompleted(AboutGroup):
    """To a participant who has completed a Work Group; the certificate is attached."""

    kind: ClassVar[Kind] = Kind.PARTICIPANT_COMPLETED


@dataclass(frozen=True, kw_only=True)
class SessionsChanged(AboutGroup):
    """To a participant: everything that one change did to the sessions of their Work Group."""

    kind: ClassVar[Kind] = Kind.SESSIONS_CHANGED
    added: tuple[Meeting, ...] = ()
    moved: tuple[Moved, ...] = ()
    cancelled: tuple[Cancelled, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SessionScheduled(SessionsChanged):
    """One or more sessions have a date; only `added` is given."""

    kind: ClassVar[Kind] = Kind.SESSION_SCHEDULED


@dataclass(frozen=True, kw_only=True)
class SessionRescheduled(SessionsChanged):
    """One or more sessions have been moved; only `moved` is given."""

    kind: ClassVar[Kind] = Kind.SESSION_RESCHEDULED


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(SessionsChanged):
    """One or more sessions are cancelled; only `cancelled` is given."""

    kind: ClassVar[Kind] = Kind.SESSION_CANCELLED


@dataclass(frozen=True, kw_only=True)
class SessionReminder(AboutGroup):
    """To a participant, 7 days and 1 day before a session."""

    kind: ClassVar[Kind] = Kind.SESSION_REMINDER
    session: Meeting


@dataclass(frozen=True, kw_only=True)
class WorkGroupCancelled(AboutGroup):
    """To everybody who holds a place, waits for one or has applied, when a Work Group is cancelled."""

    kind: ClassVar[Kind] = Kind.WORK_GROUP_CANCELLED
    reason: str  # a code of WorkGroupCancelled.reason
    held_place: bool  # otherwise the recipient was on the waiting list or had applied
    cancelled: tuple[Cancelled, ...] = ()  # sessions to come that leave this person's calendar


@dataclass(frozen=True, kw_only=True)
class ApplicationWaitlisted(AboutGroup):
    """To each teacher whose school has asked for a place, when the decision is put off."""

    kind: ClassVar[Kind] = Kind.APPLICATION_WAITLISTED


@dataclass(frozen=True, kw_only=True)
class ApplicationDeclined(AboutGroup):
    """To each teacher whose school has asked for a place that is not given."""

    kind: ClassVar[Kind] = Kind.APPLICATION_DECLINED


@dataclass(frozen=True, kw_only=True)
class PlaceOffered(AboutGroup):
    """To a teacher on the waiting list for whom a place is kept."""

    kind: ClassVar[Kind] = Kind.PLACE_OFFERED
    last_day: date  # on which the offer can be accepted


@dataclass(frozen=True, kw_only=True)
class OfferLastDay(PlaceOffered):
    """To the same teacher on the last day of the offer."""

    kind: ClassVar[Kind] = Kind.OFFER_LAST_DAY


@dataclass(frozen=True, kw_only=True)
class PlaceOfferExpired(PlaceOffered):
    """To a teacher who did not answer an offer in time."""

    kind: ClassVar[Kind] = Kind.PLACE_OFFER_EXPIRED


@dataclass(frozen=True, kw_only=True)
class PDDay(Content):
    """About a PD day or conference."""

    day_kind: str  # pd_day or conference
    title: str  # what the day is called
    on: date
    starts_at: datetime | None = None  # in England's time; none: not said yet
    venue: str | None = None


@dataclass(frozen=True, kw_only=True)
class PDDayConfirmed(PDDay):
    """To a teacher who has registered."""

    kind: ClassVar[Kind] = Kind.PD_DAY_CONFIRMED


@dataclass(frozen=True, kw_only=True)
class PDDayCancelled(PDDay):
    """To everybody who has registered."""

    kind: ClassVar[Kind] = Kind.PD_DAY_CANCELLED
    reason: str  # a code of PDDayCancelled.reason


@dataclass(frozen=True, kw_only=True)
class Visit(Content):
    """About a visit to a school, to its PD lead."""

    school_name: str
    urn: str
    planned_at: datetime  # in England's time
    visit_kind: str  # support, lesson_planning, observation, department_pd or pd_day


@dataclass(frozen=True, kw_only=True)
class VisitPlanned(Visit):
    """A visit is planned."""

    kind: ClassVar[Kind] = Kind.VISIT_PLANNED


@dataclass(frozen=True, kw_only=True)
class VisitCancelled(Visit):
    """A planned visit is cancelled."""

    kind: ClassVar[Kind] = Kind.VISIT_CANCELLED
    reason: str  # a code of VisitCancelled.reason


@dataclass(frozen=True, kw_only=True)
class CalendarEntry(Content):
    """One entry for the recipient's calendar; an e-mail before it has said the same in words."""

    kind: ClassVar[Kind] = Kind.CALENDAR_ENTRY
    summary: str  # what the entry is called
    starts_at: datetime  # in England's time
    removed: bool  # the entry is taken out of the calendar
