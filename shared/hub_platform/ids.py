"""Identifiers: UUID version 7 (RFC 9562, May 2024, section 5.7): they sort by the time they were made."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Make an identifier that no other row has."""
    return uuid7()
