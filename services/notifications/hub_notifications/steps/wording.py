"""Collect the data that the template of a message uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session as DatabaseSession

from hub_kernel.england import ENGLAND
from hub_notifications.domain import waiting_list
from hub_notifications.domain.hand_overs import LedSchools
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import HandOver, LedSchool, LedVisit, Notice, NotifiedSession
from hub_notifications.domain.participations import Participation, Session
from hub_notifications.domain.pd_days import PDDay
from hub_notifications.domain.threads import Subject
from hub_notifications.domain.visits import Visit
from hub_notifications.steps.preparing import Prepared
from hub_notifications.store import facts as store
from hub_notifications.templates import content, hand_over_content
from hub_notifications.templates.content import Cancelled, Content, HubDetails, Meeting, Moved

TITLE_ONLY: Final[dict[Kind, type[content.AboutGroup]]] = {
    Kind.PARTICIPANT_COMPLETED: content.ParticipantCompleted,
    Kind.APPLICATION_WAITLISTED: content.ApplicationWaitlisted,
    Kind.APPLICATION_DECLINED: content.ApplicationDeclined,
}
OF_AN_OFFER: Final[dict[Kind, type[content.PlaceOffered]]] = {
    Kind.PLACE_OFFERED: content.PlaceOffered,
    Kind.OFFER_LAST_DAY: content.OfferLastDay,
    Kind.PLACE_OFFER_EXPIRED: content.PlaceOfferExpired,
}
OF_SESSIONS: Final[dict[Kind, type[content.SessionsChanged]]] = {
    Kind.SESSION_SCHEDULED: content.SessionScheduled,
    Kind.SESSION_RESCHEDULED: content.SessionRescheduled,
    Kind.SESSION_CANCELLED: content.SessionCancelled,
    Kind.SESSIONS_CHANGED: content.SessionsChanged,
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """Names and links that the templates of a batch use in addition to the notices."""

    hub: HubDetails
    schools: Mapping[str, str] = field(default_factory=dict)  # names by URN
    moved_from: Mapping[UUID, str] = field(default_factory=dict)  # Work Group titles by enrolment id
    links: Mapping[UUID, str] = field(default_factory=dict, repr=False)  # joining links by session id

    def with_links(self, links: Mapping[str, str]) -> "Known":
        """Return a copy with joining links, given by session id."""
        return replace(self, links={UUID(session_id): link for session_id, link in links.items()})


def load_known(session: DatabaseSession, prepared: Sequence[Prepared], of_settings: HubDetails) -> Known:
    """Read the names that the templates of a batch use, each kind in one query."""
    urns: set[str] = set()
    places: set[UUID] = set()
    for each in prepared:
        match each.state.subject:
            case Participation() as participation:
                urns |= {session.host_urn for session in participation.sessions.values() if session.host_urn}
                urns |= {session.host_urn for session in _notified(each.found) if session.host_urn}
                if each.entry is not None and each.entry.facts.get("host_urn"):
                    urns.add(each.entry.facts["host_urn"])
                if participation.place is not None and participation.place.transferred_from is not None:
                    places.add(participation.place.transferred_from)
            case Visit() as visit:
                urns.add(visit.urn)
            case LedSchools():
                urns |= _urns_of(each.found.hand_over)
    hub = store.hub(session)
    names = ("name", "contact_name", "contact_email", "contact_telephone", "privacy_notice")
    return Known(
        hub=of_settings if hub is None else HubDetails(**{name: getattr(hub, name) for name in names}),
        schools=store.school_names(session, urns),
        moved_from=store.titles_by_place(session, places),
    )


def _urns_of(hand_over: HandOver | None) -> set[str]:
    if hand_over is None:
        return set()
    schools = {school.urn for school in (*hand_over.taken_over, *hand_over.given_up)}
    return schools | {visit.urn for visit in (*hand_over.gained, *hand_over.lost)}


def _notified(found: Notice) -> list[NotifiedSession]:
    """Return the sessions in the state of which the person was notified, perhaps with another host school."""
    return [notified for notified, _ in (*found.moved, *found.cancelled)]


def sessions_with_links(prepared: Sequence[Prepared]) -> list[str]:
    """Return the ids of the sessions whose joining links a batch needs."""
    found: set[UUID] = set()
    for each in prepared:
        found |= {session.session_id for session in each.found.added}
        found |= {session.session_id for _, session in each.found.moved}
        if each.entry is not None and each.entry.item.startswith("session:"):
            found.add(UUID(each.entry.item.removeprefix("session:")))
    return sorted(str(session_id) for session_id in found)


def content_of(found: Notice, subject: Subject, given: str, known: Known) -> Content:
    """Return the data for the template of one message.

    Raises:
        KeyError: the event with a school's name has not arrived yet.
    """
    match subject:
        case PDDay():
            return _pd_day(found.kind, subject, given, known)
        case Visit():
            return _visit(found.kind, subject, given, known)
        case LedSchools():
            return _handed_over(found.hand_over or HandOver(), given, known)
        case Participation():
            return _of_group(found, subject, given, known)


def place_of(meeting: Session | NotifiedSession, known: Known) -> str | None:
    """Return the location of a session: the host school, the venue, or both.

    Raises:
        KeyError: the event with the school's name has not arrived yet.
    """
    host = known.schools[meeting.host_urn] if meeting.host_urn else None
    return ", ".join(part for part in (host, meeting.venue) if part) or None


# Long: one branch for each kind of message about a Work Group.
def _of_group(found: Notice, subject: Participation, given: str, known: Known) -> Content:
    kind, hub, title = found.kind, known.hub, subject.title
    if kind in TITLE_ONLY:
        return TITLE_ONLY[kind](hub=hub, given=given, group_title=title)
    if kind in OF_AN_OFFER:
        expires_at = datetime.fromisoformat(found.items["waiting"]["expires_at"])
        last_day = waiting_list.last_day(expires_at)
        return OF_AN_OFFER[kind](last_day=last_day, hub=hub, given=given, group_title=title)
    cancelled = tuple(
        Cancelled(meeting=_meeting(session, known), reason=reason) for session, reason in found.cancelled
    )
    added = tuple(_meeting(session, known) for session in found.added)
    if kind is Kind.PLACE_CONFIRMED:
        before = subject.place.transferred_from if subject.place else None
        moved_from = known.moved_from.get(before) if before else None
        return content.PlaceConfirmed(
            sessions=added, moved_from=moved_from, hub=hub, given=given, group_title=title
        )
    if kind is Kind.PLACE_ENDED:
        return content.PlaceEnded(cancelled=cancelled, hub=hub, given=given, group_title=title)
    if kind is Kind.WORK_GROUP_CANCELLED:
        return content.WorkGroupCancelled(
            reason=subject.cancelled or "other",
            held_place=found.held_place,
            cancelled=cancelled,
            hub=hub,
            given=given,
            group_title=title,
        )
    if kind is Kind.SESSION_REMINDER:
        return content.SessionReminder(session=added[0], hub=hub, given=given, group_title=title)
    moved = tuple(
        Moved(before=_meeting(before, known), now=_meeting(now, known)) for before, now in found.moved
    )
    return OF_SESSIONS[kind](
        added=added, moved=moved, cancelled=cancelled, hub=hub, given=given, group_title=title
    )


def _meeting(session: Session | NotifiedSession, known: Known) -> Meeting:
    return Meeting(
        session_id=session.session_id,
        seq=session.seq,
        starts_at=session.starts_at.astimezone(ENGLAND),
        ends_at=session.ends_at.astimezone(ENGLAND),
        mode=session.mode,
        place=place_of(session, known),
        joining_link=known.links.get(session.session_id) if isinstance(session, Session) else None,
    )


def _pd_day(kind: Kind, day: PDDay, given: str, known: Known) -> Content:
    details = content.PDDay(
        hub=known.hub,
        given=given,
        day_kind=day.kind,
        title=day.title or day.theme.replace("_", " ").capitalize(),
        on=day.on,
        starts_at=day.starts_at.astimezone(ENGLAND) if day.starts_at else None,
        venue=day.venue,
    )
    if kind is Kind.PD_DAY_CONFIRMED:
        return content.PDDayConfirmed(**vars(details))
    return content.PDDayCancelled(reason=day.cancelled or "other", **vars(details))


def _visit(kind: Kind, visit: Visit, given: str, known: Known) -> Content:
    details = content.Visit(
        hub=known.hub,
        given=given,
        school_name=known.schools[visit.urn],
        urn=visit.urn,
        planned_at=visit.planned_at.astimezone(ENGLAND),
        visit_kind=visit.kind,
    )
    if kind is Kind.VISIT_PLANNED:
        return content.VisitPlanned(**vars(details))
    return content.VisitCancelled(reason=visit.cancelled or "other", **vars(details))


def _handed_over(hand_over: HandOver, given: str, known: Known) -> Content:
    def school(one: LedSchool) -> hand_over_content.LedSchool:
        return hand_over_content.LedSchool(name=known.schools[one.urn], urn=one.urn, day=one.day)

    def visit(one: LedVisit) -> hand_over_content.LedVisit:
        return hand_over_content.LedVisit(
            school_name=known.schools[one.urn],
            planned_at=one.planned_at.astimezone(ENGLAND),
            visit_kind=one.kind,
        )

    return hand_over_content.SchoolsHandedOver(
        taken_over=tuple(map(school, hand_over.taken_over)),
        given_up=tuple(map(school, hand_over.given_up)),
        gained=tuple(map(visit, hand_over.gained)),
        lost=tuple(map(visit, hand_over.lost)),
        hub=known.hub,
        given=given,
    )
