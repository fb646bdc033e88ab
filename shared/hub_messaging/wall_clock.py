"""The time of day; no other module of the library asks the machine for it."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)
