"""The freshness of the figures: the newest projected event, and deliveries not projected yet."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub_messaging import inbox
from hub_reporting.store import sources


@dataclass(frozen=True, kw_only=True)
class SourceFreshness:
    """The newest event projected from one publisher."""

    source: str
    events: int
    up_to: datetime
    projected_at: datetime


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """How current the figures are."""

    up_to: datetime | None  # time of the newest projected event, by its publisher's clock
    projected_at: datetime | None  # when the last event was projected, by reporting's clock
    events: int
    waiting: int  # deliveries that are retried automatically, with those held behind them
    parked: int  # deliveries that an operator must look at
    by_source: list[SourceFreshness]

    @property
    def mark(self) -> tuple[int, datetime | None, int, int]:
        """Return a value that changes with every event that is projected, retried or parked."""
        return self.events, self.projected_at, self.waiting, self.parked


def freshness(session: Session, hub: str) -> Freshness:
    """Return how current the figures of one hub are.

    Events of other hubs are listed and counted by source, but do not make this hub's figures fresher.
    """
    stored = sources.sources(session)
    own = [s for s in stored if s.hub == hub]
    by_source = [
        SourceFreshness(source=s.source, events=s.events, up_to=s.up_to, projected_at=s.projected_at)
        for s in stored
    ]
    unfinished = inbox.counts(session)
    return Freshness(
        up_to=max((s.up_to for s in own), default=None),
        projected_at=max((s.projected_at for s in own), default=None),
        events=sum(s.events for s in by_source),
        waiting=unfinished["waiting"] + unfinished["held"],
        parked=unfinished["parked"],
        by_source=by_source,
    )
