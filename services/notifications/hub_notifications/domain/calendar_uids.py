"""The identifiers (UID, RFC 5545, 3.8.4.7) of calendar entries: ADR 19."""

from uuid import UUID


def own_uid(subject_id: UUID, teacher_id: UUID, hub_id: str) -> str:
    """Return the UID of one person's entry for one session, PD day or visit.

    Two people who share a mailbox have separate entries. A participant who withdraws and enrols again gets
    the same entry with a higher SEQUENCE.
    """
    return f"{subject_id}-{teacher_id}@{hub_id}"


def earlier_uid(session_id: UUID, hub_id: str) -> str:
    """Return the UID that releases before ADR 19 used for every participant of a session."""
    return f"session-{session_id}@{hub_id}"
