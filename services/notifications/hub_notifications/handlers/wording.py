"""From the news of a message to what its words are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session as DatabaseSession

from hub_kernel.england import ENGLAND
from hub_notifications.domain import waiting_list
from hub_notifications.domain.hand_overs import Support
from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.pd_days import PDDay
from hub_notifications.domain.standing import Session, Standing
from hub_notifications.domain.threads import Subject
from hub_notifications.domain.told import HandOver, LedSchool, LedVisit, News, ToldSession
from hub_notifications.domain.visits import Visit
from hub_notifications.handlers.preparing import Prepared
from hub_notifications.store import facts as store
from hub_notifications.templates import content, hand_over_content
from hub_notifications.templates.content import Cancelled, Content, HubDetails, Meeting, Moved

WITHOUT_FACTS: Final[dict[Kind, type[content.AboutGroup]]] = {
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
    """What the words of a batch need besides the news."""

    hub: HubDetails
    schools: Mapping[str, str] = field(default_factory=dict)  # names by URN
    moved_from: Mapping[UUID, str] = field(default_factory=dict)  # Work Group titles by enrolment id
    links: Mapping[UUID, str] = field(default_factory=dict, repr=False)  # joining links by session id


def load_known(session: DatabaseSession, prepared: Sequence[Prepared], of_settings: HubDetails) -> Known:
    """Read what the words of a batch need, each kind in one query."""
    urns: set[str] = set()
    places: set[UUID] = set()
    for each in prepared:
        match each.subject:
            case Standing() as standing:
                urns |= {session.host_urn for session in standing.sessions.values() if session.host_urn}
                urns |= {session.host_urn for session in _told(each.found) if session.host_urn}
                if each.entry is not None and each.entry.facts.get("host_urn"):
                    urns.add(each.entry.facts["host_urn"])
                if standing.place is not None and standing.place.transferred_from is not None:
                    places.add(standing.place.transferred_from)
            case Visit() as visit:
                urns.add(visit.urn)
            case Support():
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


def _told(found: News) -> list[ToldSession]:
    """The sessions as the person knows them: their host may be another school by now."""
    return [told for told, _ in (*found.moved, *found.cancelled)]


def sessions_with_links(prepared: Sequence[Prepared]) -> list[str]:
    """The sessions whose joining links a batch needs."""
    found: set[UUID] = set()
    for each in prepared:
        found |= {session.session_id for session in each.found.added}
        found |= {session.session_id for _, session in each.found.moved}
        if each.entry is not None and each.entry.item.startswith("session:"):
            found.add(UUID(each.entry.item.removeprefix("session:")))
    return sorted(str(session_id) for session_id in found)


def content_of(found: News, subject: Subject, given: str, known: Known) -> Content:
    """Gather what the words of one message are given.

    Raises:
        KeyError: a school's name is not known yet.
    """
    common: dict[str, Any] = {"hub": known.hub, "given": given}
    match subject:
        case PDDay():
            return _pd_day(found.kind, subject, common)
        case Visit():
            return _visit(found.kind, subject, common, known)
        case Support():
            return _handed_over(found.hand_over or HandOver(), common, known)
        case Standing():
            return _of_group(found, subject, common | {"group_title": subject.title}, known)


def place_of(meeting: Session | ToldSession, known: Known) -> str | None:
    """Where a session is held: the school that hosts it, its venue, or both.

    Raises:
        KeyError: the school's name is not known yet.
    """
    host = known.schools[meeting.host_urn] if meeting.host_urn else None
    return ", ".join(part for part in (host, meeting.venue) if part) or None


def _of_group(found: News, subject: Standing, common: dict[str, Any], known: Known) -> Content:
    kind = found.kind
    if kind in WITHOUT_FACTS:
        return WITHOUT_FACTS[kind](**common)
    if kind in OF_AN_OFFER:
        expires_at = datetime.fromisoformat(found.items["waiting"]["expires_at"])
        return OF_AN_OFFER[kind](last_day=waiting_list.last_day(expires_at), **common)
    cancelled = tuple(
        Cancelled(meeting=_meeting(session, known), reason=reason) for session, reason in found.cancelled
    )
    added = tuple(_meeting(session, known) for session in found.added)
    if kind is Kind.PLACE_CONFIRMED:
        before = subject.place.transferred_from if subject.place else None
        moved_from = known.moved_from.get(before) if before else None
        return content.PlaceConfirmed(sessions=added, moved_from=moved_from, **common)
    if kind is Kind.PLACE_ENDED:
        return content.PlaceEnded(cancelled=cancelled, **common)
    if kind is Kind.WORK_GROUP_CANCELLED:
        return content.WorkGroupCancelled(
            reason=subject.cancelled or "other", held_place=found.held_place, cancelled=cancelled, **common
        )
    if kind is Kind.SESSION_REMINDER:
        return content.SessionReminder(session=added[0], **common)
    moved = tuple(
        Moved(before=_meeting(before, known), now=_meeting(now, known)) for before, now in found.moved
    )
    return OF_SESSIONS[kind](added=added, moved=moved, cancelled=cancelled, **common)


def _meeting(session: Session | ToldSession, known: Known) -> Meeting:
    return Meeting(
        session_id=session.session_id,
        seq=session.seq,
        starts_at=session.starts_at.astimezone(ENGLAND),
        ends_at=session.ends_at.astimezone(ENGLAND),
        mode=session.mode,
        place=place_of(session, known),
        joining_link=known.links.get(session.session_id) if isinstance(session, Session) else None,
    )


def _pd_day(kind: Kind, day: PDDay, common: dict[str, Any]) -> Content:
    facts: dict[str, Any] = {
        "day_kind": day.kind,
        "title": day.title or day.theme.replace("_", " ").capitalize(),
        "on": day.on,
        "starts_at": day.starts_at.astimezone(ENGLAND) if day.starts_at else None,
        "venue": day.venue,
    }
    if kind is Kind.PD_DAY_CONFIRMED:
        return content.PDDayConfirmed(**facts, **common)
    return content.PDDayCancelled(reason=day.cancelled or "other", **facts, **common)


def _visit(kind: Kind, visit: Visit, common: dict[str, Any], known: Known) -> Content:
    facts: dict[str, Any] = {
        "school_name": known.schools[visit.urn],
        "urn": visit.urn,
        "planned_at": visit.planned_at.astimezone(ENGLAND),
        "visit_kind": visit.kind,
    }
    if kind is Kind.VISIT_PLANNED:
        return content.VisitPlanned(**facts, **common)
    return content.VisitCancelled(reason=visit.cancelled or "other", **facts, **common)


def _handed_over(hand_over: HandOver, common: dict[str, Any], known: Known) -> Content:
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
        **common,
    )
