"""Says how far reporting has come in what it hears."""

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
    """How much the figures know."""

    up_to: datetime | None  # when the newest event counted in happened
    projected_at: datetime | None  # when the last one was counted in
    events: int
    waiting: int  # will be tried again by themselves, with those held behind them
    parked: int  # need somebody's eyes
    by_source: list[SourceFreshness]

    @property
    def mark(self) -> tuple[int, datetime | None, int, int]:
        """Differs as soon as anything else is heard or stuck."""
        return self.events, self.projected_at, self.waiting, self.parked


def freshness(session: Session) -> Freshness:
    """How far reading has come, and what is stuck."""
    known = [
        SourceFreshness(source=s.source, events=s.events, up_to=s.up_to, projected_at=s.projected_at)
        for s in sources.sources(session)
    ]
    stuck = inbox.counts(session)
    return Freshness(
        up_to=max((s.up_to for s in known), default=None),
        projected_at=max((s.projected_at for s in known), default=None),
        events=sum(s.events for s in known),
        waiting=stuck["waiting"] + stuck["held"],
        parked=stuck["parked"],
        by_source=known,
    )
