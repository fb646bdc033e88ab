"""The joining links of sessions: notifications asks by RPC at the moment it sends."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub_enrolment.models import GroupSession, WorkGroup
from hub_enrolment.store.venues import location, location_of


def joining_links(session: Session, session_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the address at which each session is joined online; a session without one is left out."""
    rows = session.execute(
        select(GroupSession, WorkGroup)
        .join(WorkGroup, WorkGroup.id == GroupSession.work_group_id)
        .where(GroupSession.id.in_(session_ids))
    )
    links = {meeting.id: location(meeting, location_of(group)).joining_link for meeting, group in rows}
    return {session_id: link for session_id, link in links.items() if link is not None}
