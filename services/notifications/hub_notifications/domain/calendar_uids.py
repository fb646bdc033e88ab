"""The identifiers (UID, RFC 5545, 3.8.4.7) of calendar entries: ADR 19."""

from uuid import UUID


def own_uid(subject_id: UUID, teacher_id: UUID, hub_id: str) -> str:
    """Identify the entry that one person has for one session, PD day or visit.

    Two people who share a mailbox have an entry each. A person who leaves and enrols again gets the same
    entry back, with a higher SEQUENCE.
    """
    return f"{subject_id}-{teacher_id}@{hub_id}"


def earlier_uid(session_id: UUID, hub_id: str) -> str:
    """Identify the entry for a session that versions before ADR 19 sent to every participant alike."""
    return f"session-{session_id}@{hub_id}"
