"""What participants of a Work Group must be told."""

from typing import Final

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
    WorkGroupOpened,
)
from hub_notifications.domain import messages
from hub_notifications.domain.messages import Cause, NewMessage
from hub_notifications.models import GroupSession, Place, WorkGroup
from hub_notifications.store import facts
from hub_notifications.store import messages as store

# Says when a session is; the first that is sent of a session becomes wrong when it moves or is cancelled.
INVITATIONS: Final = ("session_scheduled", "session_rescheduled")


def on_group_opened(session: Session, event: WorkGroupOpened, cause: Cause) -> None:
    """Keep a group's title."""
    values = {"work_group_id": event.work_group_id, "title": event.title, "revision": cause.revision}
    facts.keep(session, WorkGroup, "work_group_id", values)


def on_participant_enrolled(session: Session, event: ParticipantEnrolled, cause: Cause) -> None:
    """Confirm the place, with the sessions that have a date by now; later ones are announced one by one.

    Whoever was offered a place holds one now and is not told of the offer any more.
    """
    if not _keep_place(session, event, cause, active=True):
        return
    store.suppress_offers(
        session, event.teacher_id, event.work_group_id, cause.happened_at, "offer_taken", now=cause.now
    )
    session_ids = facts.sessions_ahead(session, event.work_group_id, cause.happened_at)
    message = NewMessage(
        template="place_confirmed",
        recipient_id=event.teacher_id,
        dedupe_key=messages.place_key(event.enrolment_id),
        concerns=f"enrolments/{event.enrolment_id}",
        about={
            "work_group_id": str(event.work_group_id),
            "session_ids": [str(session_id) for session_id in session_ids],
        },
    )
    store.write_down(session, [message], now=cause.now)


def on_participant_withdrawn(session: Session, event: ParticipantWithdrawn, cause: Cause) -> None:
    """Tell somebody who has left nothing more."""
    if _keep_place(session, event, cause, active=False):
        store.suppress(session, f"enrolments/{event.enrolment_id}", "withdrawn", now=cause.now)


def on_participant_completed(session: Session, event: ParticipantCompleted, cause: Cause) -> None:
    """Congratulate somebody who has completed the group."""
    message = NewMessage(
        template="participant_completed",
        recipient_id=event.teacher_id,
        dedupe_key=messages.completed_key(event.enrolment_id),
        concerns=f"enrolments/{event.enrolment_id}",
        about={"work_group_id": str(event.work_group_id)},
    )
    store.write_down(session, [message], now=cause.now)


def on_session_scheduled(session: Session, event: SessionScheduled, cause: Cause) -> None:
    """Invite each participant to a session that is still to come."""
    _tell_participants(session, event, cause, "session_scheduled")


def on_session_rescheduled(session: Session, event: SessionRescheduled, cause: Cause) -> None:
    """Invite each participant anew, with the same UID and the next SEQUENCE."""
    _tell_participants(session, event, cause, "session_rescheduled")


def on_session_cancelled(session: Session, event: SessionCancelled, cause: Cause) -> None:
    """Take the invitations to a session back."""
    _tell_participants(session, event, cause, "session_cancelled")


def _tell_participants(session: Session, event: SessionScheduled, cause: Cause, template: str) -> None:
    """Say what a session has become, and not any more what it was, while it is still to come."""
    if not facts.keep(session, GroupSession, "session_id", _session_values(event, cause)):
        return
    store.suppress_session(session, event.session_id, INVITATIONS, template, now=cause.now)
    if event.ends_at <= cause.happened_at:
        return
    about: dict[str, object] = {
        "work_group_id": str(event.work_group_id),
        "session_ids": [str(event.session_id)],
    }
    letters = [
        NewMessage(
            template=template,
            recipient_id=place.teacher_id,
            dedupe_key=messages.session_key(event.session_id, place.enrolment_id, event.ics_sequence),
            concerns=f"enrolments/{place.enrolment_id}",
            about=about,
        )
        for place in facts.active_places(session, event.work_group_id)
    ]
    store.write_down(session, letters, now=cause.now)


def _keep_place(
    session: Session, event: ParticipantEnrolled | ParticipantWithdrawn, cause: Cause, *, active: bool
) -> bool:
    values = {
        "enrolment_id": event.enrolment_id,
        "work_group_id": event.work_group_id,
        "teacher_id": event.teacher_id,
        "active": active,
        "changed_at": cause.happened_at,
        "revision": cause.revision,
    }
    return facts.keep(session, Place, "enrolment_id", values)


def _session_values(event: SessionScheduled, cause: Cause) -> dict[str, object]:
    return {
        "session_id": event.session_id,
        "work_group_id": event.work_group_id,
        "seq": event.seq,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "mode": event.mode,
        "host_urn": event.host_urn,
        "ics_sequence": event.ics_sequence,
        "cancelled": isinstance(event, SessionCancelled),
        "revision": cause.revision,
    }
