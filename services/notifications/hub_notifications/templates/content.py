"""The data that the template of each kind of message may use; any other name stops the rendering."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from hub_notifications.domain.kinds import Kind


@dataclass(frozen=True, kw_only=True)
class HubDetails:
    """The hub's name and contact; from the event HubDescribed, or from the settings until it arrives."""

    name: str
    contact_name: str | None = None  # such as "Hub office"
    contact_email: str | None = None  # also Reply-To
    contact_telephone: str | None = None
    privacy_notice: str | None = None  # one sentence or an https address


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One session of a Work Group."""

    session_id: UUID
    seq: int  # position in the Work Group, from 1
    starts_at: datetime  # in England's time
    ends_at: datetime
    mode: str  # in_person, online or school_hosted
    place: str | None = None  # the venue or the host school
    joining_link: str | None = None  # https address, requested from enrolment at sending


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A session with another time, place or joining link."""

    before: Meeting
    now: Meeting


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """A session that will not take place."""

    meeting: Meeting
    reason: str | None = None  # a code of SessionCancelled.reason; None: only this person's place ended


@dataclass(frozen=True, kw_only=True)
class Content:
    """The data of every message."""

    kind: ClassVar[Kind]

    hub: HubDetails
    given: str  # the recipient's given name
    entries: int = 0  # calendar entries: one is part of this e-mail, several are sent separately


@dataclass(frozen=True, kw_only=True)
class AboutGroup(Content):
    """The data of every message about a Work Group."""

    group_title: str


@dataclass(frozen=True, kw_only=True)
class PlaceConfirmed(AboutGroup):
    """To a teacher who has a place on a Work Group."""

    kind: ClassVar[Kind] = Kind.PLACE_CONFIRMED
    sessions: tuple[Meeting, ...]  # upcoming sessions that have a date, by start
    moved_from: str | None = None  # title of the Work Group that the place was transferred from


@dataclass(frozen=True, kw_only=True)
class PlaceEnded(AboutGroup):
    """To a participant who has withdrawn."""

    kind: ClassVar[Kind] = Kind.PLACE_ENDED
    cancelled: tuple[Cancelled, ...]  # upcoming sessions that are removed from this person's calendar


@dataclass(frozen=True, kw_only=True)
class ParticipantCompleted(AboutGroup):
    """To a participant who has completed a Work Group; the certificate is attached."""

    kind: ClassVar[Kind] = Kind.PARTICIPANT_COMPLETED


@dataclass(frozen=True, kw_only=True)
class SessionsChanged(AboutGroup):
    """To a participant: all changes to the sessions of their Work Group since the last message."""

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
    """To each participant, waiting teacher and applicant, when a Work Group is cancelled."""

    kind: ClassVar[Kind] = Kind.WORK_GROUP_CANCELLED
    reason: str  # a code of WorkGroupCancelled.reason
    held_place: bool  # otherwise the recipient was on the waiting list or had applied
    cancelled: tuple[Cancelled, ...] = ()  # upcoming sessions that are removed from this person's calendar


@dataclass(frozen=True, kw_only=True)
class ApplicationWaitlisted(AboutGroup):
    """To each teacher named by an application that is waitlisted."""

    kind: ClassVar[Kind] = Kind.APPLICATION_WAITLISTED


@dataclass(frozen=True, kw_only=True)
class ApplicationDeclined(AboutGroup):
    """To each teacher named by an application that is declined."""

    kind: ClassVar[Kind] = Kind.APPLICATION_DECLINED


@dataclass(frozen=True, kw_only=True)
class PlaceOffered(AboutGroup):
    """To a teacher on the waiting list who is offered a place."""

    kind: ClassVar[Kind] = Kind.PLACE_OFFERED
    last_day: date  # on which the offer can be accepted


@dataclass(frozen=True, kw_only=True)
class OfferLastDay(PlaceOffered):
    """To the same teacher on the last day of the offer."""

    kind: ClassVar[Kind] = Kind.OFFER_LAST_DAY


@dataclass(frozen=True, kw_only=True)
class PlaceOfferExpired(PlaceOffered):
    """To the same teacher when the offer has expired."""

    kind: ClassVar[Kind] = Kind.PLACE_OFFER_EXPIRED


@dataclass(frozen=True, kw_only=True)
class PDDay(Content):
    """The data of messages about a PD day or conference."""

    day_kind: str  # pd_day or conference
    title: str
    on: date
    starts_at: datetime | None = None  # in England's time; None: not fixed yet
    venue: str | None = None


@dataclass(frozen=True, kw_only=True)
class PDDayConfirmed(PDDay):
    """To a teacher who has registered."""

    kind: ClassVar[Kind] = Kind.PD_DAY_CONFIRMED


@dataclass(frozen=True, kw_only=True)
class PDDayCancelled(PDDay):
    """To every registered teacher."""

    kind: ClassVar[Kind] = Kind.PD_DAY_CANCELLED
    reason: str  # a code of PDDayCancelled.reason


@dataclass(frozen=True, kw_only=True)
class Visit(Content):
    """The data of messages to a PD lead about a visit to a school."""

    school_name: str
    urn: str
    planned_at: datetime  # in England's time
    visit_kind: str  # support, lesson_planning, observation, department_pd or pd_day


@dataclass(frozen=True, kw_only=True)
class VisitPlanned(Visit):
    """To the PD lead of a newly planned visit."""

    kind: ClassVar[Kind] = Kind.VISIT_PLANNED


@dataclass(frozen=True, kw_only=True)
class VisitCancelled(Visit):
    """To the PD lead of a planned visit that is cancelled."""

    kind: ClassVar[Kind] = Kind.VISIT_CANCELLED
    reason: str  # a code of VisitCancelled.reason


@dataclass(frozen=True, kw_only=True)
class CalendarEntry(Content):
    """One entry for the recipient's calendar; an earlier e-mail has explained the change."""

    kind: ClassVar[Kind] = Kind.CALENDAR_ENTRY
    summary: str  # the title of the entry
    starts_at: datetime  # in England's time
    removed: bool  # the entry is removed from the calendar
