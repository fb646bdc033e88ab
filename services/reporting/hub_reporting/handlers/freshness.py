"""How current the figures are: the newest event that was recorded, and what is stuck."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub_messaging import inbox
from hub_reporting.store import sources


@dataclass(frozen=True, kw_only=True)
class SourceFreshness:
    """How far one publisher has been heard."""

    source: str
    events: int
    up_to: datetime
    projected_at: datetime


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """How current the figures are."""

    up_to: datetime | None  # when the newest event counted in was recorded, by its publisher's clock
    projected_at: datetime | None  # when the last event was counted in, by reporting's clock
    events: int
    waiting: int  # deliveries that are tried again automatically, with those held behind them
    parked: int  # deliveries that an operator must look at
    by_source: list[SourceFreshness]

    @property
    def mark(self) -> tuple[int, datetime | None, int, int]:
        """Return what differs as soon as another event is counted in or stuck."""
        return self.events, self.projected_at, self.waiting, self.parked


def freshness(session: Session, hub: str) -> Freshness:
    """Return how current the figures of one hub are.

    Events of other hubs are listed by source and counted, but make the figures of this one no fresher.
    """
    heard = sources.sources(session)
    own = [s for s in heard if s.hub == hub]
    known = [
        SourceFreshness(source=s.source, events=s.events, up_to=s.up_to, projected_at=s.projected_at)
        for s in heard
    ]
    stuck = inbox.counts(session)
    return Freshness(
        up_to=max((s.up_to for s in own), default=None),
        projected_at=max((s.projected_at for s in own), default=None),
        events=sum(s.events for s in known),
        waiting=stuck["waiting"] + stuck["held"],
        parked=stuck["parked"],
        by_source=known,
    )
