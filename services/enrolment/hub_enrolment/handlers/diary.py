"""What a work group's diary makes of it: it runs, it is evaluated."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_enrolment.domain import work_groups
from hub_enrolment.models import WorkGroup
from hub_enrolment.store import completions as store


def follow_diary(session: Session, group: WorkGroup, *, now: datetime, by: str) -> None:
    """A group that has met runs while a session is to come, and is evaluated when none is left.

    The group is locked by the caller.
    """
    if not work_groups.moves_on(group.status):  # it still recruits, or is over: nothing in its diary moves it
        return
    known = store.diary(session, group.id)
    if known.held:
        _move_on(group, work_groups.status_after_session(group.status, to_come=known.to_come), now=now, by=by)
        session.flush()


def follow_scheduling(group: WorkGroup, *, now: datetime, by: str) -> None:
    """A group whose last session seemed to have been held runs on; it is locked by the caller."""
    _move_on(group, work_groups.status_after_scheduling(group.status), now=now, by=by)


def _move_on(group: WorkGroup, status: str, *, now: datetime, by: str) -> None:
    if status != group.status:
        group.status = status
        group.touch(now=now, by=by)
