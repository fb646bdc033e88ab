"""The sessions of a Work Group: checked, scheduled, and followed by the status of the group."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hub_contracts.enrolment import SessionScheduled
from hub_enrolment.domain import diary as rules
from hub_enrolment.domain import work_groups
from hub_enrolment.domain.sessions import Meeting
from hub_enrolment.models import GroupSession, WorkGroup
from hub_enrolment.steps.venues import session_facts
from hub_enrolment.store import completions as completion_store
from hub_enrolment.store import sessions as store
from hub_enrolment.store.standing_schools import school_state
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id

MEETING: Final = tuple(one.name for one in fields(Meeting))  # these are columns of a session, too


def check_meetings(
    session: Session,
    group: WorkGroup,
    asked: Sequence[Meeting],
    *,
    moved: GroupSession | None = None,
    pointer: str = "/starts_at",
) -> None:
    """Raise unless a group can hold new sessions, or a moved one; the caller has locked the group.

    All of them have the same host.

    Raises:
        Refused: `unknown_school`; it, and Conflict: see `diary.check_meetings`.
    """
    rules.check_meetings(
        group.status,
        asked,
        store.slots(session, group.id, without=None if moved is None else moved.id),
        known=None if moved is None else as_meeting(moved),
        pointer=pointer,
    )
    if asked[0].host_urn is not None:
        school_state(session, asked[0].host_urn, pointer="/host_urn")


def schedule(
    session: Session, group: WorkGroup, asked: Sequence[Meeting], *, now: datetime, by: str
) -> list[GroupSession]:
    """Save sessions with the next numbers of the group and their events; the caller has locked the group."""
    first = store.next_seq(session, group.id)
    meetings = [
        GroupSession(
            id=new_id(),
            work_group_id=group.id,
            seq=seq,
            status="scheduled",
            ics_sequence=0,
            held_on=None,
            cancelled_reason=None,
            **vars(meeting),
            **made(now, by),
        )
        for seq, meeting in enumerate(asked, start=first)
    ]
    session.add_all(meetings)
    follow_scheduling(group, now=now, by=by)
    session.flush()
    events = [SessionScheduled(**session_facts(group, meeting)) for meeting in meetings]
    outbox.record_all(session, events, occurred_at=now, by=by)
    return meetings


def as_meeting(row: GroupSession) -> Meeting:
    """Return time, mode and place of a session."""
    return Meeting(**{name: getattr(row, name) for name in MEETING})


def follow_diary(session: Session, group: WorkGroup, *, now: datetime, by: str) -> None:
    """Set the status of a group that has met: running while a session is to come, else evaluating.

    The caller has locked the group.
    """
    if not work_groups.moves_on(group.status):  # it has ended, and stays so
        return
    known = completion_store.diary(session, group.id)
    if known.held:
        confirmed = group.confirmed_at is not None
        status = work_groups.status_after_session(group.status, to_come=known.to_come, confirmed=confirmed)
        _move_on(group, status, now=now, by=by)
        session.flush()


def follow_scheduling(group: WorkGroup, *, now: datetime, by: str) -> None:
    """Return a group to running when a session is scheduled after its last; the caller has locked it."""
    _move_on(group, work_groups.status_after_scheduling(group.status), now=now, by=by)


def _move_on(group: WorkGroup, status: str, *, now: datetime, by: str) -> None:
    if status != group.status:
        group.status = status
        group.touch(now=now, by=by)
