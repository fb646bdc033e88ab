"""Offers of places: how long one stands, and how its end is told."""

from datetime import date, datetime, timedelta

from hub_kernel.england import day_in_england


def stands(expires_at: datetime, at: datetime) -> bool:
    """Whether an offer can still be answered; at the instant at which it ends that is late (aware UTC)."""
    return at < expires_at


def last_day(expires_at: datetime) -> date:
    """The last day, in England, on which an offer that ends at an instant (aware UTC) can be answered.

    Offers end as a day ends, and then the instant belongs to the day after.
    """
    return day_in_england(expires_at - timedelta.resolution)
