"""The machine's clock; no other module of the library reads it."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the machine's time, aware UTC."""
    return datetime.now(UTC)
