"""The identifiers (UID, RFC 5545, 3.8.4.7) of calendar entries: ADR 19."""

from uuid import UUID


def own_uid(subject_id: UUID, holder_id: UUID, hub_id: str) -> str:
    """Identify the entry that one person has for one session, PD day or visit.

    `holder_id` is the enrolment for a session, the teacher for a PD day, the PD lead for a visit. Two people
    who share a mailbox so have an entry each, and a person who leaves and enrols again has a new entry.
    """
    return f"{subject_id}-{holder_id}@{hub_id}"


def earlier_uid(session_id: UUID, hub_id: str) -> str:
    """Identify the entry for a session that versions before ADR 19 sent to every participant alike."""
    return f"session-{session_id}@{hub_id}"
