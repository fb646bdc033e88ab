"""The venue and joining link of sessions: their own, or those of their Work Group."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import SessionRescheduled
from hub_contracts.vocabulary import MeetingMode
from hub_enrolment.domain.venues import Location
from hub_enrolment.models import GroupSession, WorkGroup
from hub_enrolment.store import sessions as store
from hub_enrolment.store.venues import location, location_of
from hub_messaging import outbox


class SessionFacts(TypedDict):
    """The fields that events about the time and place of a session share."""

    session_id: UUID
    work_group_id: UUID
    seq: int
    starts_at: datetime
    ends_at: datetime
    mode: MeetingMode
    host_urn: str | None
    venue: str | None
    ics_sequence: int


def follow_group(session: Session, group: WorkGroup, before: Location, *, now: datetime, by: str) -> None:
    """Publish each upcoming session that follows the group's new venue or joining link.

    The caller has locked the group. `before`: the group's location until this change.
    """
    after = location_of(group)
    if after == before:
        return
    meetings = store.lock_sessions_to_come(session, group.id, now=now)
    changed = [one for one in meetings if location(one, before) != location(one, after)]
    publish_moves(session, group, changed, now=now, by=by)


def publish_moves(
    session: Session, group: WorkGroup, meetings: Iterable[GroupSession], *, now: datetime, by: str
) -> None:
    """Save sessions with another time, place or mode, with their events."""
    moved = list(meetings)
    for meeting in moved:
        meeting.status = "rescheduled"
        meeting.ics_sequence += 1
        meeting.touch(now=now, by=by)
    session.flush()
    events = [SessionRescheduled(**session_facts(group, meeting)) for meeting in moved]
    outbox.record_all(session, events, occurred_at=now, by=by)


def session_facts(group: WorkGroup, meeting: GroupSession) -> SessionFacts:
    """Return the published facts of a session: its venue, never its joining link."""
    return {
        "session_id": meeting.id,
        "work_group_id": meeting.work_group_id,
        "seq": meeting.seq,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "mode": MeetingMode(meeting.mode),
        "host_urn": meeting.host_urn,
        "venue": location(meeting, location_of(group)).venue,
        "ics_sequence": meeting.ics_sequence,
    }
